<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Client\OfferClient;
use MesChain\Client\StoreClient;
use MesChain\Proto\Sync\V1\Link;
use MesChain\Proto\Sync\V1\LinkProposal;
use MesChain\Proto\Sync\V1\LinkVariantsRequest;
use MesChain\Proto\Sync\V1\ListConnectionsRequest;
use MesChain\Proto\Sync\V1\ListOffersRequest;
use MesChain\Proto\Sync\V1\OfferState;
use MesChain\Proto\Sync\V1\ProposeLinksRequest;
use MesChain\Proto\Sync\V1\UnlinkVariantsRequest;
use MesChain\Shop\Text;

/** Pazaryeri Ürünleri: which product is which item there, and whether its stock is right. */
final class ListingsPage
{
    private const PAGE = 50;
    /** Proposals looked through for ones that need a decision. */
    private const PROPOSALS = 200;

    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;
    /** @var Action */
    private $action;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
        $this->action = new Action($app, $texts);
    }

    /**
     * @param array<string, string> $query connection_id, q, state, page_token
     * @return array<string, mixed>
     */
    public function show(array $query): array
    {
        $empty = ['connections' => [], 'connection_id' => '', 'offers' => [], 'next_page_token' => '', 'proposals' => [], 'counts' => null];
        $data = (new LastSeen($this->app, $this->texts))->show('listings', function () use ($query): array {
            return $this->ask($query);
        }, $empty);

        return $data + [
            'configured' => $this->app->backbone()->isConfigured(),
            'q' => $query['q'] ?? '',
            'state' => $query['state'] ?? '',
            'states' => $this->states(),
        ];
    }

    /** @return array<string, mixed> */
    public function linkSure(string $connectionId): array
    {
        return $this->action->run(function () use ($connectionId): array {
            $answer = $this->client()->linkVariants(new LinkVariantsRequest(['connection_id' => $connectionId, 'all_sure' => true]));

            return ['success' => $this->texts->get('success_linked', $answer->getLinked()), 'linked' => $answer->getLinked(), 'reload' => true];
        });
    }

    /** @return array<string, mixed> */
    public function link(string $connectionId, string $variantId, string $barcode): array
    {
        return $this->action->run(function () use ($connectionId, $variantId, $barcode): array {
            $request = new LinkVariantsRequest(['connection_id' => $connectionId]);
            $request->setLinks([new Link(['shop_variant_id' => trim($variantId), 'barcode' => trim($barcode)])]);
            $result = $this->client()->linkVariants($request)->getResults()[0];

            return $result->getOk()
                ? ['success' => $this->texts->get('success_linked', 1), 'reload' => true]
                : ['error' => $this->texts->firstOf('reason_' . strtolower($result->getReason()), trim($result->getReason() . ' ' . $result->getDetail()))];
        });
    }

    /** @return array<string, mixed> */
    public function unlink(string $connectionId, string $variantId): array
    {
        return $this->action->run(function () use ($connectionId, $variantId): array {
            $this->client()->unlinkVariants(new UnlinkVariantsRequest(['connection_id' => $connectionId, 'shop_variant_ids' => [$variantId]]));

            return ['success' => $this->texts->get('success_unlinked'), 'reload' => true];
        });
    }

    /**
     * @param array<string, string> $query
     * @return array<string, mixed>
     */
    private function ask(array $query): array
    {
        $connections = [];
        $stores = new StoreClient($this->app->backbone()->channel());
        foreach ($stores->listConnections(new ListConnectionsRequest(['page_size' => 200]))->getConnections() as $connection) {
            $connections[] = (new ConnectionText($this->texts))->of($connection);
        }
        $ids = array_column($connections, 'id');
        $chosen = in_array($query['connection_id'] ?? '', $ids, true) ? $query['connection_id'] : ($ids[0] ?? '');
        if ($chosen === '') {
            return ['connections' => [], 'connection_id' => '', 'offers' => [], 'next_page_token' => '', 'proposals' => [], 'counts' => null];
        }
        $names = array_column($connections, 'marketplace', 'id');
        $state = array_search($query['state'] ?? '', OfferText::STATES, true);
        $offers = $this->client()->listOffers(new ListOffersRequest([
            'connection_id' => $chosen, 'page_size' => self::PAGE, 'page_token' => $query['page_token'] ?? '',
            'state' => $state === false ? OfferState::OFFER_STATE_UNSPECIFIED : $state, 'query' => Text::cut($query['q'] ?? '', 100),
        ]));
        $rows = [];
        foreach ($offers->getOffers() as $offer) {
            $rows[] = (new OfferText($this->texts))->of($offer, $names[$chosen]);
        }

        return [
            'connections' => $connections,
            'connection_id' => $chosen,
            'marketplace' => $names[$chosen],
            'offers' => $rows,
            'next_page_token' => $offers->getNextPageToken(),
        ] + $this->proposals($chosen);
    }

    /** @return array{proposals: array<int, array<string, mixed>>, counts: array<string, mixed>} those that wait for a decision, and the counts of all */
    private function proposals(string $connectionId): array
    {
        $answer = $this->client()->proposeLinks(new ProposeLinksRequest(['connection_id' => $connectionId, 'page_size' => self::PROPOSALS]));
        $open = [];
        foreach ($answer->getProposals() as $proposal) {
            if ($proposal->getLinkedShopVariantId() === '' && $proposal->getCandidates()->count() !== 1) {
                $open[] = $this->proposal($proposal);
            }
        }
        $read = $answer->getReadTime();

        return ['proposals' => $open, 'counts' => [
            'sure' => $answer->getSure(),
            'doubtful' => $answer->getDoubtful(),
            'only_marketplace' => $answer->getOnlyMarketplace(),
            'only_shop' => $answer->getOnlyShop(),
            'read' => $read === null ? '' : $this->texts->time((int)$read->getSeconds()),
        ]];
    }

    /** @return array<string, mixed> */
    private function proposal(LinkProposal $proposal): array
    {
        $candidates = [];
        foreach ($proposal->getCandidates() as $candidate) {
            $candidates[] = ['id' => $candidate->getShopVariantId(), 'title' => $candidate->getTitle()];
        }

        return [
            'barcode' => $proposal->getBarcode(),
            'title' => $proposal->getMarketplaceTitle(),
            'candidates' => $candidates,
            'text' => $this->texts->get($candidates === [] ? 'proposal_none' : 'proposal_several', count($candidates)),
        ];
    }

    /** @return array<string, string> */
    private function states(): array
    {
        $states = [];
        foreach (OfferText::STATES as $state) {
            $states[$state] = $this->texts->get('offer_' . $state);
        }

        return $states;
    }

    private function client(): OfferClient
    {
        return new OfferClient($this->app->backbone()->channel());
    }
}
