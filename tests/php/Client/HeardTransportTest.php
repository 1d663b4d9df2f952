<?php
declare(strict_types=1);

namespace MesChain\Tests\Client;

use MesChain\Client\HeardTransport;
use MesChain\Client\OrderClient;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\PullOrdersRequest;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\FakeBackbone;

final class HeardTransportTest
{
    public function what_was_answered_is_answered_again_without_the_server(Check $check): void
    {
        $server = new FakeBackbone();
        $ear = new HeardTransport($server);
        (new OrderClient(new Channel($ear, 'mck_test')))->pullOrders(new PullOrdersRequest(['page_size' => 7]));
        $memory = json_decode((string)json_encode($ear->heard()), true);

        $later = new HeardTransport($server);
        $later->replay($memory);
        $calls = count($server->calls);
        $answer = (new OrderClient(new Channel($later, 'mck_test')))->pullOrders(new PullOrdersRequest(['page_size' => 7]));
        $check->same(false, $answer->getMore());
        $check->same($calls, count($server->calls));
    }

    public function what_was_not_asked_is_an_outage_not_an_invention(Check $check): void
    {
        $ear = new HeardTransport(new FakeBackbone());
        $ear->replay([]);
        try {
            (new OrderClient(new Channel($ear, 'mck_test', static function (int $ms): void {
            })))->pullOrders(new PullOrdersRequest(['page_size' => 8]));
            $check->same('a failure', 'an answer');
        } catch (CallFailed $failure) {
            $check->same(true, $failure->isOutage());
        }
    }

    public function only_what_is_asked_after_listening_began_is_kept(Check $check): void
    {
        $ear = new HeardTransport(new FakeBackbone());
        (new OrderClient(new Channel($ear, 'mck_test')))->pullOrders(new PullOrdersRequest());
        $ear->listen();
        $check->same([], $ear->heard());
    }
}
