<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Currency;
use MesChain\Shop\Db;
use MesChain\Shop\Decimal;
use MesChain\Shop\Settings;
use MesChain\Shop\Shop;
use MesChain\Shop\Taxes;
use MesChain\Shop\Text;

/** Reads products from OpenCart's tables, a few hundred at a time. Asks the schema, never the version. */
final class ProductReader
{
    private const QUANTITY_MAX = 1000000;
    private const VARIANTS_MAX = 100;

    /** @var Shop */
    private $shop;
    /** @var Settings */
    private $settings;
    /** @var Db */
    private $db;

    public function __construct(Shop $shop, Settings $settings)
    {
        $this->shop = $shop;
        $this->settings = $settings;
        $this->db = $shop->db();
    }

    /**
     * @param array<int, int> $ids
     * @return array<int, ProductSnapshot> by product id; what is not there any more is missing
     */
    public function read(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $taxes = new Taxes($this->shop);
        $currency = Currency::of($this->shop);
        $codes = (new ProductCodes($this->db))->read($ids);
        $specials = (new Specials($this->db))->read($ids, (int)$this->shop->config('config_customer_group_id'));
        $options = $this->options($ids);
        $products = [];
        foreach ($this->products($ids) as $row) {
            $id = (int)$row['product_id'];
            $product = new ProductSnapshot($id, Text::cut(Text::plain($row['name']), 255) ?: '#' . $id);
            $product->brand = Text::cut(Text::plain($row['brand']), 120);
            $product->model = Text::cut(Text::plain($row['model']), 64);
            $product->imageUrl = (string)$row['image'] === '' ? '' : $this->imageUrl((string)$row['image']);
            $product->hasSeveralOptions = count(array_unique(array_column($options[$id] ?? [], 'product_option_id'))) > 1;
            $own = ($codes[$id] ?? []) + ['MODEL' => $product->model];
            if (!$product->hasSeveralOptions) {
                foreach ($this->variants($row, $own, $options[$id] ?? []) as [$variant, $price]) {
                    $this->price($variant, $price, $specials[$id] ?? null, (int)$row['tax_class_id'], $taxes, $currency);
                    $product->variants[$variant->id] = $variant;
                }
            }
            $products[$id] = $product;
        }
        $this->addBarcodes($products);

        return $products;
    }

    /** @return array<int, array<string, string|null>> */
    private function products(array $ids): array
    {
        return $this->db->rows(
            'SELECT p.product_id, p.model, p.quantity, p.subtract, p.image, p.price, p.tax_class_id, d.name, m.name AS brand,'
            . ' p.status = 1 AND p.date_available <= NOW() AS on_sale FROM {product} p'
            . ' LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' LEFT JOIN {manufacturer} m ON m.manufacturer_id = p.manufacturer_id'
            . ' WHERE p.product_id IN (' . Db::marks($ids) . ')',
            array_merge([$this->shop->languageId()], array_values($ids))
        );
    }

    /** @return array<int, array<int, array<string, string|null>>> option values by product, in a stable order */
    private function options(array $ids): array
    {
        $found = [];
        $rows = $this->db->rows(
            'SELECT v.product_id, v.product_option_id, v.product_option_value_id, v.quantity, v.subtract, v.price, v.price_prefix, d.name'
            . ' FROM {product_option_value} v LEFT JOIN {option_value_description} d ON d.option_value_id = v.option_value_id AND d.language_id = ?'
            . ' WHERE v.product_id IN (' . Db::marks($ids) . ') ORDER BY v.product_option_value_id',
            array_merge([$this->shop->languageId()], array_values($ids))
        );
        foreach ($rows as $row) {
            $found[(int)$row['product_id']][] = $row;
        }

        return $found;
    }

    /**
     * @param array<string, string|null>             $row
     * @param array<string, string>                  $codes
     * @param array<int, array<string, string|null>> $options values of the only option
     * @return array<int, array{0: VariantSnapshot, 1: int}> each with its net price in 1/10000 of the base currency
     */
    private function variants(array $row, array $codes, array $options): array
    {
        $price = Decimal::tenThousandths((string)$row['price']);
        $found = [];
        if ($options === []) {
            $variant = new VariantSnapshot((string)$row['product_id']);
            $variant->sku = Text::cut($codes['SKU'] ?? $codes['MODEL'], 100);
            $variant->barcode = self::barcode($codes[$this->settings->barcodeSource()] ?? '');
            $variant->quantity = $this->quantity($row, (int)$row['quantity']);

            return [[$variant, $price]];
        }
        foreach (array_slice($options, 0, self::VARIANTS_MAX) as $option) {
            $variant = new VariantSnapshot($row['product_id'] . ':' . $option['product_option_value_id']);
            $variant->title = Text::cut(Text::plain($option['name']), 255);
            $variant->sku = Text::cut($codes['MODEL'] . '-' . $option['product_option_value_id'], 100);
            // An option value that takes no stock of its own sells from the product's.
            $variant->quantity = $this->quantity($row, (int)($option['subtract'] === '1' ? $option['quantity'] : $row['quantity']));
            $change = Decimal::tenThousandths((string)$option['price']);
            $found[] = [$variant, $option['price_prefix'] === '-' ? $price - $change : $price + $change];
        }

        return $found;
    }

    /** @param array{price: int, type: string}|null $special */
    private function price(VariantSnapshot $variant, int $net, ?array $special, int $taxClass, Taxes $taxes, Currency $currency): void
    {
        $variant->vatBasisPoints = $taxes->vatBasisPoints($taxClass);
        $list = $currency->toTrade($taxes->grossMinor($net, $taxClass));
        $sale = $special === null ? $list : $currency->toTrade($taxes->grossMinor(Specials::apply($net, $special), $taxClass));
        if ($sale > 0) {
            $variant->saleMinor = $sale;
            $variant->listMinor = max($sale, $list);
        }
    }

    /** @param array<string, string|null> $row */
    private function quantity(array $row, int $quantity): int
    {
        return $row['on_sale'] === '1' ? max(0, min(self::QUANTITY_MAX, $quantity)) : 0;
    }

    /** @param array<int, ProductSnapshot> $products */
    private function addBarcodes(array $products): void
    {
        if ($products === []) {
            return;
        }
        foreach ($this->db->rows('SELECT shop_variant_id, barcode FROM {meschain_barcode}') as $row) {
            $product = $products[VariantSnapshot::parse((string)$row['shop_variant_id'])[0]] ?? null;
            if ($product !== null && isset($product->variants[$row['shop_variant_id']])) {
                $product->variants[$row['shop_variant_id']]->barcode = self::barcode((string)$row['barcode']);
            }
        }
    }

    private static function barcode(string $text): string
    {
        return Text::cut((string)preg_replace('/\s+/u', '', $text), 40);
    }

    private function imageUrl(string $path): string
    {
        $url = $this->shop->imageUrl(implode('/', array_map('rawurlencode', explode('/', html_entity_decode($path, ENT_QUOTES, 'UTF-8')))));

        return strlen($url) <= 1000 ? $url : '';
    }
}
