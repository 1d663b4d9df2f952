<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Client\OrderClient;
use MesChain\Proto\Sync\V1\Acknowledgement;
use MesChain\Proto\Sync\V1\AcknowledgeOrdersRequest;
use MesChain\Proto\Sync\V1\AcknowledgeOutcome;
use MesChain\Proto\Sync\V1\Order;
use MesChain\Proto\Sync\V1\OrderEntry;
use MesChain\Proto\Sync\V1\PullOrdersRequest;
use MesChain\Setup\Engines;
use MesChain\Shop\Db;
use MesChain\Shop\Settings;
use MesChain\Shop\Shop;
use MesChain\Shop\ShopNotReady;

/**
 * Pulls what the backbone has for the shop, books it, and says so. An entry comes again until it is acknowledged; the
 * import row makes the second time harmless.
 */
final class OrderImport
{
    private const PAGE = 10;
    private const DETAIL_MAX = 500;

    /** @var Shop */
    private $shop;
    /** @var Db */
    private $db;
    /** @var Settings */
    private $settings;
    /** @var Engines */
    private $engines;
    /** @var OrderClient */
    private $client;
    /** @var Imports */
    private $imports;
    /** @var Booking */
    private $booking;
    /** @var Change */
    private $change;

    public function __construct(Shop $shop, Settings $settings, Engines $engines, OrderClient $client, Imports $imports, Booking $booking, Change $change)
    {
        $this->shop = $shop;
        $this->db = $shop->db();
        $this->settings = $settings;
        $this->engines = $engines;
        $this->client = $client;
        $this->imports = $imports;
        $this->booking = $booking;
        $this->change = $change;
    }

    /**
     * Works until nothing is left or the time is over.
     *
     * @param int $waitSeconds for another one to end: it may have asked just before the entry came that we were called for
     * @return int how many entries were handled; -1 when another one is still at work
     * @throws ShopNotReady while something in the shop keeps orders out; nothing was pulled then
     * @throws \MesChain\Grpc\CallFailed what was not acknowledged comes again
     */
    public function pull(int $budgetMs, int $waitSeconds = 0): int
    {
        if (!$this->db->lock(Engines::LOCK, $waitSeconds)) {
            return -1;
        }
        $handled = 0;
        try {
            $this->checkShop(); // under the lock: no engine changes from here on
            $end = hrtime(true) + $budgetMs * 1000000;
            do {
                $answer = $this->client->pullOrders(new PullOrdersRequest(['page_size' => self::PAGE]));
                $said = [];
                foreach ($answer->getEntries() as $entry) {
                    $said[] = $this->handle($entry);
                }
                if ($said !== []) {
                    $this->client->acknowledgeOrders(new AcknowledgeOrdersRequest(['acknowledgements' => $said]));
                    $handled += count($said);
                }
            } while ($answer->getMore() && $said !== [] && hrtime(true) < $end);
        } finally {
            $this->db->unlock(Engines::LOCK);
        }

        return $handled;
    }

    /** @throws ShopNotReady */
    private function checkShop(): void
    {
        $tables = $this->engines->notTransactional();
        if ($tables !== []) {
            throw ShopNotReady::tablesNotTransactional($tables);
        }
        if ($this->settings->statusNew() === 0 || $this->settings->statusCancelled() === 0) {
            throw ShopNotReady::noStatus();
        }
    }

    private function handle(OrderEntry $entry): Acknowledgement
    {
        $order = $entry->getOrder();
        $said = new Acknowledgement(['entry_id' => $entry->getEntryId(), 'revision' => (int)$order->getRevision()]);
        try {
            $import = $this->db->transaction(function () use ($order): ?Import {
                return $this->bookOrFollow($order);
            });
            if ($import === null) {
                $said->setOutcome(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_SKIPPED);
            } else {
                $said->setOutcome(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_APPLIED);
                $said->setShopOrderId((string)$import->orderId);
            }
        } catch (\Throwable $fault) {
            $detail = self::describe($fault);
            $this->shop->log('order ' . $order->getId() . ' could not be booked: ' . $detail);
            $said->setOutcome(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_FAILED);
            $said->setDetail(substr($detail, 0, self::DETAIL_MAX));
        }

        return $said;
    }

    /** Answers the import; null when the order is left out on purpose. */
    private function bookOrFollow(Order $order): ?Import
    {
        $import = $this->imports->lock($order);
        if ($import !== null) {
            $this->change->follow($import, $order);

            return $import;
        }
        if (Change::isCancelled($order) || ($order->getTrial() && !$this->settings->trialOrders())) {
            return null;
        }

        return $this->booking->book($order);
    }

    /** Without the statement or any value of it: those hold the buyer's name and address. */
    private static function describe(\Throwable $fault): string
    {
        if ($fault instanceof ShopNotReady) {
            return $fault->getMessage();
        }
        $number = Db::errorNumber($fault);

        return $number !== 0 ? 'database error ' . $number : get_class($fault) . ' at ' . basename($fault->getFile()) . ':' . $fault->getLine();
    }
}
