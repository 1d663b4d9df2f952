<?php
declare(strict_types=1);

namespace MesChain\Tests\Shop;

use MesChain\App;
use MesChain\Knock;
use MesChain\Setup\KeyFile;
use MesChain\Setup\Schema;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\TestShop;

final class KeyFileTest
{
    public function a_secret_is_in_a_file_that_only_its_owner_reads_and_that_prints_nothing(Check $check): void
    {
        $shop = new TestShop();
        $keys = new KeyFile($shop->storage());
        $check->same('', $keys->read(KeyFile::KEY));
        $keys->write(KeyFile::KEY, "mck_a'b\\c");
        $check->same("mck_a'b\\c", $keys->read(KeyFile::KEY));
        $file = $shop->storage() . 'meschain/key.php';
        $check->same(0600, fileperms($file) & 0777);
        $check->same('', (string)shell_exec('php ' . escapeshellarg($file)));
        $check->same($keys->readOrMake(KeyFile::CRON), $keys->readOrMake(KeyFile::CRON));
        $check->same(43, strlen($keys->read(KeyFile::CRON)));
    }

    public function a_storage_below_the_web_root_is_noticed(Check $check): void
    {
        $shop = new TestShop();
        $keys = new KeyFile($shop->storage());
        $keys->write(KeyFile::KEY, 'x');
        $check->same(true, $keys->isBelow($shop->storage()));
        $check->same(false, $keys->isBelow(__DIR__));
        $check->same(false, $keys->isBelow(rtrim($shop->storage(), '/') . '/mesch'));
    }

    public function a_knock_is_judged_by_method_signature_and_time(Check $check): void
    {
        $app = new App(new TestShop());
        $secret = $app->keys()->readOrMake(KeyFile::KNOCK);
        $app->state()->set('store.id', 'store-1');
        $knock = new Knock($app);
        $now = 1800000000;
        $judge = static function (string $method, int $time, string $key, string $store) use ($knock, $now): int {
            return $knock->judge($method, (string)$time, Knock::sign($key, (string)$time, $store), $now);
        };
        $check->same(202, $judge('POST', $now, $secret, 'store-1'));
        $check->same(202, $judge('POST', $now - 299, $secret, 'store-1'));
        $check->same(403, $judge('POST', $now - 301, $secret, 'store-1'), 'replayed later');
        $check->same(403, $judge('POST', $now + 301, $secret, 'store-1'));
        $check->same(403, $judge('POST', $now, 'other', 'store-1'));
        $check->same(403, $judge('POST', $now, $secret, 'store-2'));
        $check->same(405, $judge('GET', $now, $secret, 'store-1'));
        $check->same(403, $knock->judge('POST', '', Knock::sign($secret, '', 'store-1'), $now));
        // The value that the backbone's Knock.cs makes of the same: both sides are held to the field's comment in the proto.
        $check->same(hash_hmac('sha256', "1800000000\nstore-1", $secret), Knock::sign($secret, '1800000000', 'store-1'));
    }

    public function our_tables_have_the_collation_of_the_core_and_come_and_go_repeatably(Check $check): void
    {
        $shop = new TestShop();
        $schema = new Schema($shop->db());
        $schema->install();
        $rows = $shop->db()->rows("SELECT DISTINCT engine AS e, table_collation AS c FROM information_schema.tables WHERE table_schema = ? AND table_name LIKE 'oc\\_meschain%'", [$shop->db()->database()]);
        $check->same([['e' => 'InnoDB', 'c' => 'utf8mb4_unicode_ci']], $rows);
        $schema->deleteAll();
        $check->same(false, $schema->isInstalled());
        $schema->install();
        $check->same(true, $schema->isInstalled());
    }
}
