<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Outbox\Outbox;
use MesChain\Shop\Shop;
use MesChain\Shop\State;

/** Trial orders, and how to be rid of them: each is restocked and deleted, and never comes again. */
final class TrialOrders
{
    private const ASKED = 'trials.remove';

    /** @var Shop */
    private $shop;
    /** @var State */
    private $state;
    /** @var Imports */
    private $imports;
    /** @var Outbox */
    private $outbox;

    public function __construct(Shop $shop, State $state, Imports $imports, Outbox $outbox)
    {
        $this->shop = $shop;
        $this->state = $state;
        $this->imports = $imports;
        $this->outbox = $outbox;
    }

    public function count(): int
    {
        return count($this->imports->trials());
    }

    /** Has the next turn of the catalog app remove them: OpenCart 3 cannot delete an order with its stock in the admin. */
    public function removeSoon(): void
    {
        $this->state->set(self::ASKED, '1');
    }

    public function isAsked(): bool
    {
        return $this->state->get(self::ASKED) === '1';
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
        $this->state->drop(self::ASKED);

        return $removed;
    }
}
