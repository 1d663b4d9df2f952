<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

/** The face of OpenCart's DB class, with its way of failing: the statement in the message. */
final class OpenCartDb
{
    /** @var \mysqli */
    private $connection;
    /** @var callable(string): void|null called before each statement; a test may throw from it */
    public $before;

    public function __construct(\mysqli $connection)
    {
        $this->connection = $connection;
    }

    /** @return object|bool */
    public function query(string $sql)
    {
        if ($this->before !== null) {
            ($this->before)($sql);
        }
        try {
            $result = $this->connection->query($sql);
        } catch (\mysqli_sql_exception $fault) {
            throw new \Exception('Error: ' . $fault->getMessage() . '<br/>Error No: ' . $fault->getCode() . '<br/>' . $sql);
        }
        if (!$result instanceof \mysqli_result) {
            return true;
        }
        $rows = $result->fetch_all(MYSQLI_ASSOC);

        return (object)['num_rows' => count($rows), 'row' => $rows[0] ?? [], 'rows' => $rows];
    }

    /** Ends the connection as a dead process does: what was not committed is gone. */
    public function kill(): void
    {
        $this->connection->close();
    }

    public function escape(string $value): string
    {
        return $this->connection->real_escape_string($value);
    }

    public function countAffected(): int
    {
        return $this->connection->affected_rows;
    }

    public function getLastId(): int
    {
        return $this->connection->insert_id;
    }
}
