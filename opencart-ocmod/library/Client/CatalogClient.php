<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\DeleteProductsRequest;
use MesChain\Proto\Sync\V1\DeleteProductsResponse;
use MesChain\Proto\Sync\V1\ListProductsRequest;
use MesChain\Proto\Sync\V1\ListProductsResponse;
use MesChain\Proto\Sync\V1\UpsertProductsRequest;
use MesChain\Proto\Sync\V1\UpsertProductsResponse;

/** The shop's products at the backbone. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class CatalogClient
{
    private const SERVICE = '/meschain.sync.v1.CatalogService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function upsertProducts(UpsertProductsRequest $request): UpsertProductsResponse
    {
        return $this->channel->unary(self::SERVICE . 'UpsertProducts', $request, new UpsertProductsResponse(), CallOptions::repeatable(15000));
    }

    public function deleteProducts(DeleteProductsRequest $request): DeleteProductsResponse
    {
        return $this->channel->unary(self::SERVICE . 'DeleteProducts', $request, new DeleteProductsResponse(), CallOptions::repeatable(15000));
    }

    public function listProducts(ListProductsRequest $request): ListProductsResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListProducts', $request, new ListProductsResponse(), CallOptions::repeatable(5000));
    }
}
