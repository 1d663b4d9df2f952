<?php
declare(strict_types=1);

namespace MesChain\Tests\Grpc;

use MesChain\Client\ProbedTransport;
use MesChain\Grpc\Address;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Channel;
use MesChain\Grpc\TlsOptions;
use MesChain\Grpc\TransportProbe;
use MesChain\Client\OpsClient;
use MesChain\Proto\Ops\V1\GetVersionRequest;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Memory;
use MesChain\Tests\Support\Ports;
use MesChain\Tests\Support\Server;

final class TransportProbeTest
{
    public function http2_is_chosen_where_it_comes_through_and_remembered(Check $check): void
    {
        $server = Server::get();
        $memory = new Memory();
        foreach ([[$server->grpc, 'h2'], [$server->http, 'web']] as [$address, $expected]) {
            $memory->kept = null;
            $transport = (new TransportProbe($memory))->choose(Address::parse($address), new TlsOptions(), $server->key);
            $check->same($expected, $transport->name());
            $check->same($expected, $memory->kept);
        }
    }

    public function a_wrong_memory_is_corrected(Check $check): void
    {
        $server = Server::get();
        $memory = new Memory();
        $memory->kept = 'h2';
        $channel = new Channel(new ProbedTransport(new TransportProbe($memory), Address::parse($server->http), new TlsOptions(), $server->key), $server->key, static function (int $ms): void {
        });
        $check->true((new OpsClient($channel))->getVersion(new GetVersionRequest())->getVersion() !== '', 'it is answered after all');
        $check->same('web', $memory->kept);
    }

    public function a_dead_server_is_asked_once_not_twice(Check $check): void
    {
        $memory = new Memory();
        $check->throws(CallFailed::class, static function () use ($memory): void {
            (new TransportProbe($memory))->choose(Address::parse('http://127.0.0.1:' . Ports::free()), new TlsOptions(), 'x');
        });
        $check->same(null, $memory->kept);
    }
}
