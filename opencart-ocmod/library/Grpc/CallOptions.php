<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** How one call is made. */
final class CallOptions
{
    /** @var int */
    private $deadlineMs;
    /** @var bool */
    private $repeatable;
    /** @var array<string, string> */
    private $metadata;

    /** @param array<string, string> $metadata */
    private function __construct(int $deadlineMs, bool $repeatable, array $metadata)
    {
        $this->deadlineMs = $deadlineMs;
        $this->repeatable = $repeatable;
        $this->metadata = $metadata;
    }

    /** A call that may be made twice: it reads, it is idempotent by nature, or its request carries a request_id. */
    public static function repeatable(int $deadlineMs = 5000): self
    {
        return new self($deadlineMs, true, []);
    }

    /** A call whose repetition would do its work twice: it is never repeated by us. */
    public static function once(int $deadlineMs = 5000): self
    {
        return new self($deadlineMs, false, []);
    }

    /** Adds a header; the value of a name that ends in "-bin" is raw bytes. */
    public function with(string $name, string $value): self
    {
        return new self($this->deadlineMs, $this->repeatable, [strtolower($name) => $value] + $this->metadata);
    }

    /** From the first attempt to the last, in milliseconds. */
    public function deadlineMs(): int
    {
        return $this->deadlineMs;
    }

    public function isRepeatable(): bool
    {
        return $this->repeatable;
    }

    /** @return array<string, string> */
    public function metadata(): array
    {
        return $this->metadata;
    }
}
