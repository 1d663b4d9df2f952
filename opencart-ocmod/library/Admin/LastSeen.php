<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Grpc\AddressRefused;
use MesChain\Grpc\CallFailed;
use MesChain\Client\RuntimeClash;

/**
 * Shows what the backbone says; while it is down, what it said last and since when. A page is never an error page. What is
 * remembered is the backbone's own answers: who reads the page next may read another language.
 */
final class LastSeen
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
     * @param string                          $name of the page, for the memory
     * @param callable(): array<string, mixed> $ask  asks the backbone and answers plain data
     * @param array<string, mixed>            $empty what to show before it ever answered
     * @return array<string, mixed> with `stale` (a sentence, empty while fresh) added
     */
    public function show(string $name, callable $ask, array $empty): array
    {
        $memory = 'page.' . $name;
        if (!$this->app->backbone()->isConfigured()) {
            return $empty + ['stale' => '', 'connected' => false];
        }
        try {
            $ear = $this->app->backbone()->ear();
            $ear->listen();
            $data = $ask();
            $this->app->backbone()->wasReached();
            $this->app->state()->set($memory, (string)json_encode($ear->heard()));

            return $data + ['stale' => '', 'connected' => true];
        } catch (CallFailed $failure) {
            $this->app->backbone()->failed($failure);
            $since = $this->app->backbone()->downSince();
            $sentence = $since === null ? $this->texts->failure($failure) : $this->texts->get('text_down_since', $this->texts->time($since));

            return ($this->again($memory, $ask) ?? $empty) + ['stale' => $sentence, 'connected' => false];
        } catch (AddressRefused $refused) {
            $sentence = $this->texts->get($refused->key());
        } catch (RuntimeClash $clash) {
            $sentence = $this->texts->get('error_runtime') . ' ' . $clash->getMessage();
        }

        return $empty + ['stale' => $sentence, 'connected' => false];
    }

    /** @return array<string, mixed>|null what the page showed last; null when exactly this was never asked */
    private function again(string $memory, callable $ask): ?array
    {
        $heard = json_decode($this->app->state()->get($memory), true);
        if (!is_array($heard)) {
            return null;
        }
        try {
            $this->app->backbone()->ear()->replay(array_map('strval', $heard));

            return $ask();
        } catch (CallFailed $failure) {
            return null;
        }
    }
}
