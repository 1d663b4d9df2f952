<?php
declare(strict_types=1);

namespace MesChain\Tests\Orders;

use MesChain\Orders\Imports;
use MesChain\Orders\TrialOrders;
use MesChain\Proto\Sync\V1\AcknowledgeOutcome;
use MesChain\Proto\Sync\V1\PackageStatus;
use MesChain\Shop\ShopNotReady;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\FakeBackbone;
use MesChain\Tests\Support\Orders;
use MesChain\Tests\Support\Rig;
use MesChain\Tests\Support\TestShop;

final class OrderImportTest
{
    public function an_order_becomes_one_order_with_equal_total_vat_address_and_option(Check $check): void
    {
        $rig = new Rig();
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);
        $db = $rig->shop->db();
        $order = $db->row('SELECT * FROM {order}');
        $check->same('371.0000', $order['total'], '250,00 + 2 × 60,50');
        $check->same('TEST-INV-', $order['invoice_prefix']);
        $check->same('TEST-1001', $order['transaction_id']);
        $check->same('Şükrü &quot;Can&quot;', $order['firstname'], 'kept as OpenCart keeps text');
        $check->same(['Kadıköy', 'İstanbul', '3354', 'Türkiye'], [$order['shipping_city'], $order['shipping_zone'], $order['shipping_zone_id'], $order['shipping_country']]);
        $check->same(['sub_total' => '309.1600', 'tax' => '61.8400', 'total' => '371.0000'], array_column($db->rows('SELECT code, value FROM {order_total} ORDER BY sort_order'), 'value', 'code'));
        $check->same('Küçük', $db->value('SELECT value FROM {order_option}'));
        $check->same([9, 97, 5], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)], 'stock is lowered once');
        $said = $rig->backbone->acknowledged[0];
        $check->same(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_APPLIED, $said->getOutcome());
        $check->same($order['order_id'], $said->getShopOrderId());
    }

    public function a_lost_acknowledgement_books_nothing_twice(Check $check): void
    {
        $rig = new Rig();
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->backbone->before = static function (string $method): void {
            if ($method === 'AcknowledgeOrders') {
                throw FakeBackbone::down();
            }
        };
        for ($i = 0; $i < 3; $i++) {
            try {
                $rig->import()->pull(5000);
            } catch (\MesChain\Grpc\CallFailed $expected) {
            }
        }
        $rig->backbone->before = null;
        $rig->import()->pull(5000);
        self::isBookedOnce($check, $rig);
        $check->same([], $rig->backbone->entries);
    }

    public function a_death_at_any_statement_leaves_all_or_nothing(Check $check): void
    {
        // Every statement of an import in turn is the one at which PHP dies; afterwards a new process goes on.
        for ($deadly = 1; $deadly < 400; $deadly++) {
            $rig = new Rig();
            $rig->backbone->entries = [Orders::entry(Orders::two())];
            $dying = new Rig($rig->shop->again(), $rig->backbone);
            $count = 0;
            $dying->shop->connection->before = static function (string $sql) use (&$count, $deadly): void {
                if (++$count >= $deadly) {
                    throw new \Error('killed');
                }
            };
            try {
                $dying->import()->pull(5000);
            } catch (\Throwable $killed) {
            }
            $died = $count >= $deadly;
            $rig->backbone->acknowledged = [];
            if (!$died) {
                self::isBookedOnce($check, $rig);
                $check->true($deadly > 15, 'there were statements to die at');

                return;
            }
            $dying->shop->connection->kill();
            $rig->backbone->entries = [Orders::entry(Orders::two())];
            for ($try = 0; $try < 10000 && $rig->import()->pull(5000) === -1; $try++) {
                // The dead one's lock goes when the database has noticed its death.
            }
            self::isBookedOnce($check, $rig);
        }
    }

    public function a_trial_order_waits_outside_while_trials_are_off(Check $check): void
    {
        $rig = new Rig();
        $rig->settings->set('trial_orders', '0');
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);
        $check->same('0', $rig->shop->db()->value('SELECT COUNT(*) FROM {order}'));
        $check->same(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_SKIPPED, $rig->backbone->acknowledged[0]->getOutcome());
    }

    public function an_order_that_was_cancelled_before_is_left_out(Check $check): void
    {
        $rig = new Rig();
        $rig->backbone->entries = [Orders::entry(Orders::cancelled(Orders::two(), 1, 2))];
        $rig->import()->pull(5000);
        $check->same('0', $rig->shop->db()->value('SELECT COUNT(*) FROM {order}'));
        $check->same(10, $rig->shop->quantity(40));
    }

    public function a_cancelled_order_gives_its_stock_back_once(Check $check): void
    {
        $rig = self::booked();
        for ($revision = 2; $revision < 5; $revision++) {
            $rig->backbone->entries = [Orders::entry(Orders::cancelled(Orders::two($revision), 1, 2))];
            $rig->import()->pull(5000);
        }
        $check->same([10, 99, 7], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
        $check->same('7', $rig->shop->db()->value('SELECT order_status_id FROM {order}'));
        $check->same('2', $rig->shop->db()->value('SELECT COUNT(*) FROM {order_history}'));
    }

    public function cancelled_units_leave_the_order_and_return_to_the_shelf_once_also_when_the_rest_follows(Check $check): void
    {
        $rig = self::booked();
        for ($i = 0; $i < 2; $i++) {
            $rig->backbone->entries = [Orders::entry(Orders::cancelled(Orders::two(2), 0, 1))];
            $rig->import()->pull(5000);
        }
        $check->same([9, 98, 6], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
        $check->same('310.5000', $rig->shop->db()->value('SELECT total FROM {order}'));
        $check->same('310.5000', $rig->shop->db()->value("SELECT value FROM {order_total} WHERE code = 'total'"));
        $rig->backbone->entries = [Orders::entry(Orders::cancelled(Orders::two(3), 1, 2))];
        $rig->import()->pull(5000);
        $check->same([10, 99, 7], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)], 'nothing came back twice');
    }

    /** AC-04 */
    public function a_unit_that_was_given_back_returns_to_the_shelf_once_whoever_cancels_what_and_when(Check $check): void
    {
        $restocked = static function (int $revision): \MesChain\Proto\Sync\V1\Order {
            $order = Orders::two($revision);
            $order->getLines()[1]->setRestocked(1);

            return $order;
        };
        $stock = static function (Rig $rig): array {
            return [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)];
        };
        $cancelByHand = static function (Rig $rig): void {
            $rig->shop->orders()->addHistory((int)$rig->shop->db()->value('SELECT order_id FROM {order}'), $rig->settings->statusCancelled(), '');
        };

        $rig = self::booked();
        for ($i = 0; $i < 2; $i++) {
            $rig->backbone->entries = [Orders::entry($restocked(2))];
            $rig->import()->pull(5000);
        }
        $check->same([9, 98, 6], $stock($rig));
        $check->same('371.0000', $rig->shop->db()->value('SELECT total FROM {order}'), 'no money moves');
        $cancelByHand($rig);
        $check->same([10, 99, 7], $stock($rig), 'the unit on the shelf does not come back again');

        $rig = self::booked();
        $cancelByHand($rig);
        $rig->backbone->entries = [Orders::entry($restocked(2))];
        $rig->import()->pull(5000);
        $check->same([10, 99, 7], $stock($rig), 'all was given back by hand already');

        $rig = new Rig();
        $rig->backbone->entries = [Orders::entry($restocked(1))];
        $rig->import()->pull(5000);
        $check->same([9, 98, 6], $stock($rig), 'booked late, when the unit was back already');
        $check->same('371.0000', $rig->shop->db()->value('SELECT total FROM {order}'));
        $rig->backbone->entries = [Orders::entry(Orders::cancelled($restocked(2), 1, 2))];
        $rig->import()->pull(5000);
        $check->same([10, 99, 7], $stock($rig));
    }

    public function tracking_number_and_shipment_are_written_once(Check $check): void
    {
        $rig = self::booked();
        for ($revision = 2; $revision < 4; $revision++) {
            $order = Orders::two($revision);
            $order->getPackages()[0]->setStatus(PackageStatus::PACKAGE_STATUS_SHIPPED);
            $order->getPackages()[0]->setTrackingNumber('7330012345');
            $rig->backbone->entries = [Orders::entry($order)];
            $rig->import()->pull(5000);
        }
        $check->same(['7330012345', '3'], array_values($rig->shop->db()->row('SELECT tracking, order_status_id FROM {order}')));
        $check->same('2', $rig->shop->db()->value('SELECT COUNT(*) FROM {order_history}'));
        $check->same(9, $rig->shop->quantity(40), 'shipping moves no stock');
    }

    public function an_unlinked_line_is_booked_under_its_own_name_and_moves_no_stock(Check $check): void
    {
        $rig = new Rig();
        $order = Orders::two();
        $order->getLines()[0]->setShopVariantId('');
        $rig->backbone->entries = [Orders::entry($order)];
        $rig->import()->pull(5000);
        $check->same(10, $rig->shop->quantity(40));
        $check->same('Çay &lt;b&gt;', $rig->shop->db()->value('SELECT name FROM {order_product} WHERE product_id = 0'));
        $check->same('371.0000', $rig->shop->db()->value('SELECT total FROM {order}'));
    }

    public function a_lira_order_in_a_dollar_shop_is_right_to_the_kurus(Check $check): void
    {
        $rig = new Rig();
        $rig->shop->config['config_currency'] = 'USD';
        $rig->shop->db()->run("UPDATE {currency} SET value = 34.12345678 WHERE code = 'TRY'");
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);
        $order = $rig->shop->db()->row('SELECT total, currency_value, currency_code FROM {order}');
        $check->same('TRY', $order['currency_code']);
        $check->same('371.00', number_format((float)$order['total'] * (float)$order['currency_value'], 2, '.', ''));
    }

    public function tables_without_transactions_keep_orders_out(Check $check): void
    {
        $rig = new Rig(new TestShop('MyISAM'));
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $refused = $check->throws(ShopNotReady::class, static function () use ($rig): void {
            $rig->import()->pull(5000);
        });
        $check->same('error_tables', $refused->key());
        $check->same([], $rig->backbone->calls, 'nothing was pulled');
    }

    public function what_cannot_be_booked_says_why_without_the_buyer(Check $check): void
    {
        $rig = new Rig();
        $rig->shop->db()->run('ALTER TABLE {order_history} DROP COLUMN comment');
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);
        $said = $rig->backbone->acknowledged[0];
        $check->same(AcknowledgeOutcome::ACKNOWLEDGE_OUTCOME_FAILED, $said->getOutcome());
        $check->same('database error 1054', $said->getDetail());
        $check->true(strpos(implode($rig->shop->logged), 'Şükrü') === false, 'no name in the log');
        $check->same('0', $rig->shop->db()->value('SELECT COUNT(*) FROM {meschain_order}'));
    }

    public function trial_orders_are_removed_with_their_stock_and_never_come_again(Check $check): void
    {
        $rig = self::booked();
        $check->same(1, (new TrialOrders($rig->shop, $rig->state, $rig->imports, $rig->outbox))->remove());
        $check->same([10, 99, 7], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
        $rig->backbone->entries = [Orders::entry(Orders::two(9))];
        $rig->import()->pull(5000);
        $check->same('0', $rig->shop->db()->value('SELECT COUNT(*) FROM {order}'));
        $check->same(Imports::REMOVED, $rig->imports->find(Orders::two())->state);
    }

    private static function booked(): Rig
    {
        $rig = new Rig();
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $rig->import()->pull(5000);

        return $rig;
    }

    private static function isBookedOnce(Check $check, Rig $rig): void
    {
        $db = $rig->shop->db();
        $check->same('1', $db->value('SELECT COUNT(*) FROM {order}'));
        $check->same('1', $db->value('SELECT COUNT(*) FROM {meschain_order} WHERE order_id > 0'));
        $check->same('1', $db->value('SELECT COUNT(*) FROM {meschain_applied}'));
        $check->same([9, 97, 5], [$rig->shop->quantity(40), $rig->shop->quantity(30), $rig->shop->optionQuantity(301)]);
        $check->true($rig->outbox->depth()['depth'] >= 2, 'what it moved is marked');
    }
}
