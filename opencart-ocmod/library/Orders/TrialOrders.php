<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Outbox\Outbox;
use MesChain\Shop\Shop;

/** Trial orders, and how to be rid of them: each is restocked and deleted, and never comes again. */
final class TrialOrders
{
    /** @var Shop */
    private $shop;
    /** @var Imports */
    private $imports;
    /** @var Outbox */
    private $outbox;

    public function __construct(Shop $shop, Imports $imports, Outbox $outbox)
    {
        $this->shop = $shop;
        $this->imports = $imports;
        $this->outbox = $outbox;
    }

    public function count(): int
    {
        return count($this->imports->trials());
    }

    /** @return int how many were removed */
    public function remove(): int
    {
        $removed = 0;
        foreach ($this->imports->trials() as $import) {
            $this->shop->db()->transaction(function () use ($import): void {
                $products = $this->outbox->productsOf([$import->orderId]);
                if ($this->shop->db()->value('SELECT order_id FROM {order} WHERE order_id = ?', [$import->orderId]) !== null) {
                    $this->shop->orders()->delete($import->orderId);
                }
                $import->state = Imports::REMOVED;
                $this->imports->save($import);
                $this->outbox->mark($products);
            });
            $removed++;
        }

        return $removed;
    }
}
