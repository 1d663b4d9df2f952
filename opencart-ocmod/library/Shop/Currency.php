<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** Between the shop's base currency, in which OpenCart keeps every amount, and the lira of the marketplaces. */
final class Currency
{
    public const TRADE = 'TRY';

    /** @var int */
    public $id;
    /** @var float lira for one unit of the base currency, as the shop keeps it; 1 when lira is the base */
    public $rate;

    private function __construct(int $id, float $rate)
    {
        $this->id = $id;
        $this->rate = $rate;
    }

    /** @throws ShopNotReady when the shop does not know the lira */
    public static function of(Shop $shop): self
    {
        $row = $shop->db()->row('SELECT currency_id, value FROM {currency} WHERE code = ?', [self::TRADE]);
        if ($row === null || (float)$row['value'] <= 0) {
            throw ShopNotReady::noCurrency(self::TRADE);
        }

        return new self((int)$row['currency_id'], $shop->config('config_currency') === self::TRADE ? 1.0 : (float)$row['value']);
    }

    /** Minor units of the base currency to kuruş. */
    public function toTrade(int $minor): int
    {
        return $this->rate === 1.0 ? $minor : (int)round($minor * $this->rate);
    }

    /** An amount in 1/10000 lira to one in 1/10000 of the base currency, as OpenCart stores it. */
    public function toBase(int $tenThousandths): int
    {
        return $this->rate === 1.0 ? $tenThousandths : (int)round($tenThousandths / $this->rate);
    }
}
