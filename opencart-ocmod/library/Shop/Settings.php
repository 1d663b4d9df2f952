<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** What the owner chose. Lies in our own table: OpenCart deletes a module's settings whenever it is disabled. */
final class Settings
{
    public const BARCODE_SOURCES = ['EAN', 'UPC', 'SKU', 'JAN', 'ISBN', 'MPN', 'MODEL'];

    /** @var State */
    private $state;

    public function __construct(State $state)
    {
        $this->state = $state;
    }

    public function address(): string
    {
        return $this->state->get('setting.address');
    }

    /** PEM file of an own certificate authority; empty means the system's. */
    public function caFile(): string
    {
        return $this->state->get('setting.ca_file');
    }

    /** One of BARCODE_SOURCES. */
    public function barcodeSource(): string
    {
        return $this->state->get('setting.barcode_source', 'EAN');
    }

    /** Order status of a new marketplace order; zero means not chosen yet, and orders wait. */
    public function statusNew(): int
    {
        return $this->state->int('setting.status_new');
    }

    /** Zero leaves the order's status as it is. */
    public function statusShipped(): int
    {
        return $this->state->int('setting.status_shipped');
    }

    /** Zero means not chosen yet. */
    public function statusCancelled(): int
    {
        return $this->state->int('setting.status_cancelled');
    }

    public function trialOrders(): bool
    {
        return $this->state->get('setting.trial_orders') === '1';
    }

    public function set(string $name, string $value): void
    {
        $this->state->set('setting.' . $name, $value);
    }
}
