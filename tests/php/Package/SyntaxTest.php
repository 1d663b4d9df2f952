<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Sources;

/** The library must run on PHP 7.3, where OpenCart 3 lives; no such PHP is at hand, so its tokens are looked at. */
final class SyntaxTest
{
    private const NEWER_FUNCTIONS = [
        'str_contains', 'str_starts_with', 'str_ends_with', 'get_debug_type', 'array_is_list', 'mb_str_split', 'fdiv', 'preg_last_error_msg',
        'array_find', 'mb_trim', 'json_validate', 'enum_exists', 'password_algos', 'get_mangled_object_vars', 'str_word_count_utf8',
    ];

    public function the_library_keeps_to_php_73(Check $check): void
    {
        foreach (Sources::php('library') as $file => $code) {
            $faults = self::faults($code);
            $check->same([], $faults, substr($file, strlen(Sources::root()) + 1));
        }
    }

    public function the_check_sees_what_is_newer(Check $check): void
    {
        $newer = [
            'class A { private int $b; }', 'class A { public ?string $b = null; }', 'fn () => 1;', 'match (1) { 1 => 2 };', '$a?->b();', '$a ??= 1;', 'f(name: 1);',
            'function f(int|string $a) {}', 'function f(): static {}', 'function f(): mixed {}', 'class A { function __construct(private $b) {} }',
            '[...$a, 1];', 'str_contains("a", "b");', '1_000;', 'enum A {}', 'function f($a,) {}', 'try {} catch (E) {}', '$x = throw new E();', '#[A] class B {}', 'f(...);',
            'function f(): never {}', 'readonly class A {}', 'class A { final const B = 1; }', '$a::class;', 'function f(): null|int {}',
        ];
        foreach ($newer as $code) {
            $check->true(self::faults("<?php\n" . $code) !== [], $code);
        }
    }

    /** @return array<int, string> */
    private static function faults(string $code): array
    {
        $tokens = array_values(array_filter(\PhpToken::tokenize($code), static function (\PhpToken $token): bool {
            return !$token->isIgnorable() || $token->id === T_OPEN_TAG;
        }));
        $faults = [];
        $add = static function (int $at, string $what) use ($tokens, &$faults): void {
            $faults[] = 'line ' . $tokens[$at]->line . ': ' . $what;
        };
        $text = static function (int $at) use ($tokens): string {
            return isset($tokens[$at]) ? $tokens[$at]->text : '';
        };
        foreach ($tokens as $at => $token) {
            $word = strtolower($token->text);
            if (in_array($token->id, [T_FN, T_MATCH, T_NULLSAFE_OBJECT_OPERATOR, T_COALESCE_EQUAL, T_ATTRIBUTE, T_ENUM, T_READONLY], true)) {
                $add($at, $token->text);
            }
            if ($token->id === T_VARIABLE && in_array($text($at - 2), ['private', 'public', 'protected', 'static', 'var'], true) && $tokens[$at - 1]->id !== T_STATIC) {
                $add($at, 'typed or promoted property');
            }
            if ($token->id === T_VARIABLE && $text($at - 2) === '?' && in_array($text($at - 3), ['private', 'public', 'protected', 'static'], true)) {
                $add($at, 'typed property');
            }
            if (in_array($word, ['private', 'public', 'protected'], true) && in_array($text($at - 1), ['(', ','], true)) {
                $add($at, 'promoted property');
            }
            if ($token->id === T_STRING && $text($at + 1) === ':' && in_array($text($at - 1), ['(', ','], true) && $text($at + 2) !== ':') {
                $add($at, 'named argument');
            }
            if ($token->id === T_ELLIPSIS && ($text($at + 1) === ')' || $text($at - 1) === '[' || ($text($at - 1) === ',' && self::isWithinArray($tokens, $at)))) {
                $add($at, 'spread');
            }
            if ($word === '|' && in_array($tokens[$at + 1]->id, [T_STRING, T_ARRAY, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED], true) && in_array($tokens[$at - 1]->id, [T_STRING, T_ARRAY, T_NAME_QUALIFIED], true)
                && ($tokens[$at + 2]->id === T_VARIABLE || $text($at + 2) === '{') && !self::isWithinCatch($tokens, $at)) {
                $add($at, 'union type');
            }
            if ($text($at - 1) === ':' && $text($at - 2) === ')' && in_array($word, ['static', 'mixed', 'never', 'null', 'false', 'true'], true) && self::closesParameters($tokens, $at - 2)) {
                $add($at, 'return type ' . $word);
            }
            if ($token->id === T_STRING && in_array($word, self::NEWER_FUNCTIONS, true) && $text($at + 1) === '(' && !in_array($text($at - 1), ['->', '::', 'function'], true)) {
                $add($at, $word . '()');
            }
            if (in_array($token->id, [T_LNUMBER, T_DNUMBER], true) && strpos($token->text, '_') !== false) {
                $add($at, 'number with _');
            }
            if ($token->id === T_THROW && in_array($text($at - 1), ['=', '??', '?', ':', '=>', 'return', '('], true)) {
                $add($at, 'throw as an expression');
            }
            if ($word === ')' && $text($at - 1) === ',' && self::closesParameters($tokens, $at)) {
                $add($at, 'comma behind the last parameter');
            }
            if ($token->id === T_CATCH && $text($at + 3) === ')') {
                $add($at, 'catch without a variable');
            }
            if ($token->id === T_CLASS && $text($at - 1) === '::' && $tokens[$at - 2]->id === T_VARIABLE) {
                $add($at, '$object::class');
            }
            if ($token->id === T_FINAL && $text($at + 1) === 'const') {
                $add($at, 'final constant');
            }
        }

        return $faults;
    }

    /** @param array<int, \PhpToken> $tokens */
    private static function isWithinArray(array $tokens, int $at): bool
    {
        for ($depth = 0; $at >= 0; $at--) {
            $depth += in_array($tokens[$at]->text, [')', ']'], true) ? 1 : (in_array($tokens[$at]->text, ['(', '['], true) ? -1 : 0);
            if ($depth < 0) {
                return $tokens[$at]->text === '[';
            }
        }

        return false;
    }

    /** @param array<int, \PhpToken> $tokens */
    private static function isWithinCatch(array $tokens, int $at): bool
    {
        while ($at > 0 && $tokens[$at]->text !== '(') {
            $at--;
        }

        return $at > 0 && $tokens[$at - 1]->id === T_CATCH;
    }

    /** @param array<int, \PhpToken> $tokens */
    private static function closesParameters(array $tokens, int $at): bool
    {
        for ($depth = 0; $at >= 0; $at--) {
            $depth += $tokens[$at]->text === ')' ? 1 : ($tokens[$at]->text === '(' ? -1 : 0);
            if ($depth === 0) {
                return in_array($tokens[$at - 1]->id, [T_FUNCTION, T_USE], true) || ($tokens[$at - 1]->id === T_STRING && isset($tokens[$at - 2]) && $tokens[$at - 2]->id === T_FUNCTION);
            }
        }

        return false;
    }
}
