<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Sources;

final class ShellsTest
{
    public function shells_stay_below_eighty_lines_and_the_library_below_four_hundred(Check $check): void
    {
        foreach (['oc4/admin/controller' => 80, 'oc4/catalog/controller' => 80, 'oc3' => 80, 'library' => 400] as $folder => $max) {
            foreach (Sources::php($folder) as $file => $code) {
                $check->true(substr_count($code, "\n") <= $max, basename($file) . ' has ' . substr_count($code, "\n") . ' lines');
            }
        }
    }

    public function the_library_names_opencart_where_its_lines_are_told_apart_and_nowhere_else(Check $check): void
    {
        foreach (Sources::php('library') as $file => $code) {
            if (!in_array(basename($file), ['OpenCart.php', 'Oc3.php', 'Oc4.php', 'Oc3OrderBook.php', 'Oc4OrderBook.php', 'Registrations.php', 'Oc3Registrations.php', 'Oc4Registrations.php'], true)) {
                foreach (['/\bDIR_/', '/\bDB_/', '/\bHTTP_SERVER/', '/Opencart\\\\/', '/->registry/'] as $word) {
                    $check->same(0, preg_match($word, (string)preg_replace('~/\*.*?\*/|//[^\n]*~s', '', $code)), basename($file) . ': ' . $word);
                }
            }
        }
    }

    public function both_lines_have_the_same_pages_and_the_same_buttons(Check $check): void
    {
        foreach (['accounts', 'listings', 'settings', 'module/meschain'] as $page) {
            $places = ['oc4/admin/controller/' . $page, 'oc3/upload/admin/controller/extension/' . (strpos($page, '/') === false ? 'meschain/' : '') . $page];
            $methods = array_map(static function (string $place): array {
                preg_match_all('/public function (\w+)\(/', (string)file_get_contents(Sources::root() . '/' . $place . '.php'), $found);

                return $found[1];
            }, $places);
            $check->same($methods[0], $methods[1], $page);
        }
    }

    public function the_installer_of_every_opencart_4_takes_the_description(Check $check): void
    {
        $description = json_decode((string)file_get_contents(Sources::root() . '/oc4/install.json'), true);
        foreach (['name' => 128, 'version' => 128, 'author' => 128, 'link' => 128] as $name => $max) {
            // 4.0 refuses the package when one is empty, and leaves its file where the next try stumbles over it.
            $check->true(strlen($description[$name]) >= 3 && strlen($description[$name]) <= $max, $name . ': ' . $description[$name]);
        }
    }

    public function no_shell_changes_anything_but_by_post_and_permission(Check $check): void
    {
        foreach (['accounts', 'listings', 'settings'] as $page) {
            foreach (['oc4/admin/controller/', 'oc3/upload/admin/controller/extension/meschain/'] as $folder) {
                $code = (string)file_get_contents(Sources::root() . '/' . $folder . $page . '.php');
                preg_match_all('/public function (\w+)\(.*?\n\t\}/s', $code, $found, PREG_SET_ORDER);
                $check->true(count($found) > 3, $folder . $page);
                foreach ($found as [$method, $name]) {
                    $check->true($name === 'index' || strpos($method, '$this->change(') !== false, $folder . $page . ': ' . $name);
                }
            }
        }
    }
}
