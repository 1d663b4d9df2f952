<?php
declare(strict_types=1);

namespace MesChain\Outbox;

/** A product as the shop has it this moment. */
final class ProductSnapshot
{
    /** @var int */
    public $productId;
    /** @var string */
    public $title;
    /** @var string */
    public $brand = '';
    /** @var string */
    public $model = '';
    /** @var string */
    public $imageUrl = '';
    /** @var array<string, VariantSnapshot> by shop_variant_id */
    public $variants = [];
    /** @var bool more than one option with values: OpenCart has no stock of a combination, so it cannot be offered yet */
    public $hasSeveralOptions = false;

    public function __construct(int $productId, string $title)
    {
        $this->productId = $productId;
        $this->title = $title;
    }

    /** Changes whenever the backbone must be told again; stock and price have their own ways. */
    public function contentHash(): string
    {
        $parts = [$this->title, $this->brand, $this->model, $this->imageUrl];
        foreach ($this->variants as $variant) {
            array_push($parts, $variant->id, $variant->sku, $variant->barcode, $variant->title, (string)($variant->vatBasisPoints ?? 'unknown'));
        }

        return sha1(implode("\0", $parts));
    }
}
