<?php
declare(strict_types=1);

namespace MesChain\Tests\Shop;

use MesChain\Shop\Text;
use MesChain\Tests\Support\Check;

final class TextTest
{
    public function text_is_cut_before_it_is_encoded_and_never_within_an_entity(Check $check): void
    {
        $check->same('&quot;&amp;', Text::stored('"&&&&', 13), 'three entities would not fit');
        $check->same('Şükrü', Text::stored("Şükrü\x00", 5));
        $check->same('', Text::stored('&', 3));
        for ($max = 0; $max < 30; $max++) {
            $stored = Text::stored('a"b<c>&ğ"""', $max);
            $check->true(Text::length($stored) <= $max, 'fits ' . $max);
            $check->same($stored, htmlspecialchars(html_entity_decode($stored, ENT_QUOTES, 'UTF-8'), ENT_COMPAT, 'UTF-8'));
        }
    }

    public function names_of_places_are_compared_as_people_write_them(Check $check): void
    {
        foreach ([['İstanbul', 'ISTANBUL'], ['Iğdır', 'igdir'], ['ŞANLIURFA', 'Şanlıurfa'], ['Kahramanmaraş', 'KAHRAMANMARAŞ'], ['Afyonkarahisar', 'AFYON KARAHİSAR']] as [$one, $other]) {
            $check->same(Text::folded($one), Text::folded($other));
        }
    }

    public function bytes_that_are_no_utf8_do_no_harm(Check $check): void
    {
        $check->same('ab', Text::stored("a\xffb", 10));
    }
}
