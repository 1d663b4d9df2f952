<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Outbox\VariantSnapshot;
use MesChain\Shop\Db;
use MesChain\Shop\ShopNotReady;
use MesChain\Shop\Text;

/**
 * Barcodes of option values, for which OpenCart has no place; and the products that cannot be offered yet, because they
 * have several options and OpenCart keeps no stock of a combination. Works without the backbone.
 */
final class BarcodesPage
{
    private const PAGE = 100;

    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;
    /** @var Db */
    private $db;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
        $this->db = $app->shop()->db();
    }

    /** @return array{variants: array<int, array<string, string>>, several: array<int, array<string, string>>} */
    public function show(): array
    {
        $language = $this->app->shop()->languageId();
        $options = $this->db->rows(
            'SELECT v.product_id, COUNT(DISTINCT v.product_option_id) AS options, d.name FROM {product_option_value} v'
            . ' JOIN {product_description} d ON d.product_id = v.product_id AND d.language_id = ?'
            . ' GROUP BY v.product_id, d.name ORDER BY d.name LIMIT ' . self::PAGE,
            [$language]
        );
        $several = [];
        $single = [];
        foreach ($options as $row) {
            if ((int)$row['options'] > 1) {
                $several[] = ['id' => (string)$row['product_id'], 'title' => Text::plain($row['name'])];
            } else {
                $single[] = (int)$row['product_id'];
            }
        }
        $barcodes = array_column($this->db->rows('SELECT shop_variant_id, barcode FROM {meschain_barcode}'), 'barcode', 'shop_variant_id');
        $variants = [];
        foreach ($this->read($single) as $product) {
            foreach ($product->variants as $variant) {
                $variants[] = ['id' => $variant->id, 'title' => $product->title . ' – ' . $variant->title, 'barcode' => (string)($barcodes[$variant->id] ?? '')];
            }
        }

        return ['variants' => $variants, 'several' => $several];
    }

    /** @return array<int, \MesChain\Outbox\ProductSnapshot> none while the shop lacks something; the overview says what */
    private function read(array $ids): array
    {
        try {
            return $this->app->reader()->read($ids);
        } catch (ShopNotReady $fault) {
            return [];
        }
    }

    /**
     * @param array<string, string> $barcodes by shop_variant_id; an empty one removes
     * @return array<string, mixed>
     */
    public function save(array $barcodes): array
    {
        $products = [];
        foreach ($barcodes as $id => $barcode) {
            $id = (string)$id;
            $barcode = Text::cut((string)preg_replace('/\s+/u', '', $barcode), 40);
            if (!preg_match('/^\d+:\d+$/', $id)) {
                continue;
            }
            $changed = $barcode === ''
                ? $this->db->run('DELETE FROM {meschain_barcode} WHERE shop_variant_id = ?', [$id])
                : $this->db->run('INSERT INTO {meschain_barcode} (shop_variant_id, barcode) VALUES (?, ?) ON DUPLICATE KEY UPDATE barcode = VALUES(barcode)', [$id, $barcode]);
            if ($changed > 0) {
                $products[] = VariantSnapshot::parse($id)[0];
            }
        }
        $this->app->outbox()->mark($products);

        return ['success' => $this->texts->get('success_barcodes', count(array_unique($products)))];
    }
}
