<?php
declare(strict_types=1);

namespace MesChain\Tests\Shop;

use MesChain\Shop\Oc3OrderBook;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Orders;
use MesChain\Tests\Support\Rig;
use MesChain\Tests\Support\TestShop;

/** The schema of OpenCart 3: codes and specials elsewhere, no masters, names of places in columns, fewer columns in orders. */
final class OpenCart3Test
{
    public function products_are_read_from_the_older_schema(Check $check): void
    {
        $rig = new Rig(new TestShop('InnoDB', 'shop3.sql'));
        $rig->outbox->markAll();
        $rig->flusher()->flush(5000);
        $check->same(10, $rig->backbone->stock['40']);
        $check->same(3, $rig->backbone->stock['30:302']);
        $check->same(9600, $rig->backbone->prices['41'], 'the special of 80,00 net, with 20 %');
        $products = $rig->reader()->read([40, 41]);
        $check->same(['8690000000401', 'SKU-40'], [$products[40]->variants['40']->barcode, $products[40]->variants['40']->sku]);
        $check->same(12000, $products[41]->variants['41']->listMinor);
    }

    public function an_order_is_booked_and_followed_in_the_older_schema(Check $check): void
    {
        $rig = new Rig(new TestShop('InnoDB', 'shop3.sql'));
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);
        $check->same([9, 97, 5], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
        $order = $rig->shop->db()->row('SELECT shipping_zone, shipping_zone_id, shipping_country, comment FROM {order}');
        $check->same(['İstanbul', '3354', 'Turkey'], [$order['shipping_zone'], $order['shipping_zone_id'], $order['shipping_country']]);
        $check->true(strpos((string)$order['comment'], 'TEST-1001') !== false, 'the number stands in the comment');
        $check->true($rig->outbox->depth()['depth'] >= 2, 'what it moved is marked');

        $rig->backbone->entries = [Orders::entry(Orders::cancelled(Orders::two(2), 0, 1))];
        $rig->import()->pull(5000);
        $check->same([9, 98, 6], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
    }

    public function what_its_order_model_is_given_are_words_of_three_bytes(Check $check): void
    {
        $model = new class {
            /** @var array<int, mixed> */
            public $given = [];

            public function addOrder(array $order): int
            {
                $this->given = $order;

                return 7;
            }

            public function addOrderHistory(...$arguments): void
            {
                $this->given = $arguments;
            }
        };
        $unregistered = [];
        $book = new Oc3OrderBook(self::registry($model, $unregistered));
        $check->same(2, count($unregistered), 'nobody is mailed');
        $method = static function (string $name): array {
            return ['name' => $name, 'code' => 'meschain.meschain', 'cost' => 0, 'tax_class_id' => 0];
        };
        $check->same(7, $book->add(['payment_method' => $method('Kart'), 'shipping_method' => $method('Yurtiçi'), 'comment' => 'Hediye 🎁 olsun', 'products' => [['name' => 'Çay 🍵']]]));
        $check->same(['Kart', 'meschain.meschain', 'Yurtiçi'], [$model->given['payment_method'], $model->given['payment_code'], $model->given['shipping_method']]);
        $check->same(['Hediye  olsun', 'Çay '], [$model->given['comment'], $model->given['products'][0]['name']]);
        $book->addHistory(7, 2, 'Not 🎁');
        $check->same([7, 2, 'Not ', false, true], $model->given);
    }

    private static function registry(object $model, array &$unregistered): object
    {
        return new class($model, $unregistered) {
            /** @var object */
            private $model;
            /** @var array<int, string> */
            private $unregistered;

            public function __construct(object $model, array &$unregistered)
            {
                $this->model = $model;
                $this->unregistered = &$unregistered;
            }

            public function get(string $name): object
            {
                return $name === 'model_checkout_order' ? $this->model : $this;
            }

            public function model(string $route): void
            {
            }

            public function unregister(string $trigger, string $route): void
            {
                $this->unregistered[] = $trigger . ' ' . $route;
            }
        };
    }
}
