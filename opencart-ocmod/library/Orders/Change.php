<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Outbox\Outbox;
use MesChain\Proto\Sync\V1\Order;
use MesChain\Proto\Sync\V1\PackageStatus;
use MesChain\Shop\Currency;
use MesChain\Shop\Db;
use MesChain\Shop\Settings;
use MesChain\Shop\Shop;
use MesChain\Shop\ShopNotReady;
use MesChain\Shop\Text;

/**
 * Follows what happened to an order at the marketplace after it was booked. Runs within one transaction, with the import
 * row locked; what was followed is kept there, so nothing is done twice however often the news comes.
 */
final class Change
{
    /** @var Shop */
    private $shop;
    /** @var Settings */
    private $settings;
    /** @var Imports */
    private $imports;
    /** @var Outbox */
    private $outbox;
    /** @var Db */
    private $db;

    public function __construct(Shop $shop, Settings $settings, Imports $imports, Outbox $outbox)
    {
        $this->shop = $shop;
        $this->settings = $settings;
        $this->imports = $imports;
        $this->outbox = $outbox;
        $this->db = $shop->db();
    }

    public function follow(Import $import, Order $order): void
    {
        if ($import->state !== Imports::REMOVED && $import->revision < (int)$order->getRevision()) {
            $status = $this->db->value('SELECT order_status_id FROM {order} WHERE order_id = ?', [$import->orderId]);
            if ($status !== null) {
                $this->followIn($import, $order, (int)$status);
            }
        }
        $import->revision = max($import->revision, (int)$order->getRevision());
        $this->imports->save($import);
    }

    private function followIn(Import $import, Order $order, int $status): void
    {
        $words = new Words($this->shop->languageCode());
        if (self::isCancelled($order)) {
            if ($import->state !== Imports::CANCELLED) {
                $this->cancel($import, $words);
            }

            return;
        }
        $notes = array_merge($this->lower($import, $order, $status, $words), $this->track($import, $order, $words));
        $next = $this->packages($import, $order, $status, $words, $notes);
        if ($notes !== []) {
            $this->shop->orders()->addHistory($import->orderId, $next, Text::stored(implode("\n", $notes), 4000));
            $this->outbox->markOrder($import->orderId);
        }
    }

    public static function isCancelled(Order $order): bool
    {
        foreach ($order->getLines() as $line) {
            if ($line->getQuantity() > $line->getCancelled()) {
                return false;
            }
        }

        return true;
    }

    /** OpenCart restocks by itself when the status leaves those that take stock. */
    private function cancel(Import $import, Words $words): void
    {
        if ($this->settings->statusCancelled() === 0) {
            throw ShopNotReady::noStatus();
        }
        $this->outbox->markOrder($import->orderId);
        $this->shop->orders()->addHistory($import->orderId, $this->settings->statusCancelled(), Text::stored($words->get('cancelled'), 1000));
        $import->state = Imports::CANCELLED;
    }

    /**
     * Takes units that were cancelled, or given back and restocked, off the order's lines and puts them on the shelf, once. They leave the
     * line, so that OpenCart does not give them back a second time when somebody cancels the order by hand.
     *
     * @return array<int, string>
     */
    private function lower(Import $import, Order $order, int $status, Words $words): array
    {
        $lines = new OrderLines($this->shop, Currency::of($this->shop));
        $amounts = $lines->amounts($order);
        $notes = [];
        foreach ($order->getLines() as $line) {
            $id = $line->getLineId();
            $sold = OrderLines::sold($line);
            $less = isset($import->booked[$id]) ? $import->booked[$id]['quantity'] - $sold : 0;
            if ($less <= 0) {
                continue;
            }
            $this->lowerRow($import->booked[$id]['row'], $less, ['quantity' => $sold] + $lines->money($amounts[$id]), $this->takesStock($status));
            $restocked = min($less, $line->getRestocked() - ($import->booked[$id]['restocked'] ?? 0));
            $import->booked[$id] = ['quantity' => $sold, 'restocked' => $line->getRestocked()] + $import->booked[$id];
            if ($restocked > 0) {
                $notes[] = $words->get('restocked_units', $restocked, $line->getTitle());
            }
            if ($less > $restocked) {
                $notes[] = $words->get('cancelled_units', $less - $restocked, $line->getTitle());
            }
        }
        if ($notes !== []) {
            $this->writeTotals($import->orderId, $lines->totals($amounts, $words->totals()), $lines->total($amounts));
            $notes[] = $words->get('lowered_shop');
        }

        return $notes;
    }

    /** @param array{quantity: int, price: string, total: string, tax: string} $money */
    private function lowerRow(int $row, int $less, array $money, bool $restock): void
    {
        $product = $this->db->row('SELECT * FROM {order_product} WHERE order_product_id = ?', [$row]);
        if ($product === null) {
            return; // the owner took the line out by hand; OpenCart restocked it then
        }
        $this->db->run(
            'UPDATE {order_product} SET quantity = ?, price = ?, total = ?, tax = ? WHERE order_product_id = ?',
            [$money['quantity'], $money['price'], $money['total'], $money['tax'], $row]
        );
        if (!$restock) {
            return;
        }
        foreach (array_filter([(int)$product['product_id'], (int)($product['master_id'] ?? 0)]) as $id) {
            $this->db->run('UPDATE {product} SET quantity = quantity + ? WHERE product_id = ? AND subtract = 1', [$less, $id]);
        }
        foreach ($this->db->rows('SELECT product_option_value_id FROM {order_option} WHERE order_product_id = ?', [$row]) as $option) {
            $this->db->run('UPDATE {product_option_value} SET quantity = quantity + ? WHERE product_option_value_id = ? AND subtract = 1', [$less, (int)$option['product_option_value_id']]);
        }
    }

    /** @param array<int, array<string, mixed>> $totals */
    private function writeTotals(int $orderId, array $totals, string $total): void
    {
        $extension = $this->db->hasColumn('order_total', 'extension');
        $this->db->run('DELETE FROM {order_total} WHERE order_id = ?', [$orderId]);
        foreach ($totals as $row) {
            $this->db->run(
                'INSERT INTO {order_total} (order_id, code, title, value, sort_order' . ($extension ? ', extension' : '') . ') VALUES (?, ?, ?, ?, ?' . ($extension ? ', ?' : '') . ')',
                array_merge([$orderId, $row['code'], $row['title'], $row['value'], $row['sort_order']], $extension ? [$row['extension']] : [])
            );
        }
        $this->db->run('UPDATE {order} SET total = ? WHERE order_id = ?', [$total, $orderId]);
    }

    /** @return array<int, string> */
    private function track(Import $import, Order $order, Words $words): array
    {
        $found = [];
        foreach ($order->getPackages() as $package) {
            if ($package->getTrackingNumber() !== '' && $package->getStatus() !== PackageStatus::PACKAGE_STATUS_SUPERSEDED && $package->getStatus() !== PackageStatus::PACKAGE_STATUS_CANCELLED) {
                $found[$package->getTrackingNumber()] = $words->get('tracking', $package->getTrackingNumber(), $package->getCargoProvider());
            }
        }
        $numbers = Text::cut(implode(', ', array_keys($found)), 64);
        if ($found === [] || $numbers === $import->tracking) {
            return [];
        }
        $import->tracking = $numbers;
        if ($this->db->hasColumn('order', 'tracking')) {
            $this->db->run('UPDATE {order} SET tracking = ? WHERE order_id = ?', [Text::stored($numbers, 64), $import->orderId]);
        }

        return array_values($found);
    }

    /**
     * Notes that all packages are on their way, or have arrived, and answers the order's next status.
     *
     * @param array<int, string> $notes
     */
    private function packages(Import $import, Order $order, int $status, Words $words, array &$notes): int
    {
        $live = [];
        foreach ($order->getPackages() as $package) {
            if (!in_array($package->getStatus(), [PackageStatus::PACKAGE_STATUS_SUPERSEDED, PackageStatus::PACKAGE_STATUS_CANCELLED], true)) {
                $live[$package->getStatus()] = true;
            }
        }
        $delivered = array_keys($live) === [PackageStatus::PACKAGE_STATUS_DELIVERED];
        $shipped = $live !== [] && array_diff(array_keys($live), [PackageStatus::PACKAGE_STATUS_SHIPPED, PackageStatus::PACKAGE_STATUS_DELIVERED]) === [];
        $now = $delivered ? 'delivered' : ($shipped ? 'shipped' : $import->packages);
        if ($now === $import->packages) {
            return $status;
        }
        $import->packages = $now;
        $notes[] = $words->get($now);
        $next = $this->settings->statusShipped();

        // Only where the owner has not moved the order himself, and never into a status that would give the stock back.
        return $next !== 0 && $status === $this->settings->statusNew() && $this->takesStock($next) ? $next : $status;
    }

    private function takesStock(int $status): bool
    {
        $statuses = array_merge((array)$this->shop->config('config_processing_status'), (array)$this->shop->config('config_complete_status'));

        return in_array($status, array_map('intval', $statuses), true);
    }
}
