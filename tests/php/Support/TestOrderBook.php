<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

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
        $db = $this->shop->db();
        $text = ['invoice_prefix', 'firstname', 'lastname', 'email', 'telephone', 'comment', 'currency_code', 'currency_value', 'total',
            'payment_company', 'shipping_firstname', 'shipping_lastname', 'shipping_address_1', 'shipping_address_2', 'shipping_city', 'shipping_zone', 'shipping_country'];
        $columns = implode(', ', array_map(static function (string $name): string { return $name . ' = ?'; }, $text));
        $db->run('INSERT INTO {order} SET order_status_id = 0, shipping_zone_id = ?, ' . $columns, array_merge([(int)$order['shipping_zone_id']], array_map(static function (string $name) use ($order): string {
            return (string)$order[$name];
        }, $text)));
        $id = (int)$db->value('SELECT LAST_INSERT_ID()');
        foreach ($order['products'] as $product) {
            $db->run('INSERT INTO {order_product} SET order_id = ?, product_id = ?, master_id = ?, name = ?, model = ?, quantity = ?, price = ?, total = ?, tax = ?', [
                $id, $product['product_id'], $product['master_id'], $product['name'], $product['model'], $product['quantity'], $product['price'], $product['total'], $product['tax'],
            ]);
            $row = (int)$db->value('SELECT LAST_INSERT_ID()');
            foreach ($product['option'] as $option) {
                $db->run('INSERT INTO {order_option} SET order_id = ?, order_product_id = ?, product_option_value_id = ?, name = ?, value = ?', [$id, $row, $option['product_option_value_id'], $option['name'], $option['value']]);
            }
        }
        foreach ($order['totals'] as $total) {
            $db->run('INSERT INTO {order_total} SET order_id = ?, extension = ?, code = ?, title = ?, value = ?, sort_order = ?', [$id, $total['extension'], $total['code'], $total['title'], $total['value'], $total['sort_order']]);
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
        $this->shop->db()->run('UPDATE {order} SET transaction_id = ? WHERE order_id = ?', [$text, $orderId]);
    }

    public function delete(int $orderId): void
    {
        $this->addHistory($orderId, (int)$this->shop->config['config_void_status_id'], '');
        foreach (['order', 'order_product', 'order_option', 'order_total', 'order_history'] as $table) {
            $this->shop->db()->run('DELETE FROM {' . $table . '} WHERE order_id = ?', [$orderId]);
        }
    }
}
