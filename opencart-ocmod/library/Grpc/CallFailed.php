<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** A call that did not succeed: status, reason and details as data. Its text never holds a credential. */
final class CallFailed extends \RuntimeException
{
    /** Errors after which another protocol on the same address would fail alike: name, connection, time, certificate. */
    private const NOT_CONNECTED = [
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CACERT, CURLE_SSL_CACERT_BADFILE,
    ];

    /** @var string */
    private $method;
    /** @var Details */
    private $details;
    /** @var bool */
    private $answered;
    /** @var bool */
    private $connected = true;

    private function __construct(string $method, int $code, string $message, Details $details, bool $answered)
    {
        parent::__construct($message, $code);
        $this->method = $method;
        $this->details = $details;
        $this->answered = $answered;
    }

    /** The server could not be reached, or the connection broke: whether the call took place is not known. */
    public static function unreachable(string $method, int $curlError, string $text): self
    {
        $failure = new self($method, Code::UNAVAILABLE, sprintf('%s (curl error %d)', $text, $curlError), Details::none(), false);
        $failure->connected = !in_array($curlError, self::NOT_CONNECTED, true);

        return $failure;
    }

    /** No answer in time: whether the call took place is not known. */
    public static function late(string $method, int $deadlineMs): self
    {
        return new self($method, Code::DEADLINE_EXCEEDED, sprintf('No answer within %d ms.', $deadlineMs), Details::none(), false);
    }

    /** The server answered with a status other than OK. */
    public static function refused(string $method, int $code, string $message, Details $details): self
    {
        return new self($method, $code, $message, $details, true);
    }

    /** Something answered, but not a gRPC server: a proxy's error page, a cut stream. */
    public static function malformed(string $method, int $httpStatus, string $text): self
    {
        $code = $httpStatus === 200 || $httpStatus === 0 ? Code::INTERNAL : Code::ofHttp($httpStatus);

        return new self($method, $code, sprintf('%s (HTTP %d)', $text, $httpStatus), Details::none(), false);
    }

    public function method(): string
    {
        return $this->method;
    }

    public function codeName(): string
    {
        return Code::name($this->getCode());
    }

    /** The server's stable reason, such as "CONNECTION_NOT_TESTED"; empty when it gave none. */
    public function reason(): string
    {
        return $this->details->reason();
    }

    /** @return array<string, string> field path => what is wrong with it */
    public function fieldViolations(): array
    {
        return $this->details->fieldViolations();
    }

    /** How long the server asks to wait; null when it does not say. */
    public function retryDelayMs(): ?int
    {
        return $this->details->retryDelayMs();
    }

    /** @return array<string, string> values that go with the reason */
    public function params(): array
    {
        return $this->details->params();
    }

    /** Whether a gRPC server itself gave this status (false: it was not reached, or what answered was something else). */
    public function isAnswer(): bool
    {
        return $this->answered;
    }

    /** Whether there was a connection; where there was none, another protocol would not help. */
    public function wasConnected(): bool
    {
        return $this->connected;
    }

    /** Whether the same call may succeed a moment later. */
    public function isTransient(): bool
    {
        return $this->getCode() === Code::UNAVAILABLE
            || ($this->getCode() === Code::RESOURCE_EXHAUSTED && $this->retryDelayMs() !== null);
    }

    /** Whether the backbone is out of reach, as opposed to having refused. */
    public function isOutage(): bool
    {
        return $this->getCode() === Code::UNAVAILABLE || ($this->getCode() === Code::DEADLINE_EXCEEDED && !$this->answered);
    }
}
