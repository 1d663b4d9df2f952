<?php
declare(strict_types=1);

namespace MesChain\Setup;

/**
 * Secrets of the shop: one file each below DIR_STORAGE/meschain, readable by the shop's user only, and PHP code, so that
 * a web server that serves the folder by mistake shows nothing. Never in the database, never printed back.
 */
final class KeyFile
{
    /** The key of the backbone. */
    public const KEY = 'key';
    /** Signs the knocks. */
    public const KNOCK = 'knock';
    /** Opens the cron address. */
    public const CRON = 'cron';

    /** @var string */
    private $folder;

    /** @param string $storage OpenCart's DIR_STORAGE */
    public function __construct(string $storage)
    {
        $this->folder = rtrim($storage, '/') . '/meschain';
    }

    /** The secret; empty when there is none. */
    public function read(string $name): string
    {
        $file = $this->file($name);
        $value = is_file($file) ? include $file : '';

        return is_string($value) ? $value : '';
    }

    public function write(string $name, string $value): void
    {
        if (!is_dir($this->folder) && !mkdir($this->folder, 0700, true) && !is_dir($this->folder)) {
            throw new \RuntimeException('cannot make the folder ' . $this->folder);
        }
        $file = $this->file($name);
        $draft = $file . '.' . bin2hex(random_bytes(4));
        $before = umask(0177);
        try {
            if (file_put_contents($draft, '<?php return ' . var_export($value, true) . ";\n") === false || !rename($draft, $file)) {
                throw new \RuntimeException('cannot write ' . $file);
            }
        } finally {
            umask($before);
        }
        chmod($file, 0600);
        if (function_exists('opcache_invalidate')) {
            opcache_invalidate($file, true);
        }
    }

    /** Reads a secret of our own making; makes it the first time. 43 characters of 256 random bits. */
    public function readOrMake(string $name): string
    {
        $value = $this->read($name);
        if ($value === '') {
            $value = rtrim(strtr(base64_encode(random_bytes(32)), '+/', '-_'), '=');
            $this->write($name, $value);
        }

        return $value;
    }

    public function delete(): void
    {
        foreach (is_dir($this->folder) ? (glob($this->folder . '/*') ?: []) : [] as $file) {
            unlink($file);
        }
    }

    /** Whether the folder can be reached from the web, as far as paths tell. */
    public function isBelow(string $webRoot): bool
    {
        $root = realpath($webRoot);
        $folder = realpath(is_dir($this->folder) ? $this->folder : dirname($this->folder));

        return $root !== false && $folder !== false && strncmp($folder . '/', rtrim($root, '/') . '/', strlen(rtrim($root, '/')) + 1) === 0;
    }

    private function file(string $name): string
    {
        return $this->folder . '/' . $name . '.php';
    }
}
