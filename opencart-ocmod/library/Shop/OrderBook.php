<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** OpenCart's own order model. Nothing that is done through it mails anybody. */
interface OrderBook
{
    /**
     * @param array<string, mixed> $order every key that addOrder reads
     * @return int the new order's id
     */
    public function add(array $order): int;

    /** Writes a status with its comment; OpenCart moves the stock where the status asks for it. */
    public function addHistory(int $orderId, int $statusId, string $comment): void;

    public function setTransactionId(int $orderId, string $text): void;

    /** Restocks what the order holds, and deletes it. */
    public function delete(int $orderId): void;
}
