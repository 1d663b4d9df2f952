<?php
declare(strict_types=1);

namespace MesChain\Tests\Support;

use MesChain\Client\CatalogClient;
use MesChain\Client\OfferClient;
use MesChain\Client\OrderClient;
use MesChain\Grpc\Channel;
use MesChain\Orders\Booking;
use MesChain\Orders\Change;
use MesChain\Orders\Imports;
use MesChain\Orders\OrderImport;
use MesChain\Outbox\Flusher;
use MesChain\Outbox\Outbox;
use MesChain\Outbox\ProductReader;
use MesChain\Outbox\Reports;
use MesChain\Outbox\Sent;
use MesChain\Outbox\Sequence;
use MesChain\Setup\Engines;
use MesChain\Shop\Settings;
use MesChain\Shop\State;

/** A shop and a backbone, wired as App does it. */
final class Rig
{
    /** @var TestShop */
    public $shop;
    /** @var FakeBackbone */
    public $backbone;
    /** @var Outbox */
    public $outbox;
    /** @var Settings */
    public $settings;
    /** @var State */
    public $state;
    /** @var Imports */
    public $imports;

    public function __construct(?TestShop $shop = null, ?FakeBackbone $backbone = null)
    {
        $this->shop = $shop ?? new TestShop();
        $this->backbone = $backbone ?? new FakeBackbone();
        $this->outbox = new Outbox($this->shop->db());
        $this->state = new State($this->shop->db());
        $this->settings = new Settings($this->state);
        $this->settings->set('status_new', '2');
        $this->settings->set('status_shipped', '3');
        $this->settings->set('status_cancelled', '7');
        $this->settings->set('trial_orders', '1');
        $this->imports = new Imports($this->shop->db());
    }

    public function reader(): ProductReader
    {
        return new ProductReader($this->shop, $this->settings);
    }

    public function flusher(): Flusher
    {
        $channel = $this->channel();
        $reports = new Reports(new CatalogClient($channel), new OfferClient($channel), new Sent($this->shop->db()));

        return new Flusher($this->shop->db(), $this->outbox, $this->reader(), new Sequence($this->shop->db()), $reports);
    }

    public function import(): OrderImport
    {
        return new OrderImport($this->shop, $this->settings, new Engines($this->shop->db(), $this->state), new OrderClient($this->channel()), $this->imports,
            new Booking($this->shop, $this->settings, $this->imports, $this->outbox), new Change($this->shop, $this->settings, $this->imports, $this->outbox));
    }

    private function channel(): Channel
    {
        return new Channel($this->backbone, 'mck_test', static function (int $ms): void {
        });
    }
}
