<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** A TLS server of an own authority, for the name "localhost" only. Answers every call by gRPC-Web with status 0 and an empty message. */
final class TlsServer
{
    private const CODE = <<<'PHP'
        $context = stream_context_create(['ssl' => ['local_cert' => $argv[1] . '/server.pem', 'local_pk' => $argv[1] . '/server.key']]);
        $server = stream_socket_server('ssl://127.0.0.1:' . $argv[2], $number, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
        echo "ready\n";
        while (true) {
            $client = @stream_socket_accept($server, 60);
            if ($client === false) { continue; }
            while (($line = fgets($client)) !== false && trim($line) !== '') { }
            $body = "\0\0\0\0\0\x80" . pack('N', 16) . "grpc-status: 0\r\n";
            fwrite($client, "HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: " . strlen($body) . "\r\nconnection: close\r\n\r\n" . $body);
            fclose($client);
        }
        PHP;

    /** @var int */
    public $port;
    /** @var string */
    public $caFile;
    /** @var string */
    private $folder;
    /** @var resource */
    private $process;

    public function __construct()
    {
        exec('command -v openssl', $found, $status);
        if ($status !== 0) {
            throw Skipped::because('openssl is not installed');
        }
        $this->folder = sys_get_temp_dir() . '/meschain-tls-' . bin2hex(random_bytes(6));
        mkdir($this->folder, 0700);
        $this->caFile = $this->folder . '/ca.pem';
        file_put_contents($this->folder . '/san', 'subjectAltName=DNS:localhost');
        foreach ([
            'req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=own authority"',
            'req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost',
            'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem -extfile san',
        ] as $step) {
            exec('cd ' . escapeshellarg($this->folder) . ' && openssl ' . $step . ' 2>/dev/null', $lines, $status);
            if ($status !== 0) {
                throw new \RuntimeException('openssl failed: ' . $step);
            }
        }
        $this->port = Ports::free();
        $this->process = proc_open([PHP_BINARY, '-r', self::CODE, '--', $this->folder, (string)$this->port], [1 => ['pipe', 'w']], $pipes);
        fgets($pipes[1]);
    }

    public function __destruct()
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
        exec('rm -rf ' . escapeshellarg($this->folder));
    }
}
