<?php
declare(strict_types=1);

namespace MesChain\Outbox;

/** A sellable unit: a product without options, or one value of a product's only option. */
final class VariantSnapshot
{
    /** @var string "product_id" or "product_id:product_option_value_id" */
    public $id;
    /** @var string */
    public $sku = '';
    /** @var string */
    public $barcode = '';
    /** @var string */
    public $title = '';
    /** @var int|null */
    public $vatBasisPoints;
    /** @var int units that can be sold now; zero for a product that is switched off */
    public $quantity = 0;
    /** @var int|null what the buyer pays in kuruş, gross; null when the shop has no price above zero */
    public $saleMinor;
    /** @var int|null the crossed-out price in kuruş */
    public $listMinor;

    public function __construct(string $id)
    {
        $this->id = $id;
    }

    /** @return array{0: int, 1: int|null} product id, and the option value's id if there is one */
    public static function parse(string $id): array
    {
        $parts = explode(':', $id, 2);

        return [(int)$parts[0], isset($parts[1]) ? (int)$parts[1] : null];
    }
}
