<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Client\CatalogClient;
use MesChain\Client\OfferClient;
use MesChain\Proto\Common\V1\Money;
use MesChain\Proto\Sync\V1\AppliedOrder;
use MesChain\Proto\Sync\V1\DeleteProductsRequest;
use MesChain\Proto\Sync\V1\PriceLevel;
use MesChain\Proto\Sync\V1\Product;
use MesChain\Proto\Sync\V1\ReportPricesRequest;
use MesChain\Proto\Sync\V1\ReportStockRequest;
use MesChain\Proto\Sync\V1\StockLevel;
use MesChain\Proto\Sync\V1\UpsertProductsRequest;
use MesChain\Proto\Sync\V1\Variant;

/** Puts snapshots into the backbone's words, in slices of the size that it takes, and keeps what was answered. */
final class Reports
{
    private const UPSERT_VARIANTS_MAX = 200;
    private const DELETE_MAX = 200;
    private const LEVELS_MAX = 500;

    /** @var CatalogClient */
    private $catalog;
    /** @var OfferClient */
    private $offers;
    /** @var Sent */
    private $sent;

    public function __construct(CatalogClient $catalog, OfferClient $offers, Sent $sent)
    {
        $this->catalog = $catalog;
        $this->offers = $offers;
        $this->sent = $sent;
    }

    /**
     * Tells new and changed products, and those that are gone.
     *
     * @param array<int, ProductSnapshot> $products
     * @param array<int, int>             $gone
     * @return array<int, string> product id => why it was refused
     */
    public function products(array $products, array $gone): array
    {
        $known = $this->sent->contents(array_merge(array_keys($products), $gone));
        $changed = [];
        foreach ($products as $id => $product) {
            if ($product->variants === []) {
                $gone[] = $id; // it has several options now: what was offered of it goes to zero
            } elseif (($known[$id] ?? '') !== $product->contentHash()) {
                $changed[$id] = $product;
            }
        }
        $refused = [];
        foreach (self::slices($changed) as $slice) {
            $refused += $this->upsert($slice);
        }
        $gone = array_values(array_filter($gone, static function (int $id) use ($known): bool {
            return isset($known[$id]);
        }));
        foreach (array_chunk($gone, self::DELETE_MAX) as $slice) {
            $this->catalog->deleteProducts(new DeleteProductsRequest(['shop_product_ids' => array_map('strval', $slice)]));
            foreach ($slice as $id) {
                $this->sent->keepOnly($id, []);
            }
        }

        return $refused;
    }

    /**
     * @param array<int, ProductSnapshot> $products
     * @param array<string, int>          $applied backbone order id => shop order id
     */
    public function stock(int $number, array $products, array $applied): StockOutcome
    {
        $outcome = new StockOutcome();
        $slices = array_chunk(self::variantsOf($products), self::LEVELS_MAX) ?: [[]];
        foreach ($slices as $at => $slice) {
            $request = new ReportStockRequest(['shop_sequence' => $number]);
            $request->setLevels(array_map(static function (VariantSnapshot $variant): StockLevel {
                return new StockLevel(['shop_variant_id' => $variant->id, 'quantity' => $variant->quantity]);
            }, $slice));
            // Booked orders travel with the last slice: their lowered quantities have arrived by then, or arrive with them.
            $last = $at === count($slices) - 1;
            if ($last) {
                $request->setAppliedOrders(self::appliedOrders($applied));
            }
            if ($slice === [] && (!$last || $applied === [])) {
                continue;
            }
            foreach ($this->offers->reportStock($request)->getResults() as $place => $result) {
                if ($result->getOk()) {
                    $this->sent->stock($slice[$place]);
                } elseif ($result->getReason() === 'STALE_SEQUENCE') {
                    $outcome->isRewound = true;
                } else {
                    $outcome->unknown[] = VariantSnapshot::parse($slice[$place]->id)[0];
                    $this->sent->forgetProduct(VariantSnapshot::parse($slice[$place]->id)[0]);
                }
            }
            if ($outcome->isRewound) {
                break; // the rest, and the orders, go with the next number
            }
        }

        return $outcome;
    }

    /** @param array<int, ProductSnapshot> $products */
    public function prices(int $number, array $products): void
    {
        $known = $this->sent->variants(array_keys($products));
        $changed = array_values(array_filter(self::variantsOf($products), static function (VariantSnapshot $variant) use ($known): bool {
            return $variant->saleMinor !== null && isset($known[$variant->id])
                && ($known[$variant->id]['sale'] !== $variant->saleMinor || $known[$variant->id]['list'] !== $variant->listMinor);
        }));
        foreach (array_chunk($changed, self::LEVELS_MAX) as $slice) {
            $request = new ReportPricesRequest(['shop_sequence' => $number]);
            $request->setLevels(array_map(static function (VariantSnapshot $variant): PriceLevel {
                return new PriceLevel(['shop_variant_id' => $variant->id, 'sale_price' => self::money($variant->saleMinor), 'list_price' => self::money($variant->listMinor)]);
            }, $slice));
            foreach ($this->offers->reportPrices($request)->getResults() as $place => $result) {
                if ($result->getOk()) {
                    $this->sent->price($slice[$place]);
                }
            }
        }
    }

    /**
     * @param array<int, ProductSnapshot> $products
     * @return array<int, string>
     */
    private function upsert(array $products): array
    {
        $request = new UpsertProductsRequest();
        $request->setProducts(array_map([self::class, 'product'], array_values($products)));
        $refused = [];
        $order = array_keys($products);
        foreach ($this->catalog->upsertProducts($request)->getResults() as $place => $result) {
            $id = $order[$place];
            $refusal = $result->getOk() ? '' : trim($result->getReason() . ' ' . $result->getDetail());
            $this->sent->product($id, $products[$id]->contentHash(), $refusal);
            if ($refusal === '') {
                $this->sent->keepOnly($id, array_keys($products[$id]->variants));
            } else {
                $refused[$id] = $refusal;
            }
        }

        return $refused;
    }

    private static function product(ProductSnapshot $product): Product
    {
        $message = new Product([
            'shop_product_id' => (string)$product->productId, 'title' => $product->title, 'brand' => $product->brand,
            'model' => $product->model, 'image_url' => $product->imageUrl,
        ]);
        $variants = [];
        foreach ($product->variants as $variant) {
            $variants[] = $one = new Variant(['shop_variant_id' => $variant->id, 'sku' => $variant->sku, 'barcode' => $variant->barcode, 'title' => $variant->title]);
            if ($variant->vatBasisPoints !== null) {
                $one->setVatBasisPoints($variant->vatBasisPoints);
            }
        }
        $message->setVariants($variants);

        return $message;
    }

    /** @return array<int, array<int, ProductSnapshot>> slices of at most 200 variants, products whole */
    private static function slices(array $products): array
    {
        $slices = [];
        $slice = [];
        $count = 0;
        foreach ($products as $id => $product) {
            if ($slice !== [] && $count + count($product->variants) > self::UPSERT_VARIANTS_MAX) {
                $slices[] = $slice;
                [$slice, $count] = [[], 0];
            }
            $slice[$id] = $product;
            $count += count($product->variants);
        }

        return $slice === [] ? $slices : array_merge($slices, [$slice]);
    }

    /** @return array<int, VariantSnapshot> */
    private static function variantsOf(array $products): array
    {
        $variants = [];
        foreach ($products as $product) {
            array_push($variants, ...array_values($product->variants));
        }

        return $variants;
    }

    /** @return array<int, AppliedOrder> */
    private static function appliedOrders(array $applied): array
    {
        $orders = [];
        foreach ($applied as $backboneId => $shopId) {
            $orders[] = new AppliedOrder(['order_id' => (string)$backboneId, 'shop_order_id' => (string)$shopId]);
        }

        return $orders;
    }

    private static function money(int $minor): Money
    {
        return new Money(['currency_code' => 'TRY', 'minor' => $minor]);
    }
}
