<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Grpc\TransportMemory;

/** Keeps the probe's choice for one test. */
final class Memory implements TransportMemory
{
    /** @var string|null */
    public $kept;

    public function recall(string $address, int $notBefore): ?string
    {
        return $this->kept;
    }

    public function remember(string $address, string $transport, int $now): void
    {
        $this->kept = $transport;
    }

    public function forget(): void
    {
        $this->kept = null;
    }
}
