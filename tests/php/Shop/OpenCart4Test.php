<?php
declare(strict_types=1);

namespace MesChain\Tests\Shop;

use MesChain\Shop\Oc4OrderBook;
use MesChain\Tests\Support\Check;

final class OpenCart4Test
{
    public function an_order_whose_rows_are_gone_is_deleted_however_its_model_ends(Check $check): void
    {
        self::bookOver([])->delete(7);
        $check->throws(\Exception::class, static function (): void {
            self::bookOver(['order_id' => 7])->delete(7);
        });
    }

    /** @param array<string, int> $left what the model still finds of the order after it broke down */
    private static function bookOver(array $left): Oc4OrderBook
    {
        return new Oc4OrderBook(new class($left) {
            /** @var array<string, int> */
            private $left;

            public function __construct(array $left)
            {
                $this->left = $left;
            }

            public function get(string $name): object
            {
                return $this;
            }

            public function unregister(string $trigger, string $route): void
            {
            }

            public function model(string $route): void
            {
            }

            public function deleteOrder(int $id): void
            {
                throw new \Exception('Undefined property: Proxy::deleteTransactionsByOrderId');
            }

            /** @return array<string, int> */
            public function getOrder(int $id): array
            {
                return $this->left;
            }
        });
    }
}
