<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;
use MesChain\Shop\State;

/**
 * Finds what changed without an event: another extension or an ERP that writes SQL, a special price whose day came, a
 * PHP that died between a change and its mark. Compares the shop with what was last told, a page of products at a time.
 */
final class Sweep
{
    private const PAGE = 200;
    /** A round over all products is begun no oftener than this. */
    private const ROUND_SECONDS = 120;

    /** @var Db */
    private $db;
    /** @var State */
    private $state;
    /** @var ProductReader */
    private $reader;
    /** @var Sent */
    private $sent;
    /** @var Outbox */
    private $outbox;

    public function __construct(Db $db, State $state, ProductReader $reader, Sent $sent, Outbox $outbox)
    {
        $this->db = $db;
        $this->state = $state;
        $this->reader = $reader;
        $this->sent = $sent;
        $this->outbox = $outbox;
    }

    /** Looks at the next page. Answers how many products it marked. */
    public function step(): int
    {
        $after = $this->state->int('sweep.after');
        if ($after === 0) {
            if (time() - $this->state->int('sweep.began_s') < self::ROUND_SECONDS) {
                return 0;
            }
            $this->state->set('sweep.began_s', (string)time());
        }
        $rows = $this->db->rows(
            'SELECT product_id FROM {product} WHERE product_id > ? UNION SELECT product_id FROM {meschain_product_sent} WHERE product_id > ?'
            . ' ORDER BY product_id LIMIT ' . self::PAGE,
            [$after, $after]
        );
        $ids = array_map('intval', array_column($rows, 'product_id'));
        $this->state->set('sweep.after', (string)(count($ids) < self::PAGE ? 0 : end($ids)));
        $differing = $this->differing($ids);
        $this->outbox->mark($differing);

        return count($differing);
    }

    /**
     * @param array<int, int> $ids
     * @return array<int, int>
     */
    private function differing(array $ids): array
    {
        $contents = $this->sent->contents($ids);
        $variants = $this->sent->variants($ids);
        $products = $this->reader->read($ids);
        $found = [];
        foreach ($ids as $id) {
            $product = $products[$id] ?? null;
            $isOffered = $product !== null && $product->variants !== [];
            if ($isOffered ? ($contents[$id] ?? '') !== $product->contentHash() || $this->differs($product, $variants) : isset($contents[$id])) {
                $found[] = $id;
            }
        }

        return $found;
    }

    /** @param array<string, array{quantity: int, sale: int|null, list: int|null}> $sent */
    private function differs(ProductSnapshot $product, array $sent): bool
    {
        foreach ($product->variants as $id => $variant) {
            $known = $sent[$id] ?? null;
            if ($known === null ? false : $known['quantity'] !== $variant->quantity
                || ($variant->saleMinor !== null && ($known['sale'] !== $variant->saleMinor || $known['list'] !== $variant->listMinor))) {
                return true;
            }
        }

        return false;
    }
}
