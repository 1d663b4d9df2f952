<?php
declare(strict_types=1);

namespace MesChain\Tests\Package;

use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Sources;

final class TemplateTest
{
    /** Parts that OpenCart rendered already, and our own texts. */
    private const SAFE = '/^(header|column_left|footer|body|loop\.index|(text|entry|button|column|help|heading)_\w+)$/';

    public function everything_from_outside_is_escaped(Check $check): void
    {
        foreach (Sources::below(Sources::root() . '/oc4', 'twig') as $file) {
            preg_match_all('/\{\{\s*(.+?)\s*\}\}/s', (string)file_get_contents($file), $found);
            foreach ($found[1] as $expression) {
                $check->true($this->isSafe($expression), basename($file) . ': {{ ' . $expression . ' }}');
            }
        }
    }

    public function nothing_is_loaded_from_elsewhere_and_no_text_is_transformed(Check $check): void
    {
        foreach (array_merge(Sources::below(Sources::root() . '/oc4', 'twig'), Sources::below(Sources::root() . '/oc4', 'js')) as $file) {
            $code = (string)file_get_contents($file);
            foreach (['text-transform', 'text-uppercase', 'src="http', 'href="http', '//cdn', 'innerHTML = json', '|raw'] as $word) {
                $check->true(strpos($code, $word) === false, basename($file) . ': ' . $word);
            }
        }
    }

    /** OpenCart 3 submits every form with such a name when any button is pressed, past our script. */
    public function no_form_has_a_name_that_opencart_3_submits_by_itself(Check $check): void
    {
        foreach (Sources::below(Sources::root() . '/oc4', 'twig') as $file) {
            $check->same(0, preg_match('/<form[^>]*\bid="[^"]*form-/', (string)file_get_contents($file)), basename($file));
        }
    }

    private function isSafe(string $expression): bool
    {
        if (preg_match(self::SAFE, $expression) || preg_match("/\\|(escape(\\('html_attr'\\))?|url_encode)$/", $expression)) {
            return true;
        }
        // A choice between things that are safe themselves.
        if (preg_match('/^[^?]+\?\s*([^:]+)\s*:\s*(.+)$/', $expression, $choice)) {
            foreach ([trim($choice[1]), trim($choice[2])] as $part) {
                if (!preg_match("/^'[^']*'$/", $part) && !$this->isSafe($part)) {
                    return false;
                }
            }

            return true;
        }

        return false;
    }
}
