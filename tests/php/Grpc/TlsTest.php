<?php
declare(strict_types=1);

namespace MesChain\Tests\Grpc;

use MesChain\Client\OpsClient;
use MesChain\Grpc\Address;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Channel;
use MesChain\Grpc\GrpcWebTransport;
use MesChain\Grpc\TlsOptions;
use MesChain\Proto\Ops\V1\GetVersionRequest;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\TlsServer;

final class TlsTest
{
    public function only_a_trusted_certificate_of_the_right_name_is_talked_to(Check $check): void
    {
        $server = new TlsServer();
        $call = static function (string $host, string $caFile) use ($server): void {
            $transport = new GrpcWebTransport(Address::parse('https://' . $host . ':' . $server->port), new TlsOptions($caFile));
            (new OpsClient(new Channel($transport, 'mck_x', static function (int $ms): void {
            })))->getVersion(new GetVersionRequest());
        };
        $call('localhost', $server->caFile);
        foreach ([['localhost', ''], ['127.0.0.1', $server->caFile]] as [$host, $caFile]) {
            $failure = $check->throws(CallFailed::class, static function () use ($call, $host, $caFile): void {
                $call($host, $caFile);
            });
            $check->true($failure->isOutage() && !$failure->wasConnected(), $host . ': ' . $failure->getMessage());
        }
    }
}
