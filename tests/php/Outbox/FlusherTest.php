<?php
declare(strict_types=1);

namespace MesChain\Tests\Outbox;

use MesChain\Grpc\CallFailed;
use MesChain\Outbox\Outbox;
use MesChain\Proto\Sync\V1\ReportStockRequest;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\FakeBackbone;
use MesChain\Tests\Support\Rig;
use MesChain\Tests\Support\TestShop;

final class FlusherTest
{
    public function everything_marked_is_told_with_barcode_price_and_vat(Check $check): void
    {
        $rig = new Rig();
        $rig->outbox->markAll();
        $rig->flusher()->flush(5000);
        $check->same(['40' => ['40'], '41' => ['41'], '30' => ['30:301', '30:302']], self::sorted($rig->backbone->products, ['40', '41', '30']));
        $check->same(10, $rig->backbone->stock['40']);
        $check->same(7, $rig->backbone->stock['30:301']);
        $check->same(3, $rig->backbone->stock['30:302']);
        $check->same(25000, $rig->backbone->prices['40'], '208.3333 net and 20 % are 250,00');
        $check->same(6000, $rig->backbone->prices['30:301']);
        $check->same(9000, $rig->backbone->prices['30:302'], 'the option adds 25 net');
        foreach ($rig->backbone->requests('UpsertProducts')[0]->getProducts() as $product) {
            if ($product->getShopProductId() === '40') {
                $check->same('Çay Bardağı & Tabağı "İnce Belli"', $product->getTitle());
                $check->same('8690000000401', $product->getVariants()[0]->getBarcode());
                $check->same(2000, $product->getVariants()[0]->getVatBasisPoints());
            }
            if ($product->getShopProductId() === '41') {
                $check->same('8690000000418', $product->getVariants()[0]->getBarcode(), 'blanks are no part of a barcode');
            }
        }
        $check->same(0, $rig->outbox->depth()['depth'], 'marks go after the answer');
    }

    public function a_product_with_several_options_is_not_told(Check $check): void
    {
        $rig = new Rig();
        $rig->outbox->mark([TestShop::SEVERAL_OPTIONS]);
        $rig->flusher()->flush(5000);
        $check->same([], $rig->backbone->products);
        $check->same(true, $rig->reader()->read([TestShop::SEVERAL_OPTIONS])[TestShop::SEVERAL_OPTIONS]->hasSeveralOptions);
    }

    public function a_change_while_a_report_is_on_its_way_is_not_lost(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run('UPDATE {product} SET quantity = 9 WHERE product_id = 40');
        $rig->outbox->mark([40]);
        $other = $rig->shop->again();
        $once = true;
        // Another request sells one while the first report is under way: its mark must survive the deletion of ours.
        $rig->backbone->before = static function (string $method) use ($other, &$once): void {
            if ($method === 'ReportStock' && $once) {
                $once = false;
                $other->db()->run('UPDATE {product} SET quantity = 8 WHERE product_id = 40');
                (new Outbox($other->db()))->mark([40]);
            }
        };
        $rig->flusher()->flush(5000);
        $check->same(8, $rig->backbone->stock['40']);
        $check->same(0, $rig->outbox->depth()['depth']);
    }

    public function marks_outlive_an_outage_and_a_lost_answer(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run('UPDATE {product} SET quantity = 6 WHERE product_id = 40');
        $rig->outbox->mark([40]);
        foreach (['before', 'after'] as $moment) {
            $rig->backbone->$moment = static function (string $method): void {
                if ($method === 'ReportStock') {
                    throw FakeBackbone::down();
                }
            };
            $check->throws(CallFailed::class, static function () use ($rig): void {
                $rig->flusher()->flush(5000);
            });
            $rig->backbone->$moment = null;
            $check->same(1, $rig->outbox->depth()['depth'], $moment);
        }
        $rig->flusher()->flush(5000);
        $check->same(6, $rig->backbone->stock['40']);
        $check->same(0, $rig->outbox->depth()['depth']);
    }

    public function numbers_only_rise_and_a_restored_shop_leaps_over_what_the_backbone_saw(Check $check): void
    {
        $rig = self::told();
        $rig->backbone->numbers['40'] = 123456;
        $rig->shop->db()->run('UPDATE {product} SET quantity = 2 WHERE product_id = 40');
        $rig->outbox->mark([40]);
        $rig->flusher()->flush(5000);
        $check->same(2, $rig->backbone->stock['40']);
        $check->true($rig->backbone->numbers['40'] > 123456, 'the number is above');
        $numbers = array_map(static function (ReportStockRequest $request): int {
            return (int)$request->getShopSequence();
        }, $rig->backbone->requests('ReportStock'));
        $sorted = $numbers;
        sort($sorted);
        $check->same($sorted, $numbers);
    }

    public function a_variant_that_the_backbone_forgot_is_told_again(Check $check): void
    {
        $rig = self::told();
        $rig->backbone->products = [];
        $rig->outbox->mark([40]);
        $rig->flusher()->flush(5000);
        $check->same(['40'], $rig->backbone->products['40'] ?? null);
        $check->same(10, $rig->backbone->stock['40']);
        $check->same(0, $rig->outbox->depth()['depth']);
    }

    public function a_refused_product_does_not_hold_up_the_others_or_turn_in_circles(Check $check): void
    {
        $rig = new Rig();
        $rig->backbone->refuse['41'] = 'INVALID_FIELD';
        $rig->outbox->markAll();
        $rig->flusher()->flush(5000);
        $check->same(10, $rig->backbone->stock['40']);
        $check->same(0, $rig->outbox->depth()['depth']);
        $check->true(count($rig->backbone->calls) < 10, 'few calls');
    }

    public function a_deleted_product_and_a_removed_option_value_are_told(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run('DELETE FROM {product} WHERE product_id = 41');
        $rig->shop->db()->run('DELETE FROM {product_option_value} WHERE product_option_value_id = 302');
        $rig->outbox->mark([41, 30]);
        $rig->flusher()->flush(5000);
        $check->same(false, isset($rig->backbone->products['41']));
        $check->same(['30:301'], $rig->backbone->products['30']);
    }

    public function a_product_is_not_read_in_the_middle_of_its_save(Check $check): void
    {
        $rig = self::told();
        $rig->outbox->hold(30);
        // OpenCart deletes all options and inserts them again: half-way the product has none.
        $rig->shop->db()->run('DELETE FROM {product_option_value} WHERE product_id = 30');
        $rig->outbox->mark([30]);
        $rig->flusher()->flush(5000);
        $check->same(['30:301', '30:302'], $rig->backbone->products['30']);
        $rig->shop->db()->run("INSERT INTO {product_option_value} VALUES (301, 1, 30, 1, 11, 5, 1, 0, '+')");
        $rig->outbox->releaseAndMark(30);
        $rig->flusher()->flush(5000);
        $check->same(5, $rig->backbone->stock['30:301']);
    }

    public function booked_orders_travel_with_the_quantities_read_after_them(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run("INSERT INTO {order_product} SET order_id = 77, product_id = 40, quantity = 3");
        $rig->shop->db()->run('UPDATE {product} SET quantity = 7 WHERE product_id = 40');
        $rig->imports->applied('01890000-0000-7000-8000-000000000001', 77);
        $rig->flusher()->flush(5000);
        $request = $rig->backbone->requests('ReportStock')[count($rig->backbone->requests('ReportStock')) - 1];
        $check->same('77', $request->getAppliedOrders()[0]->getShopOrderId());
        $check->same(7, $request->getLevels()[0]->getQuantity(), 'the lowered quantity is in the same report');
        $calls = count($rig->backbone->calls);
        $rig->flusher()->flush(5000);
        $check->same($calls, count($rig->backbone->calls), 'it is said once');
    }

    public function only_one_flusher_works_at_a_time(Check $check): void
    {
        $rig = self::told();
        $rig->outbox->mark([40]);
        $other = new Rig($rig->shop->again(), $rig->backbone);
        $rig->backbone->before = static function () use ($other, $check): void {
            $check->same(false, $other->flusher()->flush(5000), 'the second one goes away');
        };
        $check->same(true, $rig->flusher()->flush(5000));
    }

    public function a_switched_off_or_oversold_product_has_nothing_to_sell(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run('UPDATE {product} SET status = 0 WHERE product_id = 40');
        $rig->shop->db()->run('UPDATE {product} SET quantity = -2 WHERE product_id = 41');
        $rig->outbox->mark([40, 41]);
        $rig->flusher()->flush(5000);
        $check->same(0, $rig->backbone->stock['40']);
        $check->same(0, $rig->backbone->stock['41']);
    }

    public function a_special_price_is_what_the_buyer_pays(Check $check): void
    {
        $rig = self::told();
        $rig->shop->db()->run("INSERT INTO {product_discount} VALUES (41, 1, 1, 1, 25, 'P', 1, '0000-00-00', '0000-00-00'), (40, 1, 1, 1, 1, 'F', 1, '0000-00-00', '2020-01-01')");
        $rig->outbox->mark([40, 41]);
        $rig->flusher()->flush(5000);
        $check->same(9000, $rig->backbone->prices['41'], '100 less 25 % and 20 % VAT');
        $check->same(25000, $rig->backbone->prices['40'], 'a past special counts no more');
        $level = $rig->backbone->requests('ReportPrices')[1]->getLevels()[0];
        $check->same(12000, (int)$level->getListPrice()->getMinor());
    }

    private static function told(): Rig
    {
        $rig = new Rig();
        $rig->outbox->markAll();
        $rig->flusher()->flush(5000);

        return $rig;
    }

    private static function sorted(array $values, array $keys): array
    {
        $sorted = [];
        foreach ($keys as $key) {
            $sorted[$key] = $values[$key] ?? null;
        }

        return $sorted;
    }
}
