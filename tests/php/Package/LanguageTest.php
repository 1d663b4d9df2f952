<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Orders\Words;
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Sources;

final class LanguageTest
{
    public function english_and_turkish_have_the_same_keys_and_places(Check $check): void
    {
        $english = self::files('en-gb');
        $turkish = self::files('tr-tr');
        $check->same(array_keys($english), array_keys($turkish));
        foreach ($english as $file => $texts) {
            $check->same(array_keys($texts), array_keys($turkish[$file]), $file);
            self::samePlaces($check, $texts, $turkish[$file], $file);
        }
        $check->same(array_keys(Words::ENGLISH), array_keys(Words::TURKISH));
        self::samePlaces($check, Words::ENGLISH, Words::TURKISH, 'Words');
    }

    public function no_text_is_empty_or_holds_html(Check $check): void
    {
        foreach (array_merge(self::files('en-gb'), self::files('tr-tr')) as $texts) {
            foreach ($texts as $key => $text) {
                $check->true(trim($text) !== '' && strpbrk($text, '<>') === false, $key);
            }
        }
    }

    public function every_key_that_a_page_asks_for_is_there(Check $check): void
    {
        $files = self::files('en-gb');
        $common = $files['common.php'];
        foreach (['module/meschain' => ['module/meschain', 'module/meschain_body'], 'accounts' => ['accounts'], 'listings' => ['listings'], 'settings' => ['settings']] as $page => $templates) {
            foreach ($templates as $template) {
                preg_match_all('/\b(?:text|entry|button|column|help|failure|error|success)_[a-z_]+\b/', (string)file_get_contents(Sources::root() . '/oc4/admin/view/template/' . $template . '.twig'), $found);
                foreach (array_unique($found[0]) as $key) {
                    if (!in_array($key, ['button_save', 'column_left'], true)) { // the core's
                        $check->true(isset($files[$page . '.php'][$key]) || isset($common[$key]), $template . ': ' . $key);
                    }
                }
            }
        }
        $all = array_merge(...array_values($files));
        foreach (Sources::php('library/Admin') as $file => $code) {
            preg_match_all("/(?:get|row|clock)\\('([a-z_0-9]+)'(?=[,)])/", $code, $found);
            foreach (array_unique($found[1]) as $key) {
                $known = isset($all[$key]) || isset($all['clock_' . $key]) || isset($all['diagnosis_' . $key]);
                $check->true($known || in_array($key, ['installed', 'transport'], true), basename($file) . ': ' . $key);
            }
        }
    }

    public function every_issue_of_the_server_has_its_cause_and_fix(Check $check): void
    {
        $catalog = (string)file_get_contents(dirname(Sources::root()) . '/src/MesChain.Server/Sync/Issues/IssueCatalog.cs');
        preg_match_all('/const string \w+ = "([A-Z_]+)"/', $catalog, $found);
        $check->true(count($found[1]) > 10, 'the catalogue was found');
        foreach ($found[1] as $code) {
            foreach (['cause', 'fix'] as $part) {
                $check->true(isset(self::files('tr-tr')['common.php']['issue_' . strtolower($code) . '_' . $part]), $code . ' ' . $part);
            }
        }
    }

    /** @return array<string, array<string, string>> */
    private static function files(string $language): array
    {
        $folder = Sources::root() . '/oc4/admin/language/' . $language;
        $files = [];
        foreach (Sources::below($folder, 'php') as $file) {
            $_ = [];
            require $file;
            $files[substr($file, strlen($folder) + 1)] = $_;
        }
        ksort($files);

        return $files;
    }

    private static function samePlaces(Check $check, array $one, array $other, string $file): void
    {
        foreach ($one as $key => $text) {
            preg_match_all('/%[sd]/', str_replace('%%', '', $text), $first);
            preg_match_all('/%[sd]/', str_replace('%%', '', $other[$key]), $second);
            $check->same($first[0], $second[0], $file . ' ' . $key);
        }
    }
}
