<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** A loopback port that nobody listens on. */
final class Ports
{
    public static function free(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int)substr((string)strrchr(stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);

        return $port;
    }
}
