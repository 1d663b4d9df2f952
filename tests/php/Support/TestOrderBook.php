<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Shop\Db;
use MesChain\Shop\OrderBook;

/** OpenCart's order model as far as stock goes: it moves when the status enters or leaves those that take it. */
final class TestOrderBook implements OrderBook
{
    /** @var TestShop */
    private $shop;

    public function __construct(TestShop $shop)
    {
        $this->shop = $shop;
    }

    public function add(array $order): int
    {
        $id = $this->insert('order', ['order_status_id' => 0] + array_map(static function ($value) {
            return is_array($value) ? null : $value;
        }, $order));
        foreach ($order['products'] as $product) {
            $row = $this->insert('order_product', ['order_id' => $id] + array_diff_key($product, ['option' => true, 'subscription' => true]));
            foreach ($product['option'] as $option) {
                $this->insert('order_option', ['order_id' => $id, 'order_product_id' => $row] + $option);
            }
        }
        foreach ($order['totals'] as $total) {
            $this->insert('order_total', ['order_id' => $id] + $total);
        }

        return $id;
    }

    public function addHistory(int $orderId, int $statusId, string $comment): void
    {
        $db = $this->shop->db();
        $before = (int)$db->value('SELECT order_status_id FROM {order} WHERE order_id = ?', [$orderId]);
        $takes = function (int $status): bool {
            return in_array((string)$status, array_merge($this->shop->config['config_processing_status'], $this->shop->config['config_complete_status']), true);
        };
        if ($takes($before) !== $takes($statusId)) {
            $sign = $takes($statusId) ? '-' : '+';
            foreach ($db->rows('SELECT * FROM {order_product} WHERE order_id = ?', [$orderId]) as $row) {
                $db->run("UPDATE {product} SET quantity = quantity $sign ? WHERE product_id = ? AND subtract = 1", [(int)$row['quantity'], (int)$row['product_id']]);
                foreach ($db->rows('SELECT * FROM {order_option} WHERE order_product_id = ?', [(int)$row['order_product_id']]) as $option) {
                    $db->run("UPDATE {product_option_value} SET quantity = quantity $sign ? WHERE product_option_value_id = ? AND subtract = 1", [(int)$row['quantity'], (int)$option['product_option_value_id']]);
                }
            }
        }
        $db->run('UPDATE {order} SET order_status_id = ? WHERE order_id = ?', [$statusId, $orderId]);
        $db->run('INSERT INTO {order_history} SET order_id = ?, order_status_id = ?, comment = ?', [$orderId, $statusId, $comment]);
    }

    public function setTransactionId(int $orderId, string $text): void
    {
        if ($this->shop->db()->hasColumn('order', 'transaction_id')) {
            $this->shop->db()->run('UPDATE {order} SET transaction_id = ? WHERE order_id = ?', [$text, $orderId]);
        }
    }

    public function delete(int $orderId): void
    {
        $this->addHistory($orderId, (int)$this->shop->config['config_void_status_id'], '');
        foreach (['order', 'order_product', 'order_option', 'order_total', 'order_history'] as $table) {
            $this->shop->db()->run('DELETE FROM {' . $table . '} WHERE order_id = ?', [$orderId]);
        }
    }

    /** @param array<string, mixed> $values by column; those that the table has not are left out */
    private function insert(string $table, array $values): int
    {
        $db = $this->shop->db();
        $columns = array_column($db->rows('SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?', [$db->database(), $db->table($table)]), 'name');
        $values = array_intersect_key($values, array_flip($columns));
        $db->run('INSERT INTO {' . $table . '} (' . implode(', ', array_keys($values)) . ') VALUES (' . Db::marks($values) . ')', array_map(static function ($value) {
            return is_float($value) ? (string)$value : $value;
        }, array_values($values)));

        return (int)$db->value('SELECT LAST_INSERT_ID()');
    }
}
