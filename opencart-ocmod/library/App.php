<?php
declare(strict_types=1);

namespace MesChain;

use MesChain\Client\Backbone;
use MesChain\Client\CatalogClient;
use MesChain\Client\OfferClient;
use MesChain\Client\OrderClient;
use MesChain\Orders\Booking;
use MesChain\Orders\Change;
use MesChain\Orders\Imports;
use MesChain\Orders\OrderImport;
use MesChain\Orders\TrialOrders;
use MesChain\Outbox\Flusher;
use MesChain\Outbox\Outbox;
use MesChain\Outbox\ProductReader;
use MesChain\Outbox\Reports;
use MesChain\Outbox\Sent;
use MesChain\Outbox\Sequence;
use MesChain\Outbox\Sweep;
use MesChain\Setup\Engines;
use MesChain\Setup\KeyFile;
use MesChain\Shop\Settings;
use MesChain\Shop\Shop;
use MesChain\Shop\State;

/** Puts the parts together for one request. The one place where they are made. */
final class App
{
    /** @var Shop */
    private $shop;
    /** @var State */
    private $state;
    /** @var Settings */
    private $settings;
    /** @var KeyFile */
    private $keys;
    /** @var Backbone|null */
    private $backbone;

    public function __construct(Shop $shop)
    {
        $this->shop = $shop;
        $this->state = new State($shop->db());
        $this->settings = new Settings($this->state);
        $this->keys = new KeyFile($shop->storage());
    }

    public function shop(): Shop
    {
        return $this->shop;
    }

    public function state(): State
    {
        return $this->state;
    }

    public function settings(): Settings
    {
        return $this->settings;
    }

    public function keys(): KeyFile
    {
        return $this->keys;
    }

    public function backbone(): Backbone
    {
        return $this->backbone = $this->backbone ?? new Backbone($this->state, $this->settings, $this->keys);
    }

    public function outbox(): Outbox
    {
        return new Outbox($this->shop->db());
    }

    public function sent(): Sent
    {
        return new Sent($this->shop->db());
    }

    public function reader(): ProductReader
    {
        return new ProductReader($this->shop, $this->settings);
    }

    public function imports(): Imports
    {
        return new Imports($this->shop->db());
    }

    public function engines(): Engines
    {
        return new Engines($this->shop->db(), $this->state);
    }

    public function flusher(): Flusher
    {
        $channel = $this->backbone()->channel();
        $reports = new Reports(new CatalogClient($channel), new OfferClient($channel), $this->sent());

        return new Flusher($this->shop->db(), $this->outbox(), $this->reader(), new Sequence($this->shop->db()), $reports);
    }

    public function sweep(): Sweep
    {
        return new Sweep($this->shop->db(), $this->state, $this->reader(), $this->sent(), $this->outbox());
    }

    public function orderImport(): OrderImport
    {
        $imports = $this->imports();

        return new OrderImport(
            $this->shop,
            $this->settings,
            $this->engines(),
            new OrderClient($this->backbone()->channel()),
            $imports,
            new Booking($this->shop, $this->settings, $imports, $this->outbox()),
            new Change($this->shop, $this->settings, $imports, $this->outbox())
        );
    }

    public function trialOrders(): TrialOrders
    {
        return new TrialOrders($this->shop, $this->state, $this->imports(), $this->outbox());
    }

    public function slice(): Slice
    {
        return new Slice($this);
    }
}
