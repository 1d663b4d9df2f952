<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** Money without floating point: the shop's decimal(15,4) as integers of 1/10000, ours as minor units. */
final class Decimal
{
    /** "129.9000" is 1299000. More than four places are cut. */
    public static function tenThousandths(string $text): int
    {
        if (!preg_match('/^(-?)(\d*)(?:\.(\d*))?$/', trim($text), $match)) {
            throw new \InvalidArgumentException('no decimal number: ' . $text);
        }
        $value = (int)$match[2] * 10000 + (int)substr(str_pad($match[3] ?? '', 4, '0'), 0, 4);

        return $match[1] === '-' ? -$value : $value;
    }

    /** Division rounded half away from zero. */
    public static function divide(int $dividend, int $divisor): int
    {
        $half = intdiv($divisor, 2);

        return $dividend >= 0 ? intdiv($dividend + $half, $divisor) : -intdiv(-$dividend + $half, $divisor);
    }

    /** 1299000 is "129.9000". */
    public static function text(int $tenThousandths): string
    {
        return sprintf('%s%d.%04d', $tenThousandths < 0 ? '-' : '', intdiv(abs($tenThousandths), 10000), abs($tenThousandths) % 10000);
    }
}
