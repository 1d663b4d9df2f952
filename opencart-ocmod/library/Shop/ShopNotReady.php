<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** Something in the shop keeps us from working; `key()` names the sentence that the pages show. */
final class ShopNotReady extends \RuntimeException
{
    /** @var string */
    private $key;

    private function __construct(string $key, string $message)
    {
        parent::__construct($message);
        $this->key = $key;
    }

    public static function noCurrency(string $code): self
    {
        return new self('error_no_currency', sprintf('The shop has no currency %s.', $code));
    }

    /** @param array<int, string> $tables */
    public static function tablesNotTransactional(array $tables): self
    {
        return new self('error_tables', 'SHOP_TABLES_NOT_TRANSACTIONAL: ' . implode(', ', $tables));
    }

    public static function noStatus(): self
    {
        return new self('error_no_status', 'No order status is chosen for new orders.');
    }

    public function key(): string
    {
        return $this->key;
    }
}
