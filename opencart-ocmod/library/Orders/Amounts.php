<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Shop\Decimal;

/**
 * Splits gross kuruş into net and VAT so that every sum is the marketplace's to the kuruş: VAT is rounded once for each
 * line, net is the rest. Pure arithmetic.
 */
final class Amounts
{
    /** @var int */
    public $quantity;
    /** @var int what the buyer pays for all units, in kuruş */
    public $gross;
    /** @var int */
    public $vat;
    /** @var int */
    public $net;
    /** @var int|null null: unknown, and then the whole amount stands as it is, with no VAT shown */
    public $vatBasisPoints;

    public function __construct(int $quantity, int $gross, ?int $vatBasisPoints)
    {
        $this->quantity = $quantity;
        $this->gross = $gross;
        $this->vatBasisPoints = $vatBasisPoints;
        $this->vat = $vatBasisPoints === null ? 0 : Decimal::divide($gross * $vatBasisPoints, 10000 + $vatBasisPoints);
        $this->net = $gross - $this->vat;
    }

    /** Net price of one unit in 1/10000 lira. */
    public function unitNet(): int
    {
        return Decimal::divide($this->net * 100, max(1, $this->quantity));
    }

    /** VAT of one unit in 1/10000 lira. */
    public function unitVat(): int
    {
        return Decimal::divide($this->vat * 100, max(1, $this->quantity));
    }

    /**
     * @param array<int, self> $lines
     * @return array<int, int> VAT in kuruş by rate in basis points, lowest rate first
     */
    public static function vatByRate(array $lines): array
    {
        $sums = [];
        foreach ($lines as $line) {
            if ($line->vatBasisPoints !== null && $line->vatBasisPoints > 0) {
                $sums[$line->vatBasisPoints] = ($sums[$line->vatBasisPoints] ?? 0) + $line->vat;
            }
        }
        ksort($sums);

        return $sums;
    }
}
