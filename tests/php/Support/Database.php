<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** A MariaDB of this run's own, on a socket in a folder of its own; each shop gets a fresh database in it. */
final class Database
{
    /** @var string|null */
    private static $socket;

    public static function connect(string $database = ''): \mysqli
    {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $connection = new \mysqli('localhost', 'root', '', $database, 0, self::socket());
        $connection->set_charset('utf8mb4');
        $connection->query("SET SESSION sql_mode = 'NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'");

        return $connection;
    }

    private static function socket(): string
    {
        if (self::$socket !== null) {
            return self::$socket;
        }
        $server = trim((string)shell_exec('command -v mariadbd || ls /usr/sbin/mariadbd 2>/dev/null'));
        if ($server === '' || !extension_loaded('mysqli')) {
            throw Skipped::because('MariaDB or mysqli is not installed');
        }
        $folder = sys_get_temp_dir() . '/meschain-db-' . bin2hex(random_bytes(6));
        mkdir($folder, 0700);
        $user = posix_getuid() === 0 ? ' --user=root' : '';
        exec('mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db --datadir=' . escapeshellarg($folder . '/data') . $user . ' 2>&1', $lines, $status);
        if ($status !== 0) {
            throw new \RuntimeException('mariadb-install-db failed: ' . implode("\n", array_slice($lines, -5)));
        }
        $command = 'exec ' . escapeshellarg($server) . ' --no-defaults --skip-networking --innodb-flush-log-at-trx-commit=2 --innodb-buffer-pool-size=32M'
            . ' --character-set-server=latin1 --datadir=' . escapeshellarg($folder . '/data') . ' --socket=' . escapeshellarg($folder . '/socket')
            . ' --pid-file=' . escapeshellarg($folder . '/pid') . $user;
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', $folder . '/log', 'w'], ['file', $folder . '/log', 'a']], $pipes);
        register_shutdown_function(static function () use ($process, $folder): void {
            proc_terminate($process);
            proc_close($process);
            exec('rm -rf ' . escapeshellarg($folder));
        });
        for ($try = 0; $try < 300 && !file_exists($folder . '/socket'); $try++) {
            usleep(100000);
        }

        return self::$socket = $folder . '/socket';
    }
}
