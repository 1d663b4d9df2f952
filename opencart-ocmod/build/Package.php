<?php
declare(strict_types=1);

namespace MesChain\Build;

/** Puts shells, library, messages and runtime into one installable zip. */
final class Package
{
    /** OpenCart's installer and cheap hosts choke on more. */
    private const BYTES_MAX = 5 * 1024 * 1024;
    /** One fixed time in every entry: a zip of the same sources is the same file. 2020-01-01 00:00:00 UTC. */
    private const ENTRY_TIME = 1577836800;

    /** @var string */
    private $root;
    /** @var string */
    private $generated;

    public function __construct(string $root, string $generated)
    {
        $this->root = $root;
        $this->generated = $generated;
    }

    /** Makes dist/<line>/meschain.ocmod.zip and answers its path below the root. */
    public function make(string $line): string
    {
        $path = 'dist/' . $line . '/meschain.ocmod.zip';
        $target = $this->root . '/' . $path;
        Files::folder(dirname($target));
        if (is_file($target)) {
            unlink($target);
        }
        date_default_timezone_set('UTC'); // zip entries hold local time
        $zip = new \ZipArchive();
        if ($zip->open($target, \ZipArchive::CREATE) !== true) {
            throw new Refused('cannot write ' . $path);
        }
        foreach ($this->entries($line) as $name => $file) {
            $zip->addFromString($name, (string)file_get_contents($file));
            $zip->setCompressionName($name, \ZipArchive::CM_DEFLATE, 9);
            $zip->setMtimeName($name, self::ENTRY_TIME);
            $zip->setExternalAttributesName($name, \ZipArchive::OPSYS_UNIX, 0100644 << 16);
        }
        if (!$zip->close()) {
            throw new Refused('cannot close ' . $path);
        }
        if (filesize($target) > self::BYTES_MAX) {
            throw new Refused(sprintf('%s has %d bytes, above %d', $path, filesize($target), self::BYTES_MAX));
        }

        return $path;
    }

    /** @return array<string, string> name in the zip => file, sorted by name */
    private function entries(string $line): array
    {
        $entries = [];
        $sources = [
            '' => __DIR__ . '/../' . $line,
            'system/library/' => __DIR__ . '/../library',
            'system/library/generated/' => $this->generated . '/generated',
            'system/library/runtime/' => $this->generated . '/runtime',
        ];
        foreach ($sources as $prefix => $folder) {
            foreach (Files::below($folder) as $file) {
                $entries[$prefix . $file] = $folder . '/' . $file;
            }
        }
        ksort($entries, SORT_STRING);

        return $entries;
    }
}
