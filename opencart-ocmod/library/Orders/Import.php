<?php
declare(strict_types=1);

namespace MesChain\Orders;

/** One imported order, as the shop remembers it. */
final class Import
{
    /** @var string */
    public $connectionId;
    /** @var string */
    public $orderNumber;
    /** @var string */
    public $backboneOrderId;
    /** @var int the shop's own order */
    public $orderId = 0;
    /** @var int of the backbone's order, as far as the shop has followed it */
    public $revision = 0;
    /** @var string one of Imports' states */
    public $state = Imports::BOOKED;
    /** @var array<string, array{row: int, quantity: int, restocked?: int}> by line id: its order_product row, the units it holds now, and how many were given back */
    public $booked = [];
    /** @var string the tracking number that was written last */
    public $tracking = '';
    /** @var string "", "shipped" or "delivered": what was written of the packages */
    public $packages = '';

    public function __construct(string $connectionId, string $orderNumber, string $backboneOrderId)
    {
        $this->connectionId = $connectionId;
        $this->orderNumber = $orderNumber;
        $this->backboneOrderId = $backboneOrderId;
    }
}
