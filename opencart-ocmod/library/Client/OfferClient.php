<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\LinkVariantsRequest;
use MesChain\Proto\Sync\V1\LinkVariantsResponse;
use MesChain\Proto\Sync\V1\ListOffersRequest;
use MesChain\Proto\Sync\V1\ListOffersResponse;
use MesChain\Proto\Sync\V1\ProposeLinksRequest;
use MesChain\Proto\Sync\V1\ProposeLinksResponse;
use MesChain\Proto\Sync\V1\ReportPricesRequest;
use MesChain\Proto\Sync\V1\ReportPricesResponse;
use MesChain\Proto\Sync\V1\ReportStockRequest;
use MesChain\Proto\Sync\V1\ReportStockResponse;
use MesChain\Proto\Sync\V1\UnlinkVariantsRequest;
use MesChain\Proto\Sync\V1\UnlinkVariantsResponse;

/** Stock, price, and which variant is which item at a marketplace. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class OfferClient
{
    private const SERVICE = '/meschain.sync.v1.OfferService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function reportStock(ReportStockRequest $request): ReportStockResponse
    {
        // Repeatable: its shop_sequence makes the repetition harmless.
        return $this->channel->unary(self::SERVICE . 'ReportStock', $request, new ReportStockResponse(), CallOptions::repeatable(15000));
    }

    public function reportPrices(ReportPricesRequest $request): ReportPricesResponse
    {
        // Repeatable: its shop_sequence makes the repetition harmless.
        return $this->channel->unary(self::SERVICE . 'ReportPrices', $request, new ReportPricesResponse(), CallOptions::repeatable(15000));
    }

    public function proposeLinks(ProposeLinksRequest $request): ProposeLinksResponse
    {
        return $this->channel->unary(self::SERVICE . 'ProposeLinks', $request, new ProposeLinksResponse(), CallOptions::repeatable(15000));
    }

    public function linkVariants(LinkVariantsRequest $request): LinkVariantsResponse
    {
        // Repeatable: a link that is there stays as it is.
        return $this->channel->unary(self::SERVICE . 'LinkVariants', $request, new LinkVariantsResponse(), CallOptions::repeatable(30000));
    }

    public function unlinkVariants(UnlinkVariantsRequest $request): UnlinkVariantsResponse
    {
        return $this->channel->unary(self::SERVICE . 'UnlinkVariants', $request, new UnlinkVariantsResponse(), CallOptions::repeatable(15000));
    }

    public function listOffers(ListOffersRequest $request): ListOffersResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListOffers', $request, new ListOffersResponse(), CallOptions::repeatable(5000));
    }
}
