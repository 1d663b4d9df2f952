<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;

/** What the backbone was last told, so that only differences travel and a change behind our back is found. */
final class Sent
{
    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    /**
     * @param array<int, int> $productIds
     * @return array<int, string> product id => content hash
     */
    public function contents(array $productIds): array
    {
        if ($productIds === []) {
            return [];
        }

        return array_column($this->db->rows('SELECT product_id, content FROM {meschain_product_sent} WHERE product_id IN (' . Db::marks($productIds) . ')', array_values($productIds)), 'content', 'product_id');
    }

    /**
     * @param array<int, int> $productIds
     * @return array<string, array{quantity: int, sale: int|null, list: int|null}> by shop_variant_id
     */
    public function variants(array $productIds): array
    {
        $found = [];
        foreach ($productIds === [] ? [] : $this->db->rows('SELECT * FROM {meschain_variant_sent} WHERE product_id IN (' . Db::marks($productIds) . ')', array_values($productIds)) as $row) {
            $found[(string)$row['shop_variant_id']] = [
                'quantity' => (int)$row['quantity'],
                'sale' => $row['sale_minor'] === null ? null : (int)$row['sale_minor'],
                'list' => $row['list_minor'] === null ? null : (int)$row['list_minor'],
            ];
        }

        return $found;
    }

    /** @param string $refusal why the backbone did not take it; empty when it did */
    public function product(int $productId, string $hash, string $refusal): void
    {
        $this->db->run(
            'INSERT INTO {meschain_product_sent} (product_id, content, refusal, sent_s) VALUES (?, ?, ?, ?)'
            . ' ON DUPLICATE KEY UPDATE content = VALUES(content), refusal = VALUES(refusal), sent_s = VALUES(sent_s)',
            [$productId, $hash, substr($refusal, 0, 500), time()]
        );
    }

    /** Forgets what the product's content was: the next flush tells it whole. */
    public function forgetProduct(int $productId): void
    {
        $this->db->run("UPDATE {meschain_product_sent} SET content = '' WHERE product_id = ?", [$productId]);
    }

    public function stock(VariantSnapshot $variant): void
    {
        $this->db->run(
            'INSERT INTO {meschain_variant_sent} (shop_variant_id, product_id, quantity) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE quantity = VALUES(quantity)',
            [$variant->id, VariantSnapshot::parse($variant->id)[0], $variant->quantity]
        );
    }

    public function price(VariantSnapshot $variant): void
    {
        $this->db->run(
            'UPDATE {meschain_variant_sent} SET sale_minor = ?, list_minor = ? WHERE shop_variant_id = ?',
            [$variant->saleMinor, $variant->listMinor, $variant->id]
        );
    }

    /**
     * Removes what the shop does not have any more.
     *
     * @param array<int, string> $variantIds those that the product still has
     */
    public function keepOnly(int $productId, array $variantIds): void
    {
        $this->db->run(
            'DELETE FROM {meschain_variant_sent} WHERE product_id = ?' . ($variantIds === [] ? '' : ' AND shop_variant_id NOT IN (' . Db::marks($variantIds) . ')'),
            array_merge([$productId], array_values($variantIds))
        );
        if ($variantIds === []) {
            $this->db->run('DELETE FROM {meschain_product_sent} WHERE product_id = ?', [$productId]);
        }
    }

    /** Forgets everything: another server, or another store of it. */
    public function forgetAll(): void
    {
        $this->db->run('DELETE FROM {meschain_product_sent}');
        $this->db->run('DELETE FROM {meschain_variant_sent}');
    }
}
