<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Outbox\VariantSnapshot;
use MesChain\Proto\Sync\V1\Order;
use MesChain\Proto\Sync\V1\OrderLine;
use MesChain\Shop\Currency;
use MesChain\Shop\Db;
use MesChain\Shop\Decimal;
use MesChain\Shop\Shop;
use MesChain\Shop\Taxes;
use MesChain\Shop\Text;

/** The lines of a marketplace order as OpenCart's order products and totals. */
final class OrderLines
{
    /** @var Shop */
    private $shop;
    /** @var Currency */
    private $currency;
    /** @var Taxes */
    private $taxes;
    /** @var Db */
    private $db;

    public function __construct(Shop $shop, Currency $currency)
    {
        $this->shop = $shop;
        $this->currency = $currency;
        $this->taxes = new Taxes($shop);
        $this->db = $shop->db();
    }

    /** @return array<string, Amounts> by line id; lines of which every unit is cancelled have quantity 0 */
    public function amounts(Order $order): array
    {
        $amounts = [];
        foreach ($order->getLines() as $line) {
            $total = $line->getTotal() === null ? 0 : (int)$line->getTotal()->getMinor();
            $amounts[$line->getLineId()] = new Amounts($line->getQuantity() - $line->getCancelled(), $total, $this->vat($line));
        }

        return $amounts;
    }

    /** Units of a line that are sold: neither cancelled nor given back and on the shelf again. Never grows. */
    public static function sold(OrderLine $line): int
    {
        return $line->getQuantity() - min($line->getQuantity(), $line->getCancelled() + $line->getRestocked());
    }

    /**
     * What addOrder wants of one line.
     *
     * @return array<string, mixed>
     */
    public function product(OrderLine $line, Amounts $amounts): array
    {
        [$productId, $optionValueId] = VariantSnapshot::parse($line->getShopVariantId());
        $known = $productId === 0 ? null : $this->db->row(
            'SELECT p.product_id, p.model, ' . ($this->db->hasColumn('product', 'master_id') ? 'p.master_id' : '0') . ' AS master_id, d.name FROM {product} p LEFT JOIN {product_description} d'
            . ' ON d.product_id = p.product_id AND d.language_id = ? WHERE p.product_id = ?',
            [$this->shop->languageId(), $productId]
        );

        return [
            // An unlinked barcode is an order all the same: its line stands under the marketplace's name and moves no stock.
            'product_id' => $known === null ? 0 : $productId,
            'master_id' => (int)($known['master_id'] ?? 0),
            'name' => $known['name'] ?? Text::stored($line->getTitle(), 255),
            'model' => $known['model'] ?? Text::stored($line->getSku() === '' ? $line->getBarcode() : $line->getSku(), 64),
            'option' => $known === null || $optionValueId === null ? [] : $this->option($productId, $optionValueId),
            'subscription' => [],
            'reward' => 0,
            // The stock that addOrder takes. What was given back before the shop ever booked it is paid all the same.
            'quantity' => self::sold($line),
        ] + $this->money($amounts);
    }

    /** @return array{quantity: int, price: string, total: string, tax: string} in the base currency */
    public function money(Amounts $amounts): array
    {
        return [
            'quantity' => $amounts->quantity,
            'price' => $this->base($amounts->unitNet()),
            'total' => $this->base($amounts->net * 100),
            'tax' => $this->base($amounts->unitVat()),
        ];
    }

    /**
     * The order's totals; only codes that OpenCart has itself, since it loads a model for each.
     *
     * @param array<int, Amounts>   $lines
     * @param array<string, string> $titles by code: sub_total, tax (with %s for the rate), total
     * @return array<int, array<string, mixed>>
     */
    public function totals(array $lines, array $titles): array
    {
        $lines = array_values($lines);
        $rows = [['sub_total', $titles['sub_total'], array_sum(array_column($lines, 'net')), 1]];
        foreach (Amounts::vatByRate($lines) as $rate => $vat) {
            $rows[] = ['tax', sprintf($titles['tax'], rtrim(rtrim(sprintf('%d.%02d', intdiv($rate, 100), $rate % 100), '0'), '.')), $vat, 5];
        }
        $rows[] = ['total', $titles['total'], $this->grossSum($lines), 9];

        return array_map(function (array $row): array {
            return ['extension' => 'opencart', 'code' => $row[0], 'title' => $row[1], 'value' => $this->base($row[2] * 100), 'sort_order' => $row[3]];
        }, $rows);
    }

    /**
     * @param array<int, Amounts> $lines
     * @return string in the base currency
     */
    public function total(array $lines): string
    {
        return $this->base($this->grossSum(array_values($lines)) * 100);
    }

    /** @param array<int, Amounts> $lines */
    private function grossSum(array $lines): int
    {
        return (int)array_sum(array_column($lines, 'gross'));
    }

    private function base(int $tenThousandths): string
    {
        return Decimal::text($this->currency->toBase($tenThousandths));
    }

    /** The marketplace's word; without one the shop's own rate for the product. Never taken for zero. */
    private function vat(OrderLine $line): ?int
    {
        if ($line->hasVatBasisPoints()) {
            return $line->getVatBasisPoints();
        }
        $class = $this->db->value('SELECT tax_class_id FROM {product} WHERE product_id = ?', [VariantSnapshot::parse($line->getShopVariantId())[0]]);

        return $class === null ? null : $this->taxes->vatBasisPoints((int)$class);
    }

    /** @return array<int, array<string, mixed>> */
    private function option(int $productId, int $optionValueId): array
    {
        $language = $this->shop->languageId();
        $row = $this->db->row(
            'SELECT v.product_option_id, v.product_option_value_id, o.type, od.name, vd.name AS value FROM {product_option_value} v'
            . ' JOIN {option} o ON o.option_id = v.option_id'
            . ' LEFT JOIN {option_description} od ON od.option_id = v.option_id AND od.language_id = ?'
            . ' LEFT JOIN {option_value_description} vd ON vd.option_value_id = v.option_value_id AND vd.language_id = ?'
            . ' WHERE v.product_option_value_id = ? AND v.product_id = ?',
            [$language, $language, $optionValueId, $productId]
        );

        return $row === null ? [] : [[
            'product_option_id' => (int)$row['product_option_id'], 'product_option_value_id' => (int)$row['product_option_value_id'],
            'name' => (string)$row['name'], 'value' => (string)$row['value'], 'type' => (string)$row['type'],
        ]];
    }
}
