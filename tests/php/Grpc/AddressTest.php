<?php
declare(strict_types=1);

namespace MesChain\Tests\Grpc;

use MesChain\Grpc\Address;
use MesChain\Grpc\AddressRefused;
use MesChain\Tests\Support\Check;

final class AddressTest
{
    public function cleartext_is_for_this_machine_only(Check $check): void
    {
        foreach (['http://127.0.0.1:8080', 'http://localhost:50051/', 'http://[::1]:8080', 'http://127.8.9.1'] as $text) {
            Address::parse($text);
        }
        foreach (['http://example.com', 'http://10.0.0.5:8080', 'http://127.0.0.1.example.com', 'http://localhost.example.com'] as $text) {
            $refused = $check->throws(AddressRefused::class, static function () use ($text): void {
                Address::parse($text);
            });
            $check->same('error_address_cleartext', $refused->key(), $text);
        }
    }

    public function what_is_no_address_is_named(Check $check): void
    {
        foreach (['', 'example.com', 'ftp://example.com', 'https://', 'https://user@example.com', 'https://example.com/?a=1', 'javascript:alert(1)'] as $text) {
            $refused = $check->throws(AddressRefused::class, static function () use ($text): void {
                Address::parse($text);
            });
            $check->same('error_address', $refused->key(), $text);
        }
    }

    public function a_method_is_put_behind_the_address_without_doubling_the_slash(Check $check): void
    {
        $check->same('https://mes.example.com:8443/a.B/C', Address::parse(' https://mes.example.com:8443/ ')->url('/a.B/C'));
    }
}
