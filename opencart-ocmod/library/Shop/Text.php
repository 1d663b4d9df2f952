<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** Text between the outside and OpenCart, which keeps what people typed as HTML entities. */
final class Text
{
    /** What OpenCart keeps, as plain text. */
    public static function plain(?string $stored): string
    {
        return trim(html_entity_decode((string)$stored, ENT_QUOTES, 'UTF-8'));
    }

    /** Plain text as OpenCart keeps it, in a column of that many characters: cut before it is encoded, never within an entity. */
    public static function stored(string $plain, int $max): string
    {
        $plain = self::cut(trim(self::clean($plain)), $max);
        while (self::length($encoded = htmlspecialchars($plain, ENT_COMPAT, 'UTF-8')) > $max) {
            $plain = self::cut($plain, self::length($plain) - 1);
        }

        return $encoded;
    }

    public static function cut(string $text, int $max): string
    {
        return preg_match('/^.{0,' . max(0, $max) . '}/us', self::clean($text), $match) ? $match[0] : '';
    }

    public static function length(string $text): int
    {
        return (int)preg_match_all('/./us', $text);
    }

    /** Folds case, Turkish dotted and dotless i, and accents that people leave out: for comparing names of places. */
    public static function folded(string $text): string
    {
        $text = strtr($text, ['İ' => 'i', 'I' => 'i', 'ı' => 'i', 'Ş' => 's', 'ş' => 's', 'Ğ' => 'g', 'ğ' => 'g', 'Ü' => 'u', 'ü' => 'u',
            'Ö' => 'o', 'ö' => 'o', 'Ç' => 'c', 'ç' => 'c', 'Â' => 'a', 'â' => 'a', 'Î' => 'i', 'î' => 'i', 'Û' => 'u', 'û' => 'u']);

        return strtr((string)preg_replace('/[^A-Za-z0-9]+/', '', $text), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
    }

    /** Without bytes that are no UTF-8, and without control characters. */
    private static function clean(string $text): string
    {
        if (!preg_match('//u', $text)) {
            $text = (string)iconv('UTF-8', 'UTF-8//IGNORE', $text);
        }

        return (string)preg_replace('/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/', '', $text);
    }
}
