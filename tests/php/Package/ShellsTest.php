<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Sources;

final class ShellsTest
{
    public function shells_stay_below_eighty_lines_and_the_library_below_four_hundred(Check $check): void
    {
        foreach (['oc4/admin/controller' => 80, 'oc4/catalog/controller' => 80, 'library' => 400] as $folder => $max) {
            foreach (Sources::php($folder) as $file => $code) {
                $check->true(substr_count($code, "\n") <= $max, basename($file) . ' has ' . substr_count($code, "\n") . ' lines');
            }
        }
    }

    public function the_library_names_opencart_in_three_files_only(Check $check): void
    {
        foreach (Sources::php('library') as $file => $code) {
            if (!in_array(basename($file), ['Oc4.php', 'Oc4OrderBook.php', 'Oc4Registrations.php'], true)) {
                foreach (['/\bDIR_/', '/\bDB_/', '/\bHTTP_SERVER/', '/Opencart\\\\/', '/->registry/'] as $word) {
                    $check->same(0, preg_match($word, (string)preg_replace('~/\*.*?\*/|//[^\n]*~s', '', $code)), basename($file) . ': ' . $word);
                }
            }
        }
    }

    public function no_shell_changes_anything_but_by_post_and_permission(Check $check): void
    {
        foreach (['accounts', 'listings', 'settings'] as $page) {
            $code = (string)file_get_contents(Sources::root() . '/oc4/admin/controller/' . $page . '.php');
            preg_match_all('/public function (\w+)\(.*?\n\t\}/s', $code, $found, PREG_SET_ORDER);
            foreach ($found as [$method, $name]) {
                $check->true($name === 'index' || strpos($method, '$this->change(') !== false, $page . '.' . $name);
            }
        }
    }
}
