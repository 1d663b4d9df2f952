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

    /** Where OpenCart 3's installer lets a package put files; one outside of these stops the whole of it. */
    private const ALLOWED = ['admin/controller/extension/', 'admin/language/', 'admin/view/javascript/', 'admin/view/stylesheet/',
        'admin/view/template/extension/', 'catalog/controller/extension/', 'system/library/'];

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
            if ($line === 'oc3' && !self::isAllowed($name)) {
                throw new Refused('OpenCart 3 would refuse the package for ' . $name);
            }
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
        $sources = __DIR__ . '/../';
        $library = $line === 'oc3' ? 'upload/system/library/meschain/' : 'system/library/';
        $entries = self::below($sources . $line, '')
            + self::below($sources . 'library', $library)
            + self::below($this->generated . '/generated', $library . 'generated/')
            + self::below($this->generated . '/runtime', $library . 'runtime/');
        if ($line === 'oc3') {
            $entries += self::pages($sources . 'oc4/admin');
        }
        ksort($entries, SORT_STRING);

        return $entries;
    }

    /** @return array<string, string> templates, scripts and texts, which both lines share, where OpenCart 3 looks for them */
    private static function pages(string $admin): array
    {
        $entries = self::below($admin . '/view/javascript', 'upload/admin/view/javascript/meschain/');
        $folders = [$admin . '/view/template' => 'upload/admin/view/template/extension/'];
        foreach (glob($admin . '/language/*', GLOB_ONLYDIR) ?: [] as $language) {
            $folders[$language] = 'upload/admin/language/' . basename($language) . '/extension/';
        }
        foreach ($folders as $folder => $place) {
            foreach (Files::below($folder) as $file) {
                $entries[$place . (strpos($file, 'module/') === 0 ? '' : 'meschain/') . $file] = $folder . '/' . $file;
            }
        }

        return $entries;
    }

    private static function isAllowed(string $name): bool
    {
        foreach (self::ALLOWED as $folder) {
            if (strpos($name, 'upload/' . $folder) === 0) {
                return true;
            }
        }

        return false;
    }

    /** @return array<string, string> */
    private static function below(string $folder, string $prefix): array
    {
        $entries = [];
        foreach (Files::below($folder) as $file) {
            $entries[$prefix . $file] = $folder . '/' . $file;
        }

        return $entries;
    }
}
