<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;
use MesChain\Shop\Text;

/** EAN, SKU and their like: columns of the product in older shops, a table of their own from 4.1 on. */
final class ProductCodes
{
    private const COLUMNS = ['sku', 'upc', 'ean', 'jan', 'isbn', 'mpn'];

    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    /**
     * @param array<int, int> $ids
     * @return array<int, array<string, string>> by product id: code in capitals => value, empty ones left out
     */
    public function read(array $ids): array
    {
        $codes = [];
        $columns = $this->columns();
        if ($columns !== []) {
            foreach ($this->db->rows('SELECT product_id, ' . implode(', ', $columns) . ' FROM {product} WHERE product_id IN (' . Db::marks($ids) . ')', array_values($ids)) as $row) {
                foreach ($columns as $column) {
                    $codes[(int)$row['product_id']][strtoupper($column)] = Text::plain($row[$column]);
                }
            }
        }
        if ($this->db->hasTable('product_code')) {
            foreach ($this->db->rows('SELECT product_id, code, value FROM {product_code} WHERE product_id IN (' . Db::marks($ids) . ')', array_values($ids)) as $row) {
                $codes[(int)$row['product_id']][strtoupper((string)$row['code'])] = Text::plain($row['value']);
            }
        }

        return array_map(static function (array $values): array {
            return array_filter($values, 'strlen');
        }, $codes);
    }

    /** @return array<int, string> */
    private function columns(): array
    {
        $rows = $this->db->rows(
            'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name IN (' . Db::marks(self::COLUMNS) . ')',
            array_merge([$this->db->database(), $this->db->table('product')], self::COLUMNS)
        );

        return array_column($rows, 'name');
    }
}
