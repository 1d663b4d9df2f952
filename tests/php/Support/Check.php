<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** What a test may ask for. */
final class Check
{
    /**
     * @param mixed $expected
     * @param mixed $actual
     */
    public function same($expected, $actual, string $what = ''): void
    {
        if ($expected !== $actual) {
            throw new \RuntimeException(($what === '' ? '' : $what . ': ') . 'expected ' . self::show($expected) . ', got ' . self::show($actual));
        }
    }

    public function true(bool $condition, string $what): void
    {
        if (!$condition) {
            throw new \RuntimeException('not so: ' . $what);
        }
    }

    /**
     * @template T of \Throwable
     * @param class-string<T> $class
     * @return T
     */
    public function throws(string $class, callable $work): \Throwable
    {
        try {
            $work();
        } catch (\Throwable $fault) {
            if ($fault instanceof $class) {
                return $fault;
            }
            throw $fault;
        }
        throw new \RuntimeException('expected ' . $class . ', nothing was thrown');
    }

    /** @param mixed $value */
    private static function show($value): string
    {
        return (string)json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR);
    }
}
