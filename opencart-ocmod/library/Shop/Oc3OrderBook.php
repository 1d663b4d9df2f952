<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** The catalog app's order model of OpenCart 3. Called through its proxy, so other extensions hear of our orders as of any. */
final class Oc3OrderBook implements OrderBook
{
    /** @var object */
    private $model;

    public function __construct(object $registry)
    {
        // The first history row of an order mails the customer and the admin, notify or not. For this request no more.
        $event = $registry->get('event');
        $event->unregister('model/checkout/order/addOrderHistory/before', 'mail/order');
        $event->unregister('model/checkout/order/addOrderHistory/before', 'mail/order/alert');
        $registry->get('load')->model('checkout/order');
        $this->model = $registry->get('model_checkout_order');
    }

    /** Ways of payment and dispatch are plain words here, and their codes columns of their own. */
    public function add(array $order): int
    {
        foreach (['payment', 'shipping'] as $part) {
            $order[$part . '_code'] = $order[$part . '_method']['code'];
            $order[$part . '_method'] = $order[$part . '_method']['name'];
        }
        array_walk_recursive($order, static function (&$value): void {
            $value = is_string($value) ? self::threeBytes($value) : $value;
        });

        return (int)$this->model->addOrder($order);
    }

    public function addHistory(int $orderId, int $statusId, string $comment): void
    {
        // No notice to the buyer, and no anti-fraud: the marketplace has taken the money.
        $this->model->addOrderHistory($orderId, $statusId, self::threeBytes($comment), false, true);
    }

    /** It has no such column: the number stands in the order's comment. */
    public function setTransactionId(int $orderId, string $text): void
    {
    }

    public function delete(int $orderId): void
    {
        $this->model->deleteOrder($orderId);
    }

    /** Its connection speaks the old three-byte utf8, which turns an emoji into question marks. */
    private static function threeBytes(string $text): string
    {
        return (string)preg_replace('/[\x{10000}-\x{10FFFF}]/u', '', $text);
    }
}
