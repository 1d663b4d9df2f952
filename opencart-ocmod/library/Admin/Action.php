<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Client\RuntimeClash;
use MesChain\Grpc\AddressRefused;
use MesChain\Grpc\CallFailed;

/** What a button does: asks the backbone and answers `success` or `error` in words, plain text. */
final class Action
{
    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
    }

    /**
     * @param callable(): array<string, mixed> $work
     * @return array<string, mixed>
     */
    public function run(callable $work): array
    {
        try {
            $answer = $work();
            $this->app->backbone()->wasReached();

            return $answer;
        } catch (CallFailed $failure) {
            $this->app->backbone()->failed($failure);

            return ['error' => $this->texts->failure($failure)];
        } catch (AddressRefused $refused) {
            return ['error' => $this->texts->get($refused->key())];
        } catch (RuntimeClash $clash) {
            return ['error' => $this->texts->get('error_runtime') . ' ' . $clash->getMessage()];
        }
    }

    /** A request_id: a UUID of chance. */
    public static function requestId(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
