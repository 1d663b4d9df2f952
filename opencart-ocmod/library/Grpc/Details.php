<?php
declare(strict_types=1);

namespace MesChain\Grpc;

use Google\Protobuf\Any;
use Google\Rpc\BadRequest;
use Google\Rpc\ErrorInfo;
use Google\Rpc\RetryInfo;
use Google\Rpc\Status;

/** What google.rpc.Status carries beside code and message. Detail types that we do not know are passed over. */
final class Details
{
    /** @var string */
    private $reason = '';
    /** @var array<string, string> */
    private $params = [];
    /** @var array<string, string> */
    private $fieldViolations = [];
    /** @var int|null */
    private $retryDelayMs;

    private function __construct()
    {
    }

    public static function none(): self
    {
        return new self();
    }

    /** Reads the bytes of `grpc-status-details-bin`. Bytes that are no Status give no details, never an error. */
    public static function parse(string $bytes): self
    {
        $details = new self();
        if ($bytes === '') {
            return $details;
        }
        try {
            $status = new Status();
            $status->mergeFromString($bytes);
            foreach ($status->getDetails() as $any) {
                $details->add($any);
            }
        } catch (\Exception $fault) {
            return new self();
        }

        return $details;
    }

    public function reason(): string
    {
        return $this->reason;
    }

    /** @return array<string, string> */
    public function params(): array
    {
        return $this->params;
    }

    /** @return array<string, string> */
    public function fieldViolations(): array
    {
        return $this->fieldViolations;
    }

    public function retryDelayMs(): ?int
    {
        return $this->retryDelayMs;
    }

    private function add(Any $any): void
    {
        switch (substr((string)strrchr($any->getTypeUrl(), '/'), 1)) {
            case 'google.rpc.ErrorInfo':
                $info = new ErrorInfo();
                $info->mergeFromString($any->getValue());
                $this->reason = $info->getReason();
                foreach ($info->getMetadata() as $name => $value) {
                    $this->params[(string)$name] = $value;
                }
                break;
            case 'google.rpc.BadRequest':
                $bad = new BadRequest();
                $bad->mergeFromString($any->getValue());
                foreach ($bad->getFieldViolations() as $violation) {
                    $this->fieldViolations[$violation->getField()] = $violation->getDescription();
                }
                break;
            case 'google.rpc.RetryInfo':
                $retry = new RetryInfo();
                $retry->mergeFromString($any->getValue());
                $delay = $retry->getRetryDelay();
                $this->retryDelayMs = $delay === null ? null : (int)$delay->getSeconds() * 1000 + intdiv($delay->getNanos(), 1000000);
                break;
        }
    }
}
