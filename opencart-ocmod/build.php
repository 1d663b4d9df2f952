<?php
declare(strict_types=1);

/*
 * Builds the OpenCart packages: php opencart-ocmod/build.php [--generate-only]
 *
 * Needs protoc 3.21 and Debian's php-google-protobuf. Makes dist/oc3/meschain.ocmod.zip and dist/oc4/meschain.ocmod.zip;
 * with --generate-only just the messages and the runtime under artifacts/php, which is what the tests run on. The same
 * sources give the same bytes.
 */
require __DIR__ . '/build/Files.php';
require __DIR__ . '/build/Generated.php';
require __DIR__ . '/build/Package.php';
require __DIR__ . '/build/Refused.php';

use MesChain\Build\Generated;
use MesChain\Build\Package;
use MesChain\Build\Refused;

try {
    $root = dirname(__DIR__);
    $generated = (new Generated($root))->make();
    if (!in_array('--generate-only', $argv, true)) {
        foreach (['oc3', 'oc4'] as $line) {
            $zip = (new Package($root, $generated))->make($line);
            printf("%s  %d bytes  sha256 %s\n", $zip, filesize($root . '/' . $zip), hash_file('sha256', $root . '/' . $zip));
        }
    }
} catch (Refused $refused) {
    fwrite(STDERR, 'opencart-ocmod: ' . $refused->getMessage() . "\n");
    exit(1);
}
