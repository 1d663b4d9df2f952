<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Setup\Schema;
use MesChain\Shop\Db;
use MesChain\Shop\OrderBook;
use MesChain\Shop\Shop;

/** A small shop with OpenCart's tables, as far as we touch them: two products without options, one with three values. */
final class TestShop implements Shop
{
    public const PLAIN = 40;
    public const SECOND = 41;
    public const WITH_OPTION = 30;
    public const SEVERAL_OPTIONS = 42;

    /** @var Db */
    private $db;
    /** @var OpenCartDb */
    public $connection;
    /** @var array<string, mixed> */
    public $config = [
        'config_currency' => 'TRY', 'config_customer_group_id' => '1', 'config_country_id' => '215', 'config_zone_id' => '3354',
        'config_processing_status' => ['2', '3'], 'config_complete_status' => ['5'], 'config_invoice_prefix' => 'INV-', 'config_name' => 'Çınar', 'config_void_status_id' => '16',
    ];
    /** @var string */
    private $storage;
    /** @var array<int, string> */
    public $logged = [];

    /** @param string $changes a file of statements that make another version's schema of it */
    public function __construct(string $engine = 'InnoDB', string $changes = '')
    {
        $name = 'shop_' . bin2hex(random_bytes(6));
        $connection = Database::connect();
        $connection->query("CREATE DATABASE $name CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        $connection->select_db($name);
        $statements = file_get_contents(__DIR__ . '/shop.sql') . ($changes === '' ? '' : file_get_contents(__DIR__ . '/' . $changes));
        foreach (explode(";\n", str_replace('ENGINE', 'ENGINE=' . $engine, $statements)) as $statement) {
            if (trim($statement) !== '') {
                $connection->query($statement);
            }
        }
        $this->connection = new OpenCartDb($connection);
        $this->db = new Db($this->connection, 'oc_', $name);
        (new Schema($this->db))->install();
        $this->storage = sys_get_temp_dir() . '/meschain-storage-' . bin2hex(random_bytes(6)) . '/';
        mkdir($this->storage, 0700);
    }

    public function __destruct()
    {
        exec('rm -rf ' . escapeshellarg($this->storage));
    }

    /** The same shop seen through a second connection, as another PHP process sees it. */
    public function again(): self
    {
        $other = clone $this;
        $connection = Database::connect($this->db->database());
        $other->connection = new OpenCartDb($connection);
        $other->db = new Db($other->connection, 'oc_', $this->db->database());
        $other->storage .= 'again/';

        return $other;
    }

    public function db(): Db
    {
        return $this->db;
    }

    public function config(string $name)
    {
        return $this->config[$name] ?? null;
    }

    public function languageId(): int
    {
        return 2;
    }

    public function languageCode(): string
    {
        return 'tr-tr';
    }

    public function orders(): OrderBook
    {
        return new TestOrderBook($this);
    }

    public function storage(): string
    {
        return $this->storage;
    }

    public function webRoot(): string
    {
        return __DIR__;
    }

    public function url(): string
    {
        return 'http://127.0.0.1/';
    }

    public function imageUrl(string $path): string
    {
        return $this->url() . 'image/' . $path;
    }

    public function log(string $line): void
    {
        $this->logged[] = $line;
    }

    public function quantity(int $productId): int
    {
        return (int)$this->db->value('SELECT quantity FROM {product} WHERE product_id = ?', [$productId]);
    }

    public function optionQuantity(int $valueId): int
    {
        return (int)$this->db->value('SELECT quantity FROM {product_option_value} WHERE product_option_value_id = ?', [$valueId]);
    }
}
