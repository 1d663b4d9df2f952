<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;

/**
 * Changes that the backbone has not heard of. A mark names a product and nothing else: what it has is read when it is
 * sent, so however often and in whatever order things changed, the newest state leaves.
 */
final class Outbox
{
    /** A save that died leaves its hold behind; after this long it counts no more. */
    private const HOLD_SECONDS = 30;

    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    /** @param array<int, int> $productIds */
    public function mark(array $productIds): void
    {
        $values = [];
        foreach (array_unique(array_map('intval', $productIds)) as $id) {
            if ($id > 0) {
                array_push($values, $id, time());
            }
        }
        if ($values !== []) {
            $rows = implode(', ', array_fill(0, intdiv(count($values), 2), '(?, ?)'));
            $this->db->run('INSERT IGNORE INTO {meschain_outbox} (product_id, marked_s) VALUES ' . $rows, $values);
        }
    }

    /** Marks every product of the shop: the first time, and when the owner asks to send all again. */
    public function markAll(): int
    {
        return $this->db->run('INSERT IGNORE INTO {meschain_outbox} (product_id, marked_s) SELECT product_id, ? FROM {product}', [time()]);
    }

    /** Marks what an order moves, by its rows in the shop. */
    public function markOrder(int $orderId): void
    {
        $this->mark($this->productsOf([$orderId]));
    }

    /**
     * @param array<int, int> $orderIds
     * @return array<int, int> the products of these orders, master products included
     */
    public function productsOf(array $orderIds): array
    {
        if ($orderIds === []) {
            return [];
        }
        $ids = [];
        // OpenCart 3 has no master products. Whole rows, since asking the schema would be one more query in every checkout.
        foreach ($this->db->rows('SELECT p.*, op.product_id FROM {order_product} op LEFT JOIN {product} p ON p.product_id = op.product_id WHERE op.order_id IN (' . Db::marks($orderIds) . ')', array_values($orderIds)) as $row) {
            $ids[(int)$row['product_id']] = true;
            $ids[(int)($row['master_id'] ?? 0)] = true;
        }
        unset($ids[0]);

        return array_keys($ids);
    }

    /** A save of this product has begun. */
    public function hold(int $productId): void
    {
        $this->db->run(
            'INSERT INTO {meschain_hold} (product_id, until_s) VALUES (?, ?) ON DUPLICATE KEY UPDATE until_s = VALUES(until_s)',
            [$productId, time() + self::HOLD_SECONDS]
        );
    }

    /** The save is over: the mark is made first, so that there is no moment with neither. */
    public function releaseAndMark(int $productId): void
    {
        $this->mark([$productId]);
        $this->db->run('DELETE FROM {meschain_hold} WHERE product_id = ?', [$productId]);
    }

    /**
     * Takes waiting marks, and those that a run before took and did not finish. Only under the flusher's lock.
     *
     * @return array<int, int> mark id => product id
     */
    public function take(int $max): array
    {
        $free = 'product_id NOT IN (SELECT product_id FROM {meschain_hold} WHERE until_s > ?)';
        $this->db->run('UPDATE {meschain_outbox} SET taken = id WHERE taken = 0 AND ' . $free . ' ORDER BY id LIMIT ' . $max, [time()]);
        $marks = [];
        foreach ($this->db->rows('SELECT id, product_id FROM {meschain_outbox} WHERE taken > 0 AND ' . $free . ' ORDER BY id LIMIT ' . $max, [time()]) as $row) {
            $marks[(int)$row['id']] = (int)$row['product_id'];
        }

        return $marks;
    }

    /** @param array<int, int> $ids of marks whose news was answered for */
    public function done(array $ids): void
    {
        if ($ids !== []) {
            $this->db->run('DELETE FROM {meschain_outbox} WHERE id IN (' . Db::marks($ids) . ')', array_values($ids));
        }
    }

    /** Whether a flush would find anything. Cheap: asked once a second by the cron loop. */
    public function isWaiting(): bool
    {
        return $this->db->value('SELECT EXISTS (SELECT 1 FROM {meschain_outbox}) OR EXISTS (SELECT 1 FROM {meschain_applied} WHERE reported = 0)') === '1';
    }

    /** @return array{depth: int, oldest_s: int|null} how many products wait, and since when */
    public function depth(): array
    {
        $row = $this->db->row('SELECT COUNT(DISTINCT product_id) AS depth, MIN(marked_s) AS oldest FROM {meschain_outbox}');

        return ['depth' => (int)$row['depth'], 'oldest_s' => $row['oldest'] === null ? null : (int)$row['oldest']];
    }
}
