#!/usr/bin/env php
<?php
/*
 * Opens what MesChain-Sync sealed, written from docs/formats/envelope.md alone and sharing no code with the server: it proves the
 * specification, and with a root key and a copy of the database it is the way back from a disaster.
 *
 *   php open_envelope.php vectors.json      says which vectors do not behave as the file says; exit status 1 if any
 *   php open_envelope.php --open < in.json  reads {"vectors": […]} and writes the values in base64, null where refused
 */
declare(strict_types=1);

const HEADER = 10;
const WRAP_NONCE = 24;
const KEY = 32;
const TAG = 16;
const NONCE = 12;

final class Refused extends RuntimeException
{
}

function open_gcm(string $key, string $nonce, string $sealed, string $aad): string
{
    $value = openssl_decrypt(substr($sealed, 0, -TAG), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $nonce, substr($sealed, -TAG), $aad);
    if ($value === false) {
        throw new Refused('it does not open');
    }

    return $value;
}

/** One AES-256 block. */
function aes(string $key, string $block): string
{
    return openssl_encrypt($block, 'aes-256-ecb', $key, OPENSSL_RAW_DATA | OPENSSL_ZERO_PADDING);
}

/** XAES-256-GCM: c2sp.org/XAES-256-GCM. */
function open_xaes(string $key, string $nonce, string $sealed, string $aad): string
{
    $bits = '';
    foreach (str_split(aes($key, str_repeat("\0", 16))) as $byte) {
        $bits .= sprintf('%08b', ord($byte));
    }
    $doubled = substr($bits, 1) . '0';
    $subkey = implode('', array_map(fn (string $octet): string => chr(bindec($octet)), str_split($doubled, 8)));
    if ($bits[0] === '1') {
        $subkey[15] = chr(ord($subkey[15]) ^ 0x87);
    }

    $half = substr($nonce, 0, 12);
    $derived = aes($key, ("\0\1X\0" . $half) ^ $subkey) . aes($key, ("\0\2X\0" . $half) ^ $subkey);

    return open_gcm($derived, substr($nonce, 12), $sealed, $aad);
}

function uuid(string $text): string
{
    return hex2bin(str_replace('-', '', $text));
}

/** Checks magic, format and algorithm, and answers the KEK generation as its four bytes. */
function generation(string $blob, string $magic, int $shortest): string
{
    if (strlen($blob) < $shortest || substr($blob, 0, 6) !== $magic . "\1\1") {
        throw new Refused('it is no ' . $magic . ' of format 1, algorithm 1');
    }

    return substr($blob, 6, 4);
}

function open(array $item): string
{
    $store = uuid($item['store_id']);
    $wrapped = base64_decode($item['wrapped_kek'], true);
    $kekGeneration = generation($wrapped, 'MCSK', HEADER + WRAP_NONCE + KEY + TAG);
    $kek = open_xaes(
        base64_decode($item['root_key'], true),
        substr($wrapped, HEADER, WRAP_NONCE),
        substr($wrapped, HEADER + WRAP_NONCE),
        "MCSK\1\1" . $store . $kekGeneration
    );

    $magic = isset($item['kind']) ? 'MCSD' : 'MCSE';
    $binding = uuid($item['row_id']) . ($item['kind'] ?? pack('J', $item['version']));
    $blob = base64_decode($item['sealed'], true);
    $generation = generation($blob, $magic, HEADER + WRAP_NONCE + KEY + TAG + NONCE + TAG);
    if ($generation !== $kekGeneration) {
        throw new Refused('it asks for another KEK generation');
    }

    $aad = $magic . "\1\1" . $store . $binding . $generation;
    $rest = substr($blob, HEADER);
    $dek = open_xaes($kek, substr($rest, 0, WRAP_NONCE), substr($rest, WRAP_NONCE, KEY + TAG), $aad);
    $rest = substr($rest, WRAP_NONCE + KEY + TAG);

    return open_gcm($dek, substr($rest, 0, NONCE), substr($rest, NONCE), $aad);
}

function tried(array $item): ?string
{
    try {
        return base64_encode(open($item));
    } catch (Refused) {
        return null;
    }
}

if (($argv[1] ?? '') === '--open') {
    echo json_encode(array_map('tried', json_decode(stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR)['vectors'])), "\n";
    exit(0);
}

$vectors = json_decode(file_get_contents($argv[1] ?? __DIR__ . '/../../docs/formats/envelope-vectors.json'), true, 16, JSON_THROW_ON_ERROR)['vectors'];
$wrong = array_filter($vectors, fn (array $item): bool => tried($item) !== ($item['value'] ?? null));
foreach ($wrong as $item) {
    echo "wrong: {$item['name']}\n";
}
printf("%d vectors, %d wrong\n", count($vectors), count($wrong));
exit($wrong === [] ? 0 : 1);
