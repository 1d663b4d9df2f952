<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\Shop\Db;
use MesChain\Shop\State;

/**
 * The storage engines of the core's order tables. OpenCart 3 makes them MyISAM, where a transaction is void; on the
 * owner's word they become InnoDB, and what they were is remembered for the way back.
 */
final class Engines
{
    /** The core's tables that an imported order changes: all must take part in a transaction. */
    public const TABLES = ['order', 'order_product', 'order_option', 'order_total', 'order_history', 'product', 'product_option_value'];
    /** No order is booked while this is held: an engine must not change under one. */
    public const LOCK = 'orders';

    private const MEMORY = 'engines';
    private const WAIT_SECONDS = 30;

    /** @var Db */
    private $db;
    /** @var State */
    private $state;

    public function __construct(Db $db, State $state)
    {
        $this->db = $db;
        $this->state = $state;
    }

    /**
     * The order tables that are not InnoDB. No order is imported while there is one.
     *
     * @return array<int, string> names with the shop's prefix
     */
    public function notTransactional(): array
    {
        return array_map([$this->db, 'table'], array_keys($this->others()));
    }

    /**
     * Makes them InnoDB. Each is remembered before it is changed, so the way back is known wherever this ends.
     *
     * @return array<int, string> names of those that are not InnoDB all the same
     */
    public function convert(): array
    {
        $this->alone(function (): void {
            foreach ($this->others() as $table => $engine) {
                $this->state->set(self::MEMORY, (string)json_encode($this->remembered() + [$table => $engine]));
                $this->change($table, 'InnoDB');
            }
        });

        return $this->notTransactional();
    }

    /** Gives the tables back the engines that convert() found. */
    public function restore(): void
    {
        $this->alone(function (): void {
            foreach ($this->remembered() as $table => $engine) {
                if ($this->change($table, $engine)) {
                    $this->state->set(self::MEMORY, (string)json_encode(array_diff_key($this->remembered(), [$table => true])));
                }
            }
        });
    }

    /** @return array<string, string> what convert() changed: table without prefix => the engine it had */
    public function remembered(): array
    {
        $engines = json_decode($this->state->get(self::MEMORY, '{}'), true);

        return is_array($engines) ? array_intersect_key($engines, array_flip(self::TABLES)) : [];
    }

    private function alone(callable $work): void
    {
        if (function_exists('set_time_limit')) {
            set_time_limit(0); // a large table takes its time, and half of the tables help nobody
        }
        if (!$this->db->lock(self::LOCK, self::WAIT_SECONDS)) {
            return;
        }
        try {
            $work();
        } finally {
            $this->db->unlock(self::LOCK);
        }
    }

    /** Whether the database did it. Where it did not, the pages go on naming the table. */
    private function change(string $table, string $engine): bool
    {
        try {
            $this->db->run(sprintf('ALTER TABLE {%s} ENGINE=%s', $table, preg_replace('/\W/', '', $engine)));

            return true;
        } catch (\Exception $fault) {
            return false;
        }
    }

    /** @return array<string, string> table without prefix => engine, of those that are not InnoDB */
    private function others(): array
    {
        $names = array_combine(array_map([$this->db, 'table'], self::TABLES), self::TABLES);
        $rows = $this->db->rows(
            'SELECT table_name AS name, engine AS engine FROM information_schema.tables WHERE table_schema = ? AND engine <> \'InnoDB\' AND table_name IN (' . Db::marks($names) . ')',
            array_merge([$this->db->database()], array_keys($names))
        );
        $found = [];
        foreach ($rows as $row) {
            $found[$names[$row['name']]] = (string)$row['engine'];
        }

        return $found;
    }
}
