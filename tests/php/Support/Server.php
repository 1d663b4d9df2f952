<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Grpc\Address;
use MesChain\Grpc\Channel;
use MesChain\Grpc\GrpcWebTransport;
use MesChain\Grpc\Http2Transport;
use MesChain\Grpc\TlsOptions;

/** The real server, on loopback: the one the environment names, or the built one started here with data of its own. */
final class Server
{
    /** @var self|null */
    private static $running;
    /** @var \RuntimeException|null it is started once, or not at all */
    private static $fault;
    /** @var string */
    public $grpc;
    /** @var string */
    public $http;
    /** @var string */
    public $key;

    private function __construct(string $grpc, string $http, string $key)
    {
        $this->grpc = $grpc;
        $this->http = $http;
        $this->key = $key;
    }

    public static function get(): self
    {
        if (self::$fault !== null) {
            throw self::$fault;
        }
        if (self::$running === null) {
            self::$running = getenv('MESCHAIN_TEST_GRPC') !== false
                ? new self((string)getenv('MESCHAIN_TEST_GRPC'), (string)getenv('MESCHAIN_TEST_HTTP'), (string)getenv('MESCHAIN_TEST_KEY'))
                : self::start();
        }

        return self::$running;
    }

    /** @return array<string, Channel> one channel for each carrier */
    public function channels(?string $key = null): array
    {
        return [
            'h2' => new Channel(new Http2Transport(Address::parse($this->grpc), new TlsOptions()), $key ?? $this->key),
            'web' => new Channel(new GrpcWebTransport(Address::parse($this->http), new TlsOptions()), $key ?? $this->key),
        ];
    }

    private static function start(): self
    {
        $root = dirname(__DIR__, 3);
        $binaries = glob($root . '/artifacts/bin/MesChain.Server/*/meschain-server') ?: [];
        if ($binaries === []) {
            throw Skipped::because('the server is not built');
        }
        $data = sys_get_temp_dir() . '/meschain-php-' . bin2hex(random_bytes(6));
        mkdir($data, 0700);
        [$grpc, $http] = [Ports::free(), Ports::free()];
        $environment = [
            'MESCHAIN__Listeners__Grpc' => '127.0.0.1:' . $grpc,
            'MESCHAIN__Listeners__Http' => '127.0.0.1:' . $http,
            'MESCHAIN__Data' => $data,
            'MESCHAIN__Sandbox__Enabled' => 'true',
            'DOTNET_ENVIRONMENT' => 'Development',
        ] + getenv();
        $process = proc_open([$binaries[0]], [['file', '/dev/null', 'r'], ['file', $data . '/log', 'w'], ['file', $data . '/log', 'a']], $pipes, $data, $environment);
        register_shutdown_function(static function () use ($process, $data): void {
            proc_terminate($process);
            proc_close($process);
            exec('rm -rf ' . escapeshellarg($data));
        });
        for ($try = 0; $try < 600; $try++) {
            usleep(100000);
            $curl = curl_init('http://127.0.0.1:' . $http . '/readyz');
            curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_PROXY => '', CURLOPT_TIMEOUT => 2]);
            curl_exec($curl);
            if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) === 200 && is_file($data . '/bootstrap-key')) {
                return new self('http://127.0.0.1:' . $grpc, 'http://127.0.0.1:' . $http, trim((string)file_get_contents($data . '/bootstrap-key')));
            }
            if (!proc_get_status($process)['running']) {
                break;
            }
        }
        self::$fault = new \RuntimeException('the server did not start: ' . substr((string)file_get_contents($data . '/log'), 0, 1500));
        throw self::$fault;
    }
}
