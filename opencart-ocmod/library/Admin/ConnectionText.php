<?php
declare(strict_types=1);

namespace MesChain\Admin;

use Google\Protobuf\Timestamp;
use MesChain\Proto\Sync\V1\Connection;
use MesChain\Proto\Sync\V1\ConnectionHealth;
use MesChain\Proto\Sync\V1\ConnectionMode;
use MesChain\Proto\Sync\V1\Environment;

/** A connection as a row of a page. */
final class ConnectionText
{
    private const MODES = [
        ConnectionMode::CONNECTION_MODE_SHADOW => 'shadow',
        ConnectionMode::CONNECTION_MODE_LIVE => 'live',
        ConnectionMode::CONNECTION_MODE_PAUSED => 'paused',
    ];
    private const HEALTHS = [
        ConnectionHealth::CONNECTION_HEALTH_DRAFT => ['draft', 'secondary'],
        ConnectionHealth::CONNECTION_HEALTH_OK => ['ok', 'success'],
        ConnectionHealth::CONNECTION_HEALTH_DEGRADED => ['degraded', 'warning'],
        ConnectionHealth::CONNECTION_HEALTH_GUARDED => ['guarded', 'danger'],
        ConnectionHealth::CONNECTION_HEALTH_NEEDS_REAUTH => ['needs_reauth', 'danger'],
    ];
    private const OFFER_DOTS = [
        'clean' => 'success', 'dirty' => 'info', 'held' => 'warning', 'in_flight' => 'info', 'awaiting' => 'info',
        'uncertain' => 'warning', 'failed' => 'danger', 'diverged' => 'danger',
    ];

    /** @var Texts */
    private $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /** @return array<string, mixed> */
    public function of(Connection $connection): array
    {
        $mode = self::MODES[$connection->getMode()] ?? 'paused';
        [$health, $dot] = self::HEALTHS[$connection->getHealth()] ?? ['draft', 'secondary'];

        return [
            'id' => $connection->getId(),
            'name' => $connection->getName(),
            'marketplace' => ucfirst($connection->getMarketplace()),
            'seller_id' => $connection->getSellerId(),
            'sandbox' => $connection->getEnvironment() === Environment::ENVIRONMENT_SANDBOX,
            'mode' => $mode,
            'mode_text' => $this->texts->get('mode_' . $mode),
            'health' => $health,
            'dot' => $mode === 'paused' ? 'secondary' : $dot,
            'health_text' => $this->texts->get('health_' . $health),
            'last_order_read' => $this->time($connection->getLastOrderReadTime()),
            'last_confirmed' => $this->time($connection->getLastConfirmedTime()),
            'stock_enabled' => $connection->getStockEnabled(),
            'price_enabled' => $connection->getPriceEnabled(),
            'revision' => (int)$connection->getRevision(),
            'offers' => $this->offers($connection->getOfferCounts()),
        ];
    }

    /**
     * @param iterable<string, int> $counts by state in lower case
     * @return array<int, array{state: string, text: string, dot: string, count: int}> in the order of the states, empty ones left out
     */
    public function offers(iterable $counts): array
    {
        $byState = [];
        foreach ($counts as $state => $count) {
            $byState[(string)$state] = (int)$count;
        }
        $shown = [];
        foreach (self::OFFER_DOTS as $state => $dot) {
            if (($byState[$state] ?? 0) > 0) {
                $shown[] = ['state' => $state, 'text' => $this->texts->get('offer_' . $state), 'dot' => $dot, 'count' => $byState[$state]];
            }
        }

        return $shown;
    }

    public static function offerDot(string $state): string
    {
        return self::OFFER_DOTS[$state] ?? 'secondary';
    }

    private function time(?Timestamp $time): string
    {
        return $this->texts->time($time === null ? null : (int)$time->getSeconds());
    }
}
