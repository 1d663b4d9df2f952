<?php
declare(strict_types=1);

namespace MesChain;

/**
 * What the shop tells us while it works: which product or order changed. Writes a mark and nothing else; no fault of ours
 * ever reaches the shop's page.
 */
final class Events
{
    /** @var callable(): App */
    private $make;

    /** @param callable(): App $make called within the guard, for making it may fail too */
    public function __construct(callable $make)
    {
        $this->make = $make;
    }

    public function orderChanged(int $orderId): void
    {
        $this->guarded(static function (App $app) use ($orderId): void {
            $app->outbox()->markOrder($orderId);
        });
    }

    /**
     * The products of an order, before it is edited or deleted: afterwards its rows are others, or none.
     *
     * @return array<int, int>
     */
    public function productsOf(int $orderId): array
    {
        $products = [];
        $this->guarded(static function (App $app) use ($orderId, &$products): void {
            $products = $app->outbox()->productsOf([$orderId]);
        }, false);

        return $products;
    }

    /** @param array<int, int> $productIds */
    public function productsChanged(array $productIds): void
    {
        $this->guarded(static function (App $app) use ($productIds): void {
            $app->outbox()->mark($productIds);
        });
    }

    /** OpenCart 3 copies a product without an addProduct event and names no id: it is the newest one. */
    public function productCopied(): void
    {
        $this->guarded(static function (App $app): void {
            $app->outbox()->mark([(int)$app->shop()->db()->value('SELECT MAX(product_id) FROM {product}')]);
        });
    }

    public function productSaving(int $productId): void
    {
        $this->guarded(static function (App $app) use ($productId): void {
            $app->outbox()->hold($productId);
        }, false);
    }

    public function productSaved(int $productId): void
    {
        $this->guarded(static function (App $app) use ($productId): void {
            $app->outbox()->releaseAndMark($productId);
        });
    }

    private function guarded(callable $work, bool $flush = true): void
    {
        try {
            $app = ($this->make)();
            $work($app);
            if ($flush) {
                AfterResponse::flush($app);
            }
        } catch (\Throwable $fault) {
            error_log(sprintf('meschain: %s at %s:%d', get_class($fault), basename($fault->getFile()), $fault->getLine()));
        }
    }
}
