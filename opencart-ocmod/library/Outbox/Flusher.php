<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;

/**
 * Tells the backbone what changed. One at a time per shop, and repeatable at every point: marks go only after the answer,
 * so a death anywhere sends the same news again, under a higher number.
 */
final class Flusher
{
    private const LOCK = 'flush';
    private const PRODUCTS_MAX = 150;
    private const ORDERS_MAX = 50;

    /** @var Db */
    private $db;
    /** @var Outbox */
    private $outbox;
    /** @var ProductReader */
    private $reader;
    /** @var Sequence */
    private $sequence;
    /** @var Reports */
    private $reports;

    public function __construct(Db $db, Outbox $outbox, ProductReader $reader, Sequence $sequence, Reports $reports)
    {
        $this->db = $db;
        $this->outbox = $outbox;
        $this->reader = $reader;
        $this->sequence = $sequence;
        $this->reports = $reports;
    }

    /**
     * Works until nothing waits or the time is over.
     *
     * @param int $budgetMs no new batch is begun after this; the one under way is finished
     * @param int $waitSeconds for another one to end: it may have looked for marks just before ours was made
     * @return bool false when another one is still at work
     * @throws \MesChain\Grpc\CallFailed what waits stays where it is
     */
    public function flush(int $budgetMs, int $waitSeconds = 0): bool
    {
        if (!$this->db->lock(self::LOCK, $waitSeconds)) {
            return false;
        }
        try {
            $end = hrtime(true) + $budgetMs * 1000000;
            $again = [];
            do {
                $more = $this->batch($again);
            } while ($more && hrtime(true) < $end);
        } finally {
            $this->db->unlock(self::LOCK);
        }

        return true;
    }

    /**
     * @param array<int, bool> $again products that were told a second time in this flush already
     */
    private function batch(array &$again): bool
    {
        $marks = $this->outbox->take(self::PRODUCTS_MAX);
        // First the number, then the booked orders, then the quantities. A quantity read before its order was known as
        // booked would have the order's units counted twice; the other way round they are merely held a moment longer.
        $number = $this->sequence->next();
        $applied = $this->applied();
        if ($marks === [] && $applied === []) {
            return false;
        }
        $ids = array_values(array_unique(array_merge(array_values($marks), $this->outbox->productsOf(array_values($applied)))));
        $products = $this->reader->read($ids);

        $refused = $this->reports->products($products, array_values(array_diff($ids, array_keys($products))));
        $stock = $this->reports->stock($number, $products, $applied);
        if ($stock->isRewound) {
            $this->sequence->leap();

            return true;
        }
        $this->reports->prices($number, $products);
        $this->markReported(array_keys($applied));

        $kept = [];
        foreach ($stock->unknown as $productId) {
            if (!isset($refused[$productId]) && !isset($again[$productId])) {
                $again[$productId] = true;
                $kept[] = $productId;
            }
        }
        $this->outbox->mark($kept);
        $this->outbox->done(array_keys($marks));

        return true;
    }

    /** @return array<string, int> backbone order id => shop order id */
    private function applied(): array
    {
        return array_map('intval', array_column(
            $this->db->rows('SELECT backbone_order_id, order_id FROM {meschain_applied} WHERE reported = 0 ORDER BY order_id LIMIT ' . self::ORDERS_MAX),
            'order_id',
            'backbone_order_id'
        ));
    }

    /** @param array<int, string> $orderIds */
    private function markReported(array $orderIds): void
    {
        if ($orderIds !== []) {
            $this->db->run('UPDATE {meschain_applied} SET reported = 1 WHERE backbone_order_id IN (' . Db::marks($orderIds) . ')', $orderIds);
        }
    }
}
