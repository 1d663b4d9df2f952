<?php
declare(strict_types=1);

namespace MesChain\Tests\Orders;

use MesChain\Orders\Amounts;
use MesChain\Shop\Decimal;
use MesChain\Tests\Support\Check;

final class AmountsTest
{
    public function net_and_vat_always_make_the_gross(Check $check): void
    {
        $seed = random_int(1, PHP_INT_MAX >> 1);
        mt_srand($seed);
        for ($i = 0; $i < 2000; $i++) {
            $quantity = mt_rand(1, 30);
            $gross = mt_rand(0, 10000000);
            $rate = [0, 100, 1000, 1800, 2000][mt_rand(0, 4)];
            $line = new Amounts($quantity, $gross, $rate);
            $what = sprintf('seed %d: %d units, %d, %d', $seed, $quantity, $gross, $rate);
            $check->same($gross, $line->net + $line->vat, $what);
            $exact = $gross * $rate / (10000 + $rate);
            $check->true(abs($line->vat - $exact) <= 0.5, $what);
            // What OpenCart shows: row total + units × VAT of one, to the kuruş.
            $check->same($gross, Decimal::divide($line->net * 100 + $quantity * $line->unitVat(), 100), $what);
        }
    }

    public function unknown_vat_is_not_taken_for_zero(Check $check): void
    {
        $unknown = new Amounts(1, 1000, null);
        $check->same(null, $unknown->vatBasisPoints);
        $check->same([], Amounts::vatByRate([$unknown]));
        $check->same([1000 => 91, 2000 => 167], Amounts::vatByRate([new Amounts(1, 1000, 2000), new Amounts(1, 1000, 1000)]));
    }

    public function decimals_are_read_and_written_exactly(Check $check): void
    {
        foreach (['0.0000' => 0, '208.3333' => 2083333, '-1.5' => -15000, '7' => 70000, '99999999.9999' => 999999999999] as $text => $value) {
            $check->same($value, Decimal::tenThousandths((string)$text), (string)$text);
        }
        $check->same('-0.0500', Decimal::text(-500));
        $check->same(3, Decimal::divide(5, 2));
        $check->same(-3, Decimal::divide(-5, 2));
    }
}
