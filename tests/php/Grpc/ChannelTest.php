<?php
declare(strict_types=1);

namespace MesChain\Tests\Grpc;

use Google\Protobuf\Internal\Message;
use MesChain\Client\OpsClient;
use MesChain\Client\StoreClient;
use MesChain\Client\SyncClient;
use MesChain\Grpc\Address;
use MesChain\Grpc\CallFailed;
use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Grpc\Code;
use MesChain\Grpc\GrpcWebTransport;
use MesChain\Grpc\Http2Transport;
use MesChain\Grpc\TlsOptions;
use MesChain\Proto\Ops\V1\GetVersionRequest;
use MesChain\Proto\Ops\V1\GetVersionResponse;
use MesChain\Proto\Sync\V1\CreateStoreRequest;
use MesChain\Proto\Sync\V1\CreateStoreResponse;
use MesChain\Proto\Sync\V1\UpdateStoreRequest;
use MesChain\Proto\Sync\V1\WatchEventsRequest;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Ports;
use MesChain\Tests\Support\Server;

/** The client against the real server: each statement holds over both carriers. */
final class ChannelTest
{
    public function a_call_is_answered_many_times_over_one_channel(Check $check): void
    {
        foreach (Server::get()->channels() as $carrier => $channel) {
            for ($i = 0; $i < 5; $i++) {
                $check->true((new OpsClient($channel))->getVersion(new GetVersionRequest())->getVersion() !== '', $carrier . ' answers a version');
            }
        }
    }

    public function a_wrong_key_is_unauthenticated(Check $check): void
    {
        foreach (Server::get()->channels('mck_0000000000000000_' . str_repeat('A', 43)) as $carrier => $channel) {
            $failure = $check->throws(CallFailed::class, static function () use ($channel): void {
                (new StoreClient($channel))->listStores(new \MesChain\Proto\Sync\V1\ListStoresRequest());
            });
            $check->same(Code::UNAUTHENTICATED, $failure->getCode(), $carrier);
            $check->same('KEY_REFUSED', $failure->reason(), $carrier);
            $check->same(false, $failure->isTransient(), $carrier);
        }
    }

    public function a_wrong_request_names_every_bad_field(Check $check): void
    {
        foreach (Server::get()->channels() as $carrier => $channel) {
            $failure = $check->throws(CallFailed::class, static function () use ($channel): void {
                $channel->unary('/meschain.sync.v1.StoreService/CreateStore', new CreateStoreRequest(['slug' => 'Çınar!', 'name' => '']), new CreateStoreResponse(), CallOptions::once());
            });
            $check->same(Code::INVALID_ARGUMENT, $failure->getCode(), $carrier);
            $check->same('INVALID_FIELD', $failure->reason(), $carrier);
            $fields = array_keys($failure->fieldViolations());
            sort($fields);
            $check->same(['name', 'slug'], $fields, $carrier);
        }
    }

    public function an_unknown_method_is_unimplemented(Check $check): void
    {
        foreach (Server::get()->channels() as $carrier => $channel) {
            $failure = $check->throws(CallFailed::class, static function () use ($channel): void {
                $channel->unary('/meschain.ops.v1.OpsService/Nothing', new GetVersionRequest(), new GetVersionResponse(), CallOptions::repeatable());
            });
            $check->same('UNIMPLEMENTED', $failure->codeName(), $carrier);
        }
    }

    public function an_error_arrives_with_its_turkish_letters(Check $check): void
    {
        foreach (Server::get()->channels() as $carrier => $channel) {
            $failure = $check->throws(CallFailed::class, static function () use ($channel): void {
                (new StoreClient($channel))->updateStore(new UpdateStoreRequest(['store_id' => 'şöğü']));
            });
            $check->true($failure->getCode() !== Code::INTERNAL, $carrier . ': ' . $failure->getMessage());
        }
    }

    public function a_stream_is_read_message_by_message_and_can_be_left(Check $check): void
    {
        foreach (Server::get()->channels() as $carrier => $channel) {
            $store = self::store($channel);
            $started = microtime(true);
            // The first message is a heartbeat or an event; its deadline ends the wait for more.
            $failure = null;
            try {
                (new SyncClient($channel))->watchEvents(new WatchEventsRequest(['store_id' => $store]), static function (Message $message): bool {
                    return false;
                }, 1500);
            } catch (CallFailed $failure) {
                $check->same(Code::DEADLINE_EXCEEDED, $failure->getCode(), $carrier);
            }
            // Left to itself it would go on for ever; a busy machine may take a while to end it.
            $check->true(microtime(true) - $started < 30, $carrier . ' ends in time');
            $check->true((new OpsClient($channel))->getVersion(new GetVersionRequest())->getVersion() !== '', $carrier . ' works afterwards');
        }
    }

    public function a_closed_port_is_unavailable_and_tried_again_only_when_that_is_harmless(Check $check): void
    {
        $address = Address::parse('http://127.0.0.1:' . Ports::free());
        foreach ([new Http2Transport($address, new TlsOptions()), new GrpcWebTransport($address, new TlsOptions())] as $transport) {
            $pauses = 0;
            $channel = new Channel($transport, 'mck_x', static function (int $ms) use (&$pauses): void {
                $pauses++;
            });
            foreach ([[CallOptions::repeatable(), 2], [CallOptions::once(), 0]] as [$options, $expected]) {
                $pauses = 0;
                $failure = $check->throws(CallFailed::class, static function () use ($channel, $options): void {
                    $channel->unary('/meschain.ops.v1.OpsService/GetVersion', new GetVersionRequest(), new GetVersionResponse(), $options);
                });
                $check->same(Code::UNAVAILABLE, $failure->getCode());
                $check->same(true, $failure->isOutage());
                $check->same($expected, $pauses, $transport->name());
                $check->true(strpos($failure->getMessage(), 'mck_x') === false, 'the key is in no text');
            }
        }
    }

    private static function store(Channel $channel): string
    {
        $request = new CreateStoreRequest(['slug' => 'php-' . bin2hex(random_bytes(4)), 'name' => 'PHP testi']);

        return $channel->unary('/meschain.sync.v1.StoreService/CreateStore', $request, new CreateStoreResponse(), CallOptions::once())->getStore()->getId();
    }
}
