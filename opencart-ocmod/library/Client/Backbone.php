<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\Address;
use MesChain\Grpc\AddressRefused;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Channel;
use MesChain\Grpc\ProtobufRuntime;
use MesChain\Grpc\TlsOptions;
use MesChain\Grpc\TransportProbe;
use MesChain\Setup\KeyFile;
use MesChain\Shop\Settings;
use MesChain\Shop\State;

/** The way to the MesChain server, and what is remembered of it: since when it is out of reach, when to ask again. */
final class Backbone
{
    /** While it is down, background work asks no oftener than this. */
    private const RETRY_SECONDS = 15;

    /** @var State */
    private $state;
    /** @var Settings */
    private $settings;
    /** @var KeyFile */
    private $keys;
    /** @var Channel|null */
    private $channel;
    /** @var HeardTransport|null */
    private $heard;

    public function __construct(State $state, Settings $settings, KeyFile $keys)
    {
        $this->state = $state;
        $this->settings = $settings;
        $this->keys = $keys;
    }

    public function isConfigured(): bool
    {
        return $this->settings->address() !== '' && $this->keys->read(KeyFile::KEY) !== '';
    }

    /**
     * @throws AddressRefused
     * @throws RuntimeClash
     */
    public function channel(): Channel
    {
        if ($this->channel === null) {
            $key = $this->keys->read(KeyFile::KEY);
            $this->heard = new HeardTransport($this->transport($this->settings->address(), $this->settings->caFile(), $key));
            $this->channel = new Channel($this->heard, $key);
        }

        return $this->channel;
    }

    /**
     * The ear on this request's channel: what a page is told can be told again while the server is away.
     *
     * @throws AddressRefused
     * @throws RuntimeClash
     */
    public function ear(): HeardTransport
    {
        $this->channel();

        return $this->heard;
    }

    /** A channel with values that are not kept yet: the settings page tries them before it stores them. */
    public function channelTo(string $address, string $caFile, string $key): Channel
    {
        return new Channel($this->transport($address, $caFile, $key), $key);
    }

    private function transport(string $address, string $caFile, string $key): ProbedTransport
    {
        $clash = ProtobufRuntime::clash();
        if ($clash !== '') {
            throw new RuntimeClash($clash);
        }

        return new ProbedTransport(new TransportProbe($this->state), Address::parse($address), new TlsOptions($caFile), $key);
    }

    /** "h2" or "web"; empty before the first call. */
    public function carrier(): string
    {
        return $this->state->recall(rtrim($this->settings->address(), '/'), 0) ?? '';
    }

    /** Whether background work should try now. People who press a button always try. */
    public function isWorthATry(): bool
    {
        return $this->isConfigured() && time() >= $this->state->int('backbone.retry_s');
    }

    public function wasReached(): void
    {
        if ($this->downSince() !== null) {
            $this->state->drop('backbone.down_s');
            $this->state->drop('backbone.retry_s');
        }
    }

    public function failed(CallFailed $failure): void
    {
        if ($failure->isOutage()) {
            if ($this->downSince() === null) {
                $this->state->set('backbone.down_s', (string)time());
            }
            $this->state->set('backbone.retry_s', (string)(time() + self::RETRY_SECONDS));
        } else {
            $this->wasReached(); // it answered, if only with a refusal
        }
    }

    /** Since when it is out of reach, in Unix seconds; null while it answers. */
    public function downSince(): ?int
    {
        $since = $this->state->int('backbone.down_s');

        return $since > 0 ? $since : null;
    }
}
