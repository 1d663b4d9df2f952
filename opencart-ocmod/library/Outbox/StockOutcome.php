<?php
declare(strict_types=1);

namespace MesChain\Outbox;

/** What the backbone said to a stock report. */
final class StockOutcome
{
    /** @var bool a brand-new number was called stale: the shop's numbers went back */
    public $isRewound = false;
    /** @var array<int, int> products of which it does not know a variant */
    public $unknown = [];
}
