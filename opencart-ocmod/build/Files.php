<?php
declare(strict_types=1);

namespace MesChain\Build;

/** Folders, in an order that is the same on every machine. */
final class Files
{
    /** @return array<int, string> paths of all files below, relative, sorted by bytes */
    public static function below(string $folder): array
    {
        if (!is_dir($folder)) {
            throw new Refused('missing folder ' . $folder);
        }
        $found = [];
        $walk = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
        foreach ($walk as $file) {
            if ($file->isFile()) {
                $found[] = substr($file->getPathname(), strlen($folder) + 1);
            }
        }
        sort($found, SORT_STRING);

        return $found;
    }

    public static function folder(string $folder): void
    {
        if (!is_dir($folder) && !mkdir($folder, 0777, true)) {
            throw new Refused('cannot make ' . $folder);
        }
    }

    public static function copy(string $from, string $to): void
    {
        foreach (self::below($from) as $file) {
            self::folder(dirname($to . '/' . $file));
            if (!copy($from . '/' . $file, $to . '/' . $file)) {
                throw new Refused('cannot copy ' . $file);
            }
        }
    }

    public static function delete(string $folder): void
    {
        if (!is_dir($folder)) {
            return;
        }
        $walk = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST
        );
        foreach ($walk as $file) {
            $file->isDir() && !$file->isLink() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($folder);
    }
}
