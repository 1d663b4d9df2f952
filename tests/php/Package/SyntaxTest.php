<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\NewerPhp;
use MesChain\Tests\Support\Sources;

/** Library and OpenCart 3 shells must run on PHP 7.3; no such PHP is at hand, so their syntax trees are looked at. */
final class SyntaxTest
{
    public function what_runs_in_an_opencart_3_shop_keeps_to_php_73(Check $check): void
    {
        foreach (array_merge(Sources::php('library'), Sources::php('oc3')) as $file => $code) {
            $check->same([], NewerPhp::in($code), substr($file, strlen(Sources::root()) + 1));
        }
    }

    public function what_the_build_makes_keeps_to_php_73(Check $check): void
    {
        foreach (Sources::below(dirname(Sources::root()) . '/artifacts/php', 'php') as $file) {
            // In PHP 7 an attribute that has its line to itself is a comment.
            $code = preg_replace('/^\s*#\[[\\\\\w]+\]$/m', '', (string)file_get_contents($file));
            $check->same([], NewerPhp::in($code), $file);
        }
    }

    public function the_check_sees_what_is_newer(Check $check): void
    {
        $newer = [
            'class A { private int $b; }', 'class A { public ?string $b = null; }', 'fn () => 1;', 'match (1) { 1 => 2 };', '$a?->b();', '$a ??= 1;', 'f(name: 1);',
            'function f(int|string $a) {}', 'function f(): static {}', 'function f(): mixed {}', 'class A { function __construct(private $b) {} }',
            '[...$a, 1];', 'str_contains("a", "b");', '1_000;', 'enum A {}', 'function f($a,) {}', 'try {} catch (E) {}', '$x = throw new E();', '#[A] class B {}', 'f(...);',
            'function f(): never {}', 'readonly class A {}', 'class A { final const B = 1; }', '$a::class;', 'function f(): null|int {}',
            'function () use ($a,) {};', 'function f($a = new A()) {}', '0o17;', 'function f(A&B $c) {}', 'new \WeakMap();', 'function f(?mixed $a) {}',
        ];
        foreach ($newer as $code) {
            $check->true(NewerPhp::in("<?php\n" . $code) !== [], $code);
        }
    }

    public function the_check_lets_what_is_old_pass(Check $check): void
    {
        $old = [
            'class A { /** @var int */ private $b; }', 'f($a, ...$b);', 'f($a, );', '[$a, ];', 'A::class;', 'throw new E();', 'function f(?int $a): ?A {}',
            'try {} catch (A | B $fault) {}', 'static function () {};', '1000 | 2;', '$a ?? $b;', '$a->str_contains("b");',
        ];
        foreach ($old as $code) {
            $check->same([], NewerPhp::in("<?php\n" . $code), $code);
        }
    }
}
