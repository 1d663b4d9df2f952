<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Proto\Sync\V1\Order;
use MesChain\Shop\Db;

/** What was imported: one row for each order of a marketplace, unique by connection and number, whatever happens. */
final class Imports
{
    /** In the shop. */
    public const BOOKED = 'booked';
    /** In the shop, and cancelled there since. */
    public const CANCELLED = 'cancelled';
    /** Was a trial order, and the owner removed it. */
    public const REMOVED = 'removed';

    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    public function find(Order $order): ?Import
    {
        return $this->one('connection_id = ? AND order_number = ?', [$order->getConnectionId(), $order->getOrderNumber()]);
    }

    /** The same, locked until the end of the transaction. */
    public function lock(Order $order): ?Import
    {
        return $this->one('connection_id = ? AND order_number = ? FOR UPDATE', [$order->getConnectionId(), $order->getOrderNumber()]);
    }

    /** @return array<int, Import> */
    public function trials(): array
    {
        return array_map([$this, 'import'], $this->db->rows('SELECT * FROM {meschain_order} WHERE trial = 1 AND state <> ?', [self::REMOVED]));
    }

    /**
     * Reserves the order's place. Within the transaction that books it: a second import of the same order waits here,
     * and then fails.
     */
    public function reserve(Order $order): void
    {
        $this->db->run(
            "INSERT INTO {meschain_order} (connection_id, order_number, backbone_order_id, order_id, revision, state, trial, booked, imported_s) VALUES (?, ?, ?, 0, ?, ?, ?, '{}', ?)",
            [$order->getConnectionId(), $order->getOrderNumber(), $order->getId(), (int)$order->getRevision(), self::BOOKED, $order->getTrial() ? 1 : 0, time()]
        );
    }

    public function save(Import $import): void
    {
        $this->db->run(
            'UPDATE {meschain_order} SET order_id = ?, revision = ?, state = ?, booked = ?, tracking = ?, packages = ? WHERE connection_id = ? AND order_number = ?',
            [$import->orderId, $import->revision, $import->state, (string)json_encode($import->booked), $import->tracking, $import->packages, $import->connectionId, $import->orderNumber]
        );
    }

    /** Its units are missing from the shop's quantities from now on; the next report says so. */
    public function applied(string $backboneOrderId, int $orderId): void
    {
        $this->db->run('INSERT IGNORE INTO {meschain_applied} (backbone_order_id, order_id) VALUES (?, ?)', [$backboneOrderId, $orderId]);
    }

    /** @return array{count: int, last_s: int|null, last_order_id: int|null} */
    public function overview(): array
    {
        $row = $this->db->row('SELECT COUNT(*) AS count, MAX(imported_s) AS last_s, MAX(order_id) AS last_order_id FROM {meschain_order} WHERE order_id > 0');

        return [
            'count' => (int)$row['count'],
            'last_s' => $row['last_s'] === null ? null : (int)$row['last_s'],
            'last_order_id' => $row['last_order_id'] === null ? null : (int)$row['last_order_id'],
        ];
    }

    private function one(string $where, array $values): ?Import
    {
        $row = $this->db->row('SELECT * FROM {meschain_order} WHERE ' . $where, $values);

        return $row === null ? null : $this->import($row);
    }

    /** @param array<string, string|null> $row */
    private function import(array $row): Import
    {
        $import = new Import((string)$row['connection_id'], (string)$row['order_number'], (string)$row['backbone_order_id']);
        $import->orderId = (int)$row['order_id'];
        $import->revision = (int)$row['revision'];
        $import->state = (string)$row['state'];
        $import->booked = json_decode((string)$row['booked'], true) ?: [];
        $import->tracking = (string)$row['tracking'];
        $import->packages = (string)$row['packages'];

        return $import;
    }
}
