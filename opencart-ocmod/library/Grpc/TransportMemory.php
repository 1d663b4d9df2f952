<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** Where the probe keeps its choice. */
interface TransportMemory
{
    /** The carrier that was found for this address after that Unix time; null when there is none. */
    public function recall(string $address, int $notBefore): ?string;

    public function remember(string $address, string $transport, int $now): void;

    public function forget(): void;
}
