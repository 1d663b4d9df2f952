<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Proto\Common\V1\Money;
use MesChain\Proto\Sync\V1\Address;
use MesChain\Proto\Sync\V1\Buyer;
use MesChain\Proto\Sync\V1\EntryKind;
use MesChain\Proto\Sync\V1\Order;
use MesChain\Proto\Sync\V1\OrderEntry;
use MesChain\Proto\Sync\V1\OrderLine;
use MesChain\Proto\Sync\V1\Package;
use MesChain\Proto\Sync\V1\PackageStatus;

/** Marketplace orders as the backbone hands them over. */
final class Orders
{
    /** One tea glass for 250,00 and two shirts for 60,50 each. */
    public static function two(int $revision = 1): Order
    {
        $address = new Address([
            'first_name' => 'Şükrü', 'last_name' => 'Öz', 'line' => 'Bahariye Cad. No: 5 D: 3', 'neighborhood' => 'Caferağa',
            'district' => 'Kadıköy', 'city' => 'ISTANBUL', 'country_code' => 'TR', 'phone' => '5550000000',
        ]);
        $order = new Order([
            'id' => '01890000-0000-7000-8000-00000000aaaa', 'connection_id' => '01890000-0000-7000-8000-00000000cccc', 'marketplace' => 'trendyol',
            'order_number' => '1001', 'trial' => true, 'revision' => $revision,
            'buyer' => new Buyer(['first_name' => 'Şükrü "Can"', 'last_name' => 'Öz', 'email' => 'a@example.com']),
            'shipping_address' => $address, 'invoice_address' => $address,
        ]);
        $order->setLines([
            new OrderLine(['line_id' => '1', 'barcode' => '8690000000401', 'shop_variant_id' => '40', 'title' => 'Çay <b>', 'quantity' => 1, 'total' => self::money(25000), 'vat_basis_points' => 2000]),
            new OrderLine(['line_id' => '2', 'barcode' => '8690000000302', 'shop_variant_id' => '30:301', 'title' => 'Gömlek', 'quantity' => 2, 'total' => self::money(12100), 'vat_basis_points' => 2000]),
        ]);
        $order->setPackages([new Package(['package_id' => '9', 'status' => PackageStatus::PACKAGE_STATUS_NEW, 'cargo_provider' => 'Yurtiçi'])]);

        return $order;
    }

    /** The same order with so many units of each line cancelled. */
    public static function cancelled(Order $order, int $first, int $second): Order
    {
        $prices = [25000, 6050];
        foreach ([$first, $second] as $place => $units) {
            $line = $order->getLines()[$place];
            $line->setCancelled($units);
            $line->setTotal(self::money(($line->getQuantity() - $units) * $prices[$place]));
        }

        return $order;
    }

    public static function entry(Order $order): OrderEntry
    {
        return new OrderEntry([
            'entry_id' => '01890000-0000-7000-8000-00000000e' . sprintf('%03d', (int)$order->getRevision()),
            'kind' => $order->getRevision() > 1 ? EntryKind::ENTRY_KIND_CHANGED : EntryKind::ENTRY_KIND_NEW,
            'order' => $order,
        ]);
    }

    private static function money(int $minor): Money
    {
        return new Money(['currency_code' => 'TRY', 'minor' => $minor]);
    }
}
