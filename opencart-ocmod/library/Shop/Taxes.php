<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** Which taxes a class means at the shop's own address. Percentages in hundredths of a percent, amounts in 1/10000. */
final class Taxes
{
    /** @var array<int, array{percent: array<int, int>, fixed: int}> */
    private $classes = [];

    public function __construct(Shop $shop)
    {
        $rows = $shop->db()->rows(
            'SELECT DISTINCT tu.tax_class_id, tr.tax_rate_id, tr.rate, tr.type FROM {tax_rule} tu'
            . ' JOIN {tax_rate} tr ON tr.tax_rate_id = tu.tax_rate_id'
            . ' JOIN {tax_rate_to_customer_group} cg ON cg.tax_rate_id = tr.tax_rate_id AND cg.customer_group_id = ?'
            . ' JOIN {zone_to_geo_zone} z ON z.geo_zone_id = tr.geo_zone_id AND z.country_id = ? AND (z.zone_id = 0 OR z.zone_id = ?)',
            [(int)$shop->config('config_customer_group_id'), (int)$shop->config('config_country_id'), (int)$shop->config('config_zone_id')]
        );
        foreach ($rows as $row) {
            $class = (int)$row['tax_class_id'];
            $this->classes[$class] = $this->classes[$class] ?? ['percent' => [], 'fixed' => 0];
            if ($row['type'] === 'P') {
                $this->classes[$class]['percent'][] = intdiv(Decimal::tenThousandths((string)$row['rate']), 100);
            } else {
                $this->classes[$class]['fixed'] += Decimal::tenThousandths((string)$row['rate']);
            }
        }
    }

    /** VAT of a class; null where the class has none, or more than one rate, so that none can be named. */
    public function vatBasisPoints(int $class): ?int
    {
        $percent = $this->classes[$class]['percent'] ?? [];

        return count($percent) === 1 ? $percent[0] : null;
    }

    /** The gross price in minor units of a net price in 1/10000. */
    public function grossMinor(int $price, int $class): int
    {
        $taxes = $this->classes[$class] ?? ['percent' => [], 'fixed' => 0];

        return Decimal::divide($price * (10000 + array_sum($taxes['percent'])) + $taxes['fixed'] * 10000, 1000000);
    }
}
