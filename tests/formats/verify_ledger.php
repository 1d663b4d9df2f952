#!/usr/bin/env php
<?php
/*
 * Checks an export of the ledger, written from docs/formats/ledger.md alone and sharing no code with the server or its command line:
 * it proves the specification, and that nobody needs our program to catch us.
 *
 *   php verify_ledger.php < export.jsonl          writes {"what": …, "at": …}; "fine" when the export is whole; exit status 1 if not
 *   php verify_ledger.php --vectors vectors.json  says which vectors do not behave as the file says; exit status 1 if any
 */
declare(strict_types=1);

final class Bad extends RuntimeException
{
    public string $what;
    public int $at;

    public function __construct(string $what, int $at)
    {
        parent::__construct("$what at $at");
        $this->what = $what;
        $this->at = $at;
    }
}

function canonical(string $store, array $row): string
{
    $bytes = 'MCLR' . "\x01" . hex2bin(str_replace('-', '', $store)) . pack('JJ', $row['row'], $row['at_ms']);
    foreach ([$row['kind'], $row['subject'], $row['actor'], hex2bin($row['digest'])] as $part) {
        $bytes .= pack('N', strlen($part)) . $part;
    }

    return $bytes;
}

function leaf(string $bytes): string
{
    return hash('sha256', "\x00" . $bytes, true);
}

function node(string $left, string $right): string
{
    return hash('sha256', "\x01" . $left . $right, true);
}

/** A signed-note key: [name, key id, public key]. */
function noteKey(string $text): ?array
{
    $parts = explode('+', $text, 3);
    $known = count($parts) === 3 ? base64_decode($parts[2], true) : false;
    if ($known === false || strlen($known) !== 33 || $known[0] !== "\x01") {
        return null;
    }

    $id = substr(hash('sha256', $parts[0] . "\n" . $known, true), 0, 4);
    return bin2hex($id) === $parts[1] ? [$parts[0], $id, substr($known, 1)] : null;
}

/** The head that a note signs: [size, root]; null when the key did not sign it. */
function head(array $key, string $note): ?array
{
    [$name, $id, $public] = $key;
    $split = strpos($note, "\n\n");
    $mark = "\u{2014} $name ";
    if ($split === false || strncmp(substr($note, $split + 2), $mark, strlen($mark)) !== 0) {
        return null;
    }

    $encoded = substr($note, $split + 2 + strlen($mark));
    $signature = base64_decode(substr($encoded, 0, -1), true);
    $text = substr($note, 0, $split + 1);
    if ($signature === false || strlen($signature) !== 68 || base64_encode($signature) . "\n" !== $encoded || substr($signature, 0, 4) !== $id
        || !sodium_crypto_sign_verify_detached(substr($signature, 4), $text, $public)) {
        return null;
    }

    $lines = explode("\n", $text);
    return $lines[0] === $name ? [(int) $lines[1], base64_decode($lines[2], true)] : null;
}

final class Verifier
{
    private array $header = [];
    private array $key = [];
    /** Subtrees from left to right: [height, hash]. */
    private array $left = [];
    /** Hashes of the subtrees that end at the position, by height. */
    private array $ended = [];
    private int $position = 0;
    private int $believed = 0;

    public function read(string $text): void
    {
        $line = json_decode($text, true);
        if (!is_array($line)) {
            throw $this->malformed();
        }

        if ($this->header === []) {
            $this->begin($line);
        } elseif (isset($line['row'])) {
            $this->row($line);
        } elseif (isset($line['node'])) {
            $this->node($line['node'], $line['height'], $line['hash']);
        } elseif (isset($line['head'])) {
            $this->signed($line['head']);
        } else {
            throw $this->malformed();
        }
    }

    public function end(): void
    {
        if ($this->header === [] || $this->believed < $this->header['size']) {
            throw new Bad('cut_short', $this->position + 1);
        }
    }

    private function begin(array $line): void
    {
        $key = noteKey($line['key'] ?? '');
        if (($line['format'] ?? '') !== 'meschain-ledger/1' || $key === null || $line['origin'] !== $key[0]
            || $key[0] !== 'meschain/' . substr(hash('sha256', $key[2]), 0, 16) . '/' . $line['store_id']) {
            throw $this->malformed();
        }

        $this->header = $line;
        $this->key = $key;
    }

    private function row(array $line): void
    {
        $expected = $this->position + 1;
        if ($expected < $this->header['first'] || $expected > $this->header['last']) {
            throw $this->malformed();
        }

        if ($line['row'] !== $expected) {
            throw new Bad($line['row'] > $expected ? 'row_missing' : 'row_misplaced', $expected);
        }

        $hash = leaf(canonical($this->header['store_id'], $line));
        if (bin2hex($hash) !== $line['leaf']) {
            throw new Bad('row_changed', $expected);
        }

        $this->push(0, $hash);
    }

    private function node(int $index, int $height, string $hash): void
    {
        $first = $index << $height;
        $end = ($index + 1) << $height;
        if ($end === $this->position && isset($this->ended[$height])) {
            if ($hash !== bin2hex($this->ended[$height])) {
                throw new Bad('node_changed', $first + 1);
            }

            return;
        }

        if ($first !== $this->position || !($end < $this->header['first'] || $first >= $this->header['last']) || $end > $this->header['size'] || strlen($hash) !== 64) {
            throw $this->malformed();
        }

        $this->push($height, hex2bin($hash));
    }

    private function signed(string $note): void
    {
        $head = head($this->key, $note);
        if ($head === null) {
            throw new Bad('head_forged', $this->believed + 1);
        }

        if ($head[0] !== $this->position) {
            throw $head[0] > $this->position ? new Bad('row_missing', $this->position + 1) : $this->malformed();
        }

        $root = null;
        foreach (array_reverse($this->left) as [$height, $hash]) {
            $root = $root === null ? $hash : node($hash, $root);
        }

        if ($root !== $head[1]) {
            throw new Bad('head_differs', $this->believed + 1);
        }

        $this->believed = $head[0];
    }

    private function push(int $height, string $hash): void
    {
        $index = $this->position >> $height;
        $this->position += 1 << $height;
        $this->ended = [$height => $hash];
        for (; ($index & 1) === 1; $index >>= 1) {
            $hash = node(array_pop($this->left)[1], $hash);
            $this->ended[++$height] = $hash;
        }

        $this->left[] = [$height, $hash];
    }

    private function malformed(): Bad
    {
        return new Bad('malformed', $this->position + 1);
    }
}

/** @param iterable<string> $lines */
function verdict(iterable $lines): array
{
    $verifier = new Verifier();
    try {
        foreach ($lines as $line) {
            $verifier->read($line);
        }

        $verifier->end();
        return ['what' => 'fine', 'at' => 0];
    } catch (Bad $bad) {
        return ['what' => $bad->what, 'at' => $bad->at];
    }
}

function wrongVectors(array $file): array
{
    $wrong = [];
    foreach ($file['rows'] as $row) {
        $bytes = canonical($file['store_id'], $row);
        if (bin2hex($bytes) !== $row['canonical'] || bin2hex(leaf($bytes)) !== $row['leaf']) {
            $wrong[] = 'row ' . $row['row'];
        }
    }

    foreach ($file['exports'] as $export) {
        $found = verdict($export['lines']);
        if ($found !== ['what' => $export['what'], 'at' => $export['at']]) {
            $wrong[] = $export['name'] . ': ' . json_encode($found);
        }
    }

    return $wrong;
}

if (($argv[1] ?? '') === '--vectors') {
    $wrong = wrongVectors(json_decode(file_get_contents($argv[2]), true, 512, JSON_THROW_ON_ERROR));
    echo implode("\n", $wrong), $wrong === [] ? '' : "\n";
    exit($wrong === [] ? 0 : 1);
}

$found = verdict((static function () {
    while (($line = fgets(STDIN)) !== false) {
        yield rtrim($line, "\n");
    }
})());
echo json_encode($found), "\n";
exit($found['what'] === 'fine' ? 0 : 1);
