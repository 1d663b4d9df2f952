<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** How an exchange ended: headers and trailers, names in lower case. */
final class Reply
{
    /** @var int */
    private $httpStatus;
    /** @var array<string, string> */
    private $headers;
    /** @var array<string, string> */
    private $trailers;
    /** @var bool */
    private $cancelled;

    /**
     * @param array<string, string> $headers
     * @param array<string, string> $trailers
     */
    public function __construct(int $httpStatus, array $headers, array $trailers, bool $cancelled)
    {
        $this->httpStatus = $httpStatus;
        $this->headers = $headers;
        $this->trailers = $trailers;
        $this->cancelled = $cancelled;
    }

    /** @param array<string, string> $trailers */
    public function withTrailers(array $trailers): self
    {
        return new self($this->httpStatus, $this->headers, $trailers, $this->cancelled);
    }

    public function httpStatus(): int
    {
        return $this->httpStatus;
    }

    public function isCancelled(): bool
    {
        return $this->cancelled;
    }

    /** The gRPC status; null when none came. A call without messages has it in its headers ("trailers only"). */
    public function status(): ?int
    {
        $text = $this->trailers['grpc-status'] ?? $this->headers['grpc-status'] ?? null;

        return $text === null || !ctype_digit($text) ? null : (int)$text;
    }

    public function message(): string
    {
        return rawurldecode($this->trailers['grpc-message'] ?? $this->headers['grpc-message'] ?? '');
    }

    public function details(): Details
    {
        return Details::parse($this->binary('grpc-status-details-bin'));
    }

    /** One value of headers or trailers, trailers first; empty when there is none. */
    public function metadata(string $name): string
    {
        return $this->trailers[$name] ?? $this->headers[$name] ?? '';
    }

    public function isGrpc(): bool
    {
        return strncmp($this->headers['content-type'] ?? '', 'application/grpc', 16) === 0;
    }

    private function binary(string $name): string
    {
        $bytes = base64_decode($this->metadata($name), true);

        return $bytes === false ? '' : $bytes;
    }
}
