<?php
declare(strict_types=1);

namespace MesChain\Grpc;

use Google\Protobuf\Internal\Message;

/** Calls of one server with one key. Knows status, deadline and repetition; knows nothing of OpenCart or of sockets. */
final class Channel
{
    private const ATTEMPTS_MAX = 3;
    private const PAUSE_BASE_MS = 100;
    /** Largest answer taken, in bytes. */
    private const MESSAGE_MAX = 16777216;

    /** @var Transport */
    private $transport;
    /** @var string */
    private $key;
    /** @var callable(int): void */
    private $pause;

    /**
     * @param string                   $key   the bearer token; never put into a message or an error
     * @param callable(int): void|null $pause waits that many milliseconds; a test gives its own
     */
    public function __construct(Transport $transport, string $key, ?callable $pause = null)
    {
        $this->transport = $transport;
        $this->key = $key;
        $this->pause = $pause ?? static function (int $ms): void {
            usleep($ms * 1000);
        };
    }

    /**
     * Makes one unary call.
     *
     * @template T of Message
     * @param T $answer an empty message; it is filled and given back
     * @return T
     * @throws CallFailed when the server refuses, or cannot be reached after the repetitions that the options allow
     */
    public function unary(string $method, Message $request, Message $answer, CallOptions $options): Message
    {
        $end = self::nowMs() + $options->deadlineMs();
        for ($attempt = 1; ; $attempt++) {
            try {
                return $this->unaryOnce($method, $request, $answer, $options, max(1, $end - self::nowMs()));
            } catch (CallFailed $failure) {
                $pause = self::pauseMs($failure, $attempt);
                if (!$options->isRepeatable() || !$failure->isTransient() || $attempt >= self::ATTEMPTS_MAX || self::nowMs() + $pause >= $end) {
                    throw $failure;
                }
                ($this->pause)($pause);
            }
        }
    }

    /**
     * Makes one server-streaming call. It is not repeated: the caller knows from which message on to ask again.
     *
     * @param Message                 $answer    an empty message, cloned for each that arrives
     * @param callable(Message): bool $onMessage answers false to end the stream
     * @throws CallFailed
     */
    public function stream(string $method, Message $request, Message $answer, callable $onMessage, CallOptions $options): void
    {
        $reply = $this->transport->exchange($this->call($method, $request, $options, $options->deadlineMs()), static function (string $bytes) use ($answer, $onMessage): bool {
            $message = clone $answer;
            $message->mergeFromString($bytes);

            return $onMessage($message) !== false;
        });
        if (!$reply->isCancelled()) {
            self::judge($method, $reply);
        }
    }

    private function unaryOnce(string $method, Message $request, Message $answer, CallOptions $options, int $leftMs): Message
    {
        $body = null;
        $reply = $this->transport->exchange($this->call($method, $request, $options, $leftMs), static function (string $bytes) use (&$body): bool {
            $body = $bytes;

            return true;
        });
        self::judge($method, $reply);
        if ($body === null) {
            throw CallFailed::malformed($method, $reply->httpStatus(), 'The answer holds no message');
        }
        try {
            $answer->mergeFromString($body);
        } catch (\Exception $fault) {
            throw CallFailed::malformed($method, $reply->httpStatus(), 'The answer could not be decoded');
        }

        return $answer;
    }

    private function call(string $method, Message $request, CallOptions $options, int $deadlineMs): Call
    {
        $metadata = ['authorization' => 'Bearer ' . $this->key] + $options->metadata();

        return new Call($method, $request->serializeToString(), $metadata, $deadlineMs, self::MESSAGE_MAX);
    }

    private static function judge(string $method, Reply $reply): void
    {
        $status = $reply->status();
        if ($status === null) {
            throw CallFailed::malformed($method, $reply->httpStatus(), 'The answer carries no status');
        }
        if ($status !== Code::OK) {
            throw CallFailed::refused($method, $status, $reply->message(), $reply->details());
        }
    }

    private static function pauseMs(CallFailed $failure, int $attempt): int
    {
        $asked = $failure->retryDelayMs();

        return $asked ?? random_int(self::PAUSE_BASE_MS, self::PAUSE_BASE_MS << $attempt);
    }

    private static function nowMs(): int
    {
        return intdiv(hrtime(true), 1000000);
    }
}
