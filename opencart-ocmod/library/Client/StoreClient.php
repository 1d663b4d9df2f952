<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\CreateConnectionRequest;
use MesChain\Proto\Sync\V1\CreateConnectionResponse;
use MesChain\Proto\Sync\V1\DeleteConnectionRequest;
use MesChain\Proto\Sync\V1\DeleteConnectionResponse;
use MesChain\Proto\Sync\V1\ListConnectionsRequest;
use MesChain\Proto\Sync\V1\ListConnectionsResponse;
use MesChain\Proto\Sync\V1\ListStoresRequest;
use MesChain\Proto\Sync\V1\ListStoresResponse;
use MesChain\Proto\Sync\V1\SetConnectionModeRequest;
use MesChain\Proto\Sync\V1\SetConnectionModeResponse;
use MesChain\Proto\Sync\V1\TestConnectionRequest;
use MesChain\Proto\Sync\V1\TestConnectionResponse;
use MesChain\Proto\Sync\V1\UpdateConnectionRequest;
use MesChain\Proto\Sync\V1\UpdateConnectionResponse;
use MesChain\Proto\Sync\V1\UpdateStoreRequest;
use MesChain\Proto\Sync\V1\UpdateStoreResponse;

/** Stores and their connections to marketplaces. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class StoreClient
{
    private const SERVICE = '/meschain.sync.v1.StoreService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function updateStore(UpdateStoreRequest $request): UpdateStoreResponse
    {
        return $this->channel->unary(self::SERVICE . 'UpdateStore', $request, new UpdateStoreResponse(), CallOptions::once(5000));
    }

    public function listStores(ListStoresRequest $request): ListStoresResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListStores', $request, new ListStoresResponse(), CallOptions::repeatable(5000));
    }

    public function createConnection(CreateConnectionRequest $request): CreateConnectionResponse
    {
        // Only its request_id makes a repetition harmless.
        $options = $request->getRequestId() === '' ? CallOptions::once(10000) : CallOptions::repeatable(10000);

        return $this->channel->unary(self::SERVICE . 'CreateConnection', $request, new CreateConnectionResponse(), $options);
    }

    public function testConnection(TestConnectionRequest $request): TestConnectionResponse
    {
        // Repeatable: the probes read only.
        return $this->channel->unary(self::SERVICE . 'TestConnection', $request, new TestConnectionResponse(), CallOptions::repeatable(30000));
    }

    public function setConnectionMode(SetConnectionModeRequest $request): SetConnectionModeResponse
    {
        return $this->channel->unary(self::SERVICE . 'SetConnectionMode', $request, new SetConnectionModeResponse(), CallOptions::repeatable(10000));
    }

    public function updateConnection(UpdateConnectionRequest $request): UpdateConnectionResponse
    {
        return $this->channel->unary(self::SERVICE . 'UpdateConnection', $request, new UpdateConnectionResponse(), CallOptions::once(10000));
    }

    public function listConnections(ListConnectionsRequest $request): ListConnectionsResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListConnections', $request, new ListConnectionsResponse(), CallOptions::repeatable(5000));
    }

    public function deleteConnection(DeleteConnectionRequest $request): DeleteConnectionResponse
    {
        return $this->channel->unary(self::SERVICE . 'DeleteConnection', $request, new DeleteConnectionResponse(), CallOptions::once(10000));
    }
}
