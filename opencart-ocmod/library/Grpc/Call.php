<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** One call on its way: what a carrier has to know. */
final class Call
{
    /** @var string */
    public $method;
    /** @var string */
    public $message;
    /** @var array<string, string> */
    public $metadata;
    /** @var int */
    public $deadlineMs;
    /** @var int */
    public $messageMax;

    /**
     * @param string                $method   "/meschain.sync.v1.OrderService/PullOrders"
     * @param array<string, string> $metadata names in lower case; the value of a "-bin" name is raw bytes
     */
    public function __construct(string $method, string $message, array $metadata, int $deadlineMs, int $messageMax)
    {
        $this->method = $method;
        $this->message = $message;
        $this->metadata = $metadata;
        $this->deadlineMs = $deadlineMs;
        $this->messageMax = $messageMax;
    }

    /**
     * The header lines that both carriers send.
     *
     * @return array<int, string>
     */
    public function headerLines(): array
    {
        $lines = [
            'grpc-timeout: ' . max(1, $this->deadlineMs) . 'm',
            'user-agent: meschain-php/1',
            'expect:', // curl would otherwise wait for a 100 that gRPC servers never send
        ];
        foreach ($this->metadata as $name => $value) {
            if (preg_match('/[\r\n]/', $name . (substr($name, -4) === '-bin' ? '' : $value))) {
                throw new \InvalidArgumentException('Metadata must not hold line breaks.');
            }
            $lines[] = $name . ': ' . (substr($name, -4) === '-bin' ? rtrim(base64_encode($value), '=') : $value);
        }

        return $lines;
    }
}
