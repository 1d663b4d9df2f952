<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\Shop\Db;

/**
 * Our tables in the shop's database: InnoDB, with the collation of the core's product table, since a join over two
 * collations fails. Making them is repeatable, and so is each step of later versions; OpenCart 4 forces an uninstall
 * before every upgrade, so nothing is dropped without the owner's word.
 */
final class Schema
{
    public const VERSION = 1;

    private const TABLES = [
        // A changed product, waiting. `taken` is 0 while nobody works on it, then the row's own id: a change during that
        // work makes a row of its own, and no change is lost between reading a quantity and deleting its mark.
        'meschain_outbox' => 'id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, product_id INT NOT NULL, taken BIGINT NOT NULL DEFAULT 0, '
            . 'marked_s BIGINT NOT NULL, UNIQUE KEY once (product_id, taken)',
        // A product that is being saved right now: its options are deleted and inserted again, and must not be read half-way.
        'meschain_hold' => 'product_id INT NOT NULL PRIMARY KEY, until_s BIGINT NOT NULL',
        'meschain_sequence' => 'id TINYINT NOT NULL PRIMARY KEY, value BIGINT NOT NULL',
        // What the backbone was last told.
        'meschain_product_sent' => 'product_id INT NOT NULL PRIMARY KEY, content CHAR(40) NOT NULL, refusal VARCHAR(500) NOT NULL DEFAULT \'\', sent_s BIGINT NOT NULL',
        'meschain_variant_sent' => 'shop_variant_id VARCHAR(96) NOT NULL PRIMARY KEY, product_id INT NOT NULL, quantity INT NOT NULL, '
            . 'sale_minor BIGINT NULL, list_minor BIGINT NULL, KEY product (product_id)',
        // Barcodes of option values, for which OpenCart has no column.
        'meschain_barcode' => 'shop_variant_id VARCHAR(96) NOT NULL PRIMARY KEY, barcode VARCHAR(40) NOT NULL',
        'meschain_order' => 'connection_id CHAR(36) NOT NULL, order_number VARCHAR(64) NOT NULL, backbone_order_id CHAR(36) NOT NULL, '
            . 'order_id INT NOT NULL, revision BIGINT NOT NULL, state VARCHAR(16) NOT NULL, trial TINYINT NOT NULL, booked TEXT NOT NULL, '
            . 'tracking VARCHAR(64) NOT NULL DEFAULT \'\', packages VARCHAR(32) NOT NULL DEFAULT \'\', imported_s BIGINT NOT NULL, '
            . 'PRIMARY KEY (connection_id, order_number), UNIQUE KEY backbone (backbone_order_id), KEY shop (order_id)',
        // Orders whose units are missing from the shop's quantities, and whether the backbone knows.
        'meschain_applied' => 'backbone_order_id CHAR(36) NOT NULL PRIMARY KEY, order_id INT NOT NULL, reported TINYINT NOT NULL DEFAULT 0, KEY waiting (reported)',
        'meschain_state' => 'name VARCHAR(64) NOT NULL PRIMARY KEY, value MEDIUMTEXT NOT NULL',
    ];

    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    public function install(): void
    {
        $collation = (string)$this->db->value(
            'SELECT table_collation FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
            [$this->db->database(), $this->db->table('product')]
        );
        if (!preg_match('/^(utf8(?:mb[34])?)_\w+$/', $collation, $match)) {
            [$collation, $match] = ['utf8mb4_general_ci', ['', 'utf8mb4']];
        }
        foreach (self::TABLES as $name => $columns) {
            $this->db->run(sprintf('CREATE TABLE IF NOT EXISTS {%s} (%s) ENGINE=InnoDB DEFAULT CHARSET=%s COLLATE=%s', $name, $columns, $match[1], $collation));
        }
        $this->db->run('INSERT IGNORE INTO {meschain_sequence} (id, value) VALUES (1, 0)');
        $this->db->run("INSERT INTO {meschain_state} (name, value) VALUES ('schema', ?) ON DUPLICATE KEY UPDATE value = VALUES(value)", [(string)self::VERSION]);
    }

    /** Drops everything of ours; only after the owner asked for exactly that. */
    public function deleteAll(): void
    {
        foreach (array_keys(self::TABLES) as $name) {
            $this->db->run(sprintf('DROP TABLE IF EXISTS {%s}', $name));
        }
    }

    public function isInstalled(): bool
    {
        return $this->db->hasTable('meschain_state');
    }
}
