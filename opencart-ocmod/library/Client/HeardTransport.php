<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\Call;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Reply;
use MesChain\Grpc\Transport;

/**
 * Keeps the last answers to a page's questions, and can give them again while the server is away. Messages, not texts: the page
 * is then shown in the reader's language, with ages as of now.
 */
final class HeardTransport implements Transport
{
    /** @var Transport */
    private $line;
    /** @var array<string, string> message by question */
    private $heard = [];
    /** @var bool */
    private $isReplaying = false;

    public function __construct(Transport $line)
    {
        $this->line = $line;
    }

    /** Forgets what was heard before. */
    public function listen(): void
    {
        $this->heard = [];
    }

    /** @return array<string, string> message by question, both text */
    public function heard(): array
    {
        return array_map('base64_encode', $this->heard);
    }

    /**
     * From now on only memory answers.
     *
     * @param array<string, string> $heard as heard() gave it
     */
    public function replay(array $heard): void
    {
        $this->heard = array_map('base64_decode', $heard);
        $this->isReplaying = true;
    }

    public function exchange(Call $call, callable $onMessage): Reply
    {
        $question = $call->method . ' ' . sha1($call->message);
        if (!$this->isReplaying) {
            return $this->line->exchange($call, function (string $message) use ($question, $onMessage): bool {
                $this->heard[$question] = $message;

                return $onMessage($message) !== false;
            });
        }
        if (!isset($this->heard[$question])) {
            throw CallFailed::unreachable($call->method, 0, 'The server is away, and this was not asked before');
        }
        $onMessage($this->heard[$question]);

        return new Reply(200, ['content-type' => 'application/grpc'], ['grpc-status' => '0'], false);
    }

    public function name(): string
    {
        return $this->line->name();
    }
}
