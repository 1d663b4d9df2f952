<?php
declare(strict_types=1);

namespace MesChain\Build;

/**
 * Makes artifacts/php: our messages by protoc, and the pure-PHP runtime that fits them.
 *
 * Runtime and generator must be of one version: messages of a newer protoc die in the 3.21 runtime with a TypeError at
 * the first repeated field. Both are Debian's, and nothing of either is committed.
 */
final class Generated
{
    private const PROTOC = '3.21';
    private const RUNTIME = '/usr/share/php';
    private const RUNTIME_NOTICE = '/usr/share/doc/php-google-protobuf/copyright';
    /** What error details and, should our protos import them, HTTP annotations need. */
    private const COMMON = ['google/rpc/status.proto', 'google/rpc/error_details.proto'];
    private const COMMON_WHEN_IMPORTED = ['google/api/annotations.proto', 'google/api/http.proto'];

    /** @var string */
    private $root;

    public function __construct(string $root)
    {
        $this->root = $root;
    }

    /** Makes what is not there yet, or is older than its sources. Answers the folder. */
    public function make(): string
    {
        $folder = $this->root . '/artifacts/php';
        $protos = $this->protos();
        $common = $this->commonProtos();
        $stamp = $this->stamp($protos, $common);
        if (is_file($folder . '/stamp') && file_get_contents($folder . '/stamp') === $stamp) {
            return $folder;
        }
        Files::delete($folder);
        Files::folder($folder . '/generated');
        $this->generate($protos, $common, $folder . '/generated');
        Files::copy(self::RUNTIME . '/Google/Protobuf', $folder . '/runtime/Google/Protobuf');
        Files::copy(self::RUNTIME . '/GPBMetadata/Google/Protobuf', $folder . '/runtime/GPBMetadata/Google/Protobuf');
        $this->allowDynamicProperties($folder);
        if (!copy(self::RUNTIME_NOTICE, $folder . '/runtime/NOTICE.txt')) {
            throw new Refused('the licence notice of the protobuf runtime is missing: ' . self::RUNTIME_NOTICE);
        }
        file_put_contents($folder . '/runtime/NOTICE.txt', "\nChanged by MesChain: each class is marked #[\\AllowDynamicProperties], for PHP 8.2 and later.\n", FILE_APPEND);
        file_put_contents($folder . '/stamp', $stamp);

        return $folder;
    }

    /** @return array<int, string> paths below protos/, sorted */
    private function protos(): array
    {
        $found = array_filter(Files::below($this->root . '/protos/meschain'), static function (string $file): bool {
            return substr($file, -6) === '.proto';
        });

        return array_map(static function (string $file): string {
            return 'meschain/' . $file;
        }, array_values($found));
    }

    /** @return array{0: string, 1: array<int, string>} folder of Google's common protos, and the files of it to generate */
    private function commonProtos(): array
    {
        $packages = getenv('NUGET_PACKAGES') ?: getenv('HOME') . '/.nuget/packages';
        $folders = glob($packages . '/google.api.commonprotos/*/content/protos') ?: [];
        natsort($folders);
        if ($folders === []) {
            throw new Refused('google.api.commonprotos is not restored; run "dotnet restore" first');
        }
        $files = self::COMMON;
        foreach ($this->protos() as $proto) {
            if (strpos((string)file_get_contents($this->root . '/protos/' . $proto), 'google/api/annotations.proto') !== false) {
                $files = array_merge($files, self::COMMON_WHEN_IMPORTED);
                break;
            }
        }

        return [end($folders), $files];
    }

    /** @param array{0: string, 1: array<int, string>} $common */
    private function stamp(array $protos, array $common): string
    {
        $hash = hash_init('sha256');
        hash_update($hash, $this->protocVersion());
        foreach ($protos as $proto) {
            hash_update($hash, $proto . file_get_contents($this->root . '/protos/' . $proto));
        }
        foreach ($common[1] as $file) {
            hash_update($hash, $file . file_get_contents($common[0] . '/' . $file));
        }
        hash_update($hash, (string)file_get_contents(__FILE__));

        return hash_final($hash);
    }

    /** @param array{0: string, 1: array<int, string>} $common */
    private function generate(array $protos, array $common, string $folder): void
    {
        $arguments = array_merge(['-I', $this->root . '/protos', '-I', $common[0], '--php_out=' . $folder], $protos, $common[1]);
        exec('protoc ' . implode(' ', array_map('escapeshellarg', $arguments)) . ' 2>&1', $lines, $status);
        if ($status !== 0) {
            throw new Refused("protoc failed:\n" . implode("\n", $lines));
        }
    }

    /**
     * The 3.21 runtime and its messages keep some values in properties that are not declared. From PHP 8.2 on that is
     * deprecated, and OpenCart prints deprecations into its pages. Before PHP 8 the added line is a comment.
     */
    private function allowDynamicProperties(string $folder): void
    {
        foreach (Files::below($folder) as $name) {
            $code = (string)file_get_contents($folder . '/' . $name);
            $allowed = preg_replace('/^(?:abstract |final )?class \w+/m', "#[\\AllowDynamicProperties]\n$0", $code);
            if ($allowed !== $code) {
                file_put_contents($folder . '/' . $name, $allowed);
            }
        }
    }

    private function protocVersion(): string
    {
        $version = (string)exec('protoc --version 2>&1', $lines, $status);
        if ($status !== 0 || strpos($version, 'libprotoc ' . self::PROTOC . '.') !== 0) {
            throw new Refused(sprintf('protoc %s is needed (Debian: protobuf-compiler), found: %s', self::PROTOC, $version));
        }
        if (!is_dir(self::RUNTIME . '/Google/Protobuf')) {
            throw new Refused('the pure-PHP protobuf runtime is missing (Debian: php-google-protobuf)');
        }

        return $version;
    }
}
