<?php
declare(strict_types=1);

namespace MesChain\Shop;

use MesChain\Grpc\TransportMemory;

/** Small durable values of the extension, one row each. Nothing secret lies here. */
final class State implements TransportMemory
{
    /** @var Db */
    private $db;

    public function __construct(Db $db)
    {
        $this->db = $db;
    }

    public function get(string $name, string $default = ''): string
    {
        return $this->db->value('SELECT value FROM {meschain_state} WHERE name = ?', [$name]) ?? $default;
    }

    public function int(string $name, int $default = 0): int
    {
        return (int)$this->get($name, (string)$default);
    }

    public function set(string $name, string $value): void
    {
        $this->db->run(
            'INSERT INTO {meschain_state} (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
            [$name, $value]
        );
    }

    public function drop(string $name): void
    {
        $this->db->run('DELETE FROM {meschain_state} WHERE name = ?', [$name]);
    }

    public function recall(string $address, int $notBefore): ?string
    {
        [$name, $time, $for] = explode(' ', $this->get('transport')) + ['', '0', ''];

        return $name !== '' && $for === $address && (int)$time >= $notBefore ? $name : null;
    }

    public function remember(string $address, string $transport, int $now): void
    {
        $this->set('transport', $transport . ' ' . $now . ' ' . $address);
    }

    public function forget(): void
    {
        $this->drop('transport');
    }
}
