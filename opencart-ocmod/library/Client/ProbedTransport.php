<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\Address;
use MesChain\Grpc\Call;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Reply;
use MesChain\Grpc\TlsOptions;
use MesChain\Grpc\Transport;
use MesChain\Grpc\TransportProbe;

/** Chooses the carrier at the first call, and doubts the remembered choice when something else than gRPC answers. */
final class ProbedTransport implements Transport
{
    /** @var TransportProbe */
    private $probe;
    /** @var Address */
    private $address;
    /** @var TlsOptions */
    private $tls;
    /** @var string */
    private $key;
    /** @var Transport|null */
    private $chosen;

    public function __construct(TransportProbe $probe, Address $address, TlsOptions $tls, string $key)
    {
        $this->probe = $probe;
        $this->address = $address;
        $this->tls = $tls;
        $this->key = $key;
    }

    public function exchange(Call $call, callable $onMessage): Reply
    {
        if ($this->chosen === null) {
            $this->chosen = $this->probe->choose($this->address, $this->tls, $this->key);
        }
        try {
            return $this->chosen->exchange($call, $onMessage);
        } catch (CallFailed $failure) {
            if ($failure->wasConnected() && !$failure->isAnswer()) {
                $this->chosen = null;
                $this->probe->forget();
            }
            throw $failure;
        }
    }

    public function name(): string
    {
        return $this->chosen === null ? '' : $this->chosen->name();
    }
}
