<?php
declare(strict_types=1);

namespace MesChain\Shop;

/**
 * The shop's own database connection, with values kept apart from the text.
 *
 * `{name}` in a statement is the shop's table of that name, `?` the next value. Statements of ours hold no other braces
 * and question marks. OpenCart's connection has no prepared statements, so values are escaped by it.
 */
final class Db
{
    private const DEADLOCKS = [1213, 1205];
    private const TRIES = 4;

    /** @var object OpenCart's DB: query, escape, countAffected */
    private $db;
    /** @var string */
    private $prefix;
    /** @var string */
    private $database;

    public function __construct(object $db, string $prefix, string $database)
    {
        $this->db = $db;
        $this->prefix = $prefix;
        $this->database = $database;
    }

    /**
     * @param array<int, int|string|null> $values
     * @return array<int, array<string, string|null>>
     */
    public function rows(string $sql, array $values = []): array
    {
        return $this->db->query($this->fill($sql, $values))->rows;
    }

    /**
     * @param array<int, int|string|null> $values
     * @return array<string, string|null>|null
     */
    public function row(string $sql, array $values = []): ?array
    {
        return $this->rows($sql, $values)[0] ?? null;
    }

    /**
     * The first column of the first row; null when there is none.
     *
     * @param array<int, int|string|null> $values
     */
    public function value(string $sql, array $values = []): ?string
    {
        $row = $this->row($sql, $values);
        $value = $row === null ? null : reset($row);

        return $value === null ? null : (string)$value;
    }

    /**
     * Runs a statement and answers how many rows it changed.
     *
     * @param array<int, int|string|null> $values
     */
    public function run(string $sql, array $values = []): int
    {
        $this->db->query($this->fill($sql, $values));

        return (int)$this->db->countAffected();
    }

    /** "?, ?, ?" for a list of that length; the list must not be empty. */
    public static function marks(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    /**
     * Runs `$work` in one transaction; a deadlock runs it again from the start.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public function transaction(callable $work)
    {
        for ($try = 1; ; $try++) {
            $this->db->query('START TRANSACTION');
            try {
                $result = $work();
                $this->db->query('COMMIT');

                return $result;
            } catch (\Throwable $fault) {
                $this->db->query('ROLLBACK');
                if ($try >= self::TRIES || !in_array(self::errorNumber($fault), self::DEADLOCKS, true)) {
                    throw $fault;
                }
            }
        }
    }

    /** MySQL's number of a fault; zero when it is none of the database's. */
    public static function errorNumber(\Throwable $fault): int
    {
        if ($fault instanceof \mysqli_sql_exception) {
            return (int)$fault->getCode(); // OpenCart 3.0.3 on PHP 8.1 and later lets it through as it is
        }

        return preg_match('/(?:Error No: |SQLSTATE\[\w+\]: [^:]*: )(\d+)/', $fault->getMessage(), $match) ? (int)$match[1] : 0;
    }

    /**
     * Takes a lock of this shop, held until unlock() or the end of the connection. Hold one at a time: before MySQL 5.7
     * a second one would give the first back.
     */
    public function lock(string $name, int $waitSeconds = 0): bool
    {
        return $this->value('SELECT GET_LOCK(?, ?)', [$this->lockName($name), $waitSeconds]) === '1';
    }

    public function unlock(string $name): void
    {
        $this->value('SELECT RELEASE_LOCK(?)', [$this->lockName($name)]);
    }

    /** Whether the shop has this table: versions differ, and forks too, so the schema is asked. */
    public function hasTable(string $name): bool
    {
        return $this->value('SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = ?', [$this->database, $this->table($name)]) !== '0';
    }

    public function hasColumn(string $table, string $column): bool
    {
        return $this->value(
            'SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = ?',
            [$this->database, $this->table($table), $column]
        ) !== '0';
    }

    public function database(): string
    {
        return $this->database;
    }

    public function table(string $name): string
    {
        return $this->prefix . $name;
    }

    /** @param array<int, int|string|null> $values */
    private function fill(string $sql, array $values): string
    {
        $sql = (string)preg_replace('/\{(\w+)\}/', '`' . $this->prefix . '$1`', $sql);
        $parts = explode('?', $sql);
        if (count($parts) !== count($values) + 1) {
            throw new \LogicException('values and question marks differ: ' . $sql);
        }
        $filled = array_shift($parts);
        foreach (array_values($values) as $at => $value) {
            $filled .= $this->literal($value) . $parts[$at];
        }

        return $filled;
    }

    /** @param int|string|null $value */
    private function literal($value): string
    {
        if ($value === null) {
            return 'NULL';
        }

        return is_int($value) ? (string)$value : "'" . $this->db->escape((string)$value) . "'";
    }

    /** Locks are the server's, not the database's: other shops of the host must not meet ours. */
    private function lockName(string $name): string
    {
        return 'meschain.' . $name . '.' . substr(sha1($this->database . '.' . $this->prefix), 0, 16);
    }
}
