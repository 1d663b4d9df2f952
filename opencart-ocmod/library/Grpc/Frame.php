<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** gRPC's length-prefixed messages: one flag byte, four length bytes, the message. Reads them as the bytes come in. */
final class Frame
{
    /** Set on gRPC-Web's last frame, which holds the trailers as text. */
    public const TRAILERS = 0x80;
    private const COMPRESSED = 0x01;
    private const HEADER = 5;

    /** @var int */
    private $messageMax;
    /** @var string */
    private $waiting = '';

    public function __construct(int $messageMax)
    {
        $this->messageMax = $messageMax;
    }

    public static function wrap(string $message): string
    {
        return "\0" . pack('N', strlen($message)) . $message;
    }

    /**
     * Takes the next bytes of a stream and answers the frames that they complete.
     *
     * @return array<int, array{0: int, 1: string}> flag and content of each
     * @throws \UnexpectedValueException for a compressed frame, which we never ask for, or one above the limit
     */
    public function take(string $bytes): array
    {
        $this->waiting .= $bytes;
        $frames = [];
        $at = 0;
        $length = strlen($this->waiting);
        while ($length - $at >= self::HEADER) {
            $flag = ord($this->waiting[$at]);
            $size = unpack('N', $this->waiting, $at + 1)[1];
            if ($flag & self::COMPRESSED) {
                throw new \UnexpectedValueException('A compressed message came that was not asked for.');
            }
            if ($size > $this->messageMax) {
                throw new \UnexpectedValueException(sprintf('A message of %d bytes is above the limit of %d.', $size, $this->messageMax));
            }
            if ($length - $at - self::HEADER < $size) {
                break;
            }
            $frames[] = [$flag, substr($this->waiting, $at + self::HEADER, $size)];
            $at += self::HEADER + $size;
        }
        if ($at > 0) {
            $this->waiting = (string)substr($this->waiting, $at);
        }

        return $frames;
    }

    /** Whether the stream ended between two frames. */
    public function isWhole(): bool
    {
        return $this->waiting === '';
    }
}
