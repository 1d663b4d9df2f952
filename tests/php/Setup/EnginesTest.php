<?php
declare(strict_types=1);

namespace MesChain\Tests\Setup;

use MesChain\Setup\Engines;
use MesChain\Setup\Oc3Registrations;
use MesChain\Setup\Oc4Registrations;
use MesChain\Shop\State;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Orders;
use MesChain\Tests\Support\Rig;
use MesChain\Tests\Support\TestShop;

final class EnginesTest
{
    public function order_tables_become_innodb_and_what_they_were_comes_back(Check $check): void
    {
        $shop = new TestShop('MyISAM');
        $shop->db()->run('ALTER TABLE {order_history} ENGINE=Aria');
        $shop->db()->run('ALTER TABLE {order_total} ENGINE=InnoDB');
        $engines = self::of($shop);
        $before = self::engines($shop);
        $check->same(6, count($engines->notTransactional()));
        $check->true(in_array('oc_order', $engines->notTransactional(), true), 'names carry the shop\'s prefix');

        $check->same([], $engines->convert());
        $check->same(['InnoDB'], array_values(array_unique(self::engines($shop))));
        $check->same(6, count($engines->remembered()), 'the one that was InnoDB is none of ours to change back');
        $check->same([], $engines->convert(), 'a second click changes nothing');
        $check->same('Aria', $engines->remembered()['order_history']);
        $check->same('MyISAM', $shop->db()->value('SELECT engine FROM information_schema.tables WHERE table_schema = ? AND table_name = ?', [$shop->db()->database(), 'oc_currency']), 'no other table is touched');

        $engines->restore();
        $check->same($before, self::engines($shop));
        $check->same([], $engines->remembered());
    }

    public function a_conversion_that_ended_half_way_is_still_known_for_the_way_back(Check $check): void
    {
        $shop = new TestShop('MyISAM');
        $before = self::engines($shop);
        $shop->connection->before = static function (string $sql): void {
            if (strpos($sql, 'ALTER TABLE `oc_order_total`') === 0) {
                throw new \Exception('Error: the disk is full<br/>Error No: 1114<br/>');
            }
        };
        $check->same(['oc_order_total'], self::of($shop)->convert());
        $shop->connection->before = null;
        self::of($shop)->restore();
        $check->same($before, self::engines($shop));
    }

    public function while_an_order_is_booked_no_engine_changes(Check $check): void
    {
        $rig = new Rig(new TestShop());
        $rig->backbone->entries = [Orders::entry(Orders::two())];
        $other = $rig->shop->again();
        $free = null;
        $rig->backbone->before = static function (string $method) use ($other, &$free): void {
            $free = $free ?? $other->db()->lock(Engines::LOCK);
        };
        $rig->import()->pull(5000);
        $check->same(false, $free, 'the import holds the lock that a conversion waits for');
    }

    public function versions_that_were_never_tried_are_known(Check $check): void
    {
        foreach (['3.0.3.8' => true, '3.0.5.1' => true, '3.0.9.9' => true, '3.0.2.0' => false, '2.3.0.2' => false, '4.1.0.4' => false] as $version => $supported) {
            $check->same($supported, Oc3Registrations::supports((string)$version), (string)$version);
        }
        foreach (['4.0.2.3' => true, '4.1.0.4' => true, '4.0.1.1' => false, '3.0.5.1' => false, '5.0.0.0' => false] as $version => $supported) {
            $check->same($supported, Oc4Registrations::supports((string)$version), (string)$version);
        }
    }

    private static function of(TestShop $shop): Engines
    {
        return new Engines($shop->db(), new State($shop->db()));
    }

    /** @return array<string, string> */
    private static function engines(TestShop $shop): array
    {
        $names = array_map([$shop->db(), 'table'], Engines::TABLES);

        return array_column($shop->db()->rows('SELECT table_name AS name, engine AS engine FROM information_schema.tables WHERE table_schema = ? AND table_name IN (' . implode(', ', array_fill(0, count($names), '?')) . ') ORDER BY 1', array_merge([$shop->db()->database()], $names)), 'engine', 'name');
    }
}
