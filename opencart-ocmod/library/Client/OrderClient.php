<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\AcknowledgeOrdersRequest;
use MesChain\Proto\Sync\V1\AcknowledgeOrdersResponse;
use MesChain\Proto\Sync\V1\GetOrderRequest;
use MesChain\Proto\Sync\V1\GetOrderResponse;
use MesChain\Proto\Sync\V1\ListOrdersRequest;
use MesChain\Proto\Sync\V1\ListOrdersResponse;
use MesChain\Proto\Sync\V1\PullOrdersRequest;
use MesChain\Proto\Sync\V1\PullOrdersResponse;
use MesChain\Proto\Sync\V1\UpdateOrderRequest;
use MesChain\Proto\Sync\V1\UpdateOrderResponse;

/** Orders of all marketplaces, on their way into the shop. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class OrderClient
{
    private const SERVICE = '/meschain.sync.v1.OrderService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function pullOrders(PullOrdersRequest $request): PullOrdersResponse
    {
        return $this->channel->unary(self::SERVICE . 'PullOrders', $request, new PullOrdersResponse(), CallOptions::repeatable(10000));
    }

    public function acknowledgeOrders(AcknowledgeOrdersRequest $request): AcknowledgeOrdersResponse
    {
        return $this->channel->unary(self::SERVICE . 'AcknowledgeOrders', $request, new AcknowledgeOrdersResponse(), CallOptions::repeatable(10000));
    }

    public function listOrders(ListOrdersRequest $request): ListOrdersResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListOrders', $request, new ListOrdersResponse(), CallOptions::repeatable(5000));
    }

    public function getOrder(GetOrderRequest $request): GetOrderResponse
    {
        return $this->channel->unary(self::SERVICE . 'GetOrder', $request, new GetOrderResponse(), CallOptions::repeatable(5000));
    }

    public function updateOrder(UpdateOrderRequest $request): UpdateOrderResponse
    {
        // Only its request_id makes a repetition harmless.
        $options = $request->getRequestId() === '' ? CallOptions::once(10000) : CallOptions::repeatable(10000);

        return $this->channel->unary(self::SERVICE . 'UpdateOrder', $request, new UpdateOrderResponse(), $options);
    }
}
