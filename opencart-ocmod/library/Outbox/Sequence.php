<?php
declare(strict_types=1);

namespace MesChain\Outbox;

use MesChain\Shop\Db;

/** Numbers the reports of this shop. A row of the shop's database, so that no clock orders anything. */
final class Sequence
{
    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    public function next(): int
    {
        $this->db->run('UPDATE {meschain_sequence} SET value = LAST_INSERT_ID(value + 1) WHERE id = 1');

        return (int)$this->db->value('SELECT LAST_INSERT_ID()');
    }

    /**
     * Leaps ahead after the backbone called a new number stale: the shop's database was restored from an older state.
     * Doubling reaches any number within a few reports.
     */
    public function leap(): void
    {
        $this->db->run('UPDATE {meschain_sequence} SET value = value * 2 + 1000 WHERE id = 1 AND value < 1000000000000000');
    }
}
