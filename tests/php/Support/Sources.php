<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** The files of the package, as they lie in the repository. */
final class Sources
{
    public static function root(): string
    {
        return dirname(__DIR__, 3) . '/opencart-ocmod';
    }

    /** @return array<string, string> path => code */
    public static function php(string $folder): array
    {
        $found = [];
        foreach (self::below(self::root() . '/' . $folder, 'php') as $file) {
            $found[$file] = (string)file_get_contents($file);
        }

        return $found;
    }

    /** @return array<int, string> sorted paths */
    public static function below(string $folder, string $extension): array
    {
        $found = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file->getExtension() === $extension) {
                $found[] = $file->getPathname();
            }
        }
        sort($found);

        return $found;
    }
}
