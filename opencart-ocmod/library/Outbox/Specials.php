<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;
use MesChain\Shop\Decimal;

/** Special prices that hold now: a table of their own up to 4.0, rows of product_discount from 4.1 on. */
final class Specials
{
    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    /**
     * @param array<int, int> $ids
     * @return array<int, array{price: int, type: string}> by product id; price in 1/10000, type F(ixed), P(ercent off) or S(ubtracted)
     */
    public function read(array $ids, int $customerGroup): array
    {
        $own = $this->db->hasTable('product_special');
        $rows = $this->db->rows(
            'SELECT product_id, price, ' . ($own ? "'F'" : 'type') . ' AS type FROM ' . ($own ? '{product_special}' : '{product_discount}')
            . ' WHERE ' . ($own ? '' : 'special = 1 AND quantity = 1 AND ') . 'customer_group_id = ? AND product_id IN (' . Db::marks($ids) . ')'
            . " AND (date_start IS NULL OR date_start = '0000-00-00' OR date_start < NOW()) AND (date_end IS NULL OR date_end = '0000-00-00' OR date_end > NOW())"
            . ' ORDER BY product_id, priority, price',
            array_merge([$customerGroup], array_values($ids))
        );
        $specials = [];
        foreach ($rows as $row) {
            $specials += [(int)$row['product_id'] => ['price' => Decimal::tenThousandths((string)$row['price']), 'type' => (string)$row['type']]];
        }

        return $specials;
    }

    /** @param array{price: int, type: string} $special */
    public static function apply(int $price, array $special): int
    {
        switch ($special['type']) {
            case 'P':
                return $price - Decimal::divide($price * $special['price'], 1000000);
            case 'S':
                return $price - $special['price'];
            default:
                return $special['price'];
        }
    }
}
