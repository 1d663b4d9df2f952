<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Outbox\Outbox;
use MesChain\Proto\Sync\V1\Order;
use MesChain\Shop\Currency;
use MesChain\Shop\Settings;
use MesChain\Shop\Shop;
use MesChain\Shop\Text;

/** Books a marketplace order as an OpenCart order. Runs within one transaction of the shop, or not at all. */
final class Booking
{
    public const TRIAL_PREFIX = 'TEST-';

    /** @var Shop */
    private $shop;
    /** @var Settings */
    private $settings;
    /** @var Imports */
    private $imports;
    /** @var Outbox */
    private $outbox;

    public function __construct(Shop $shop, Settings $settings, Imports $imports, Outbox $outbox)
    {
        $this->shop = $shop;
        $this->settings = $settings;
        $this->imports = $imports;
        $this->outbox = $outbox;
    }

    /** The caller's transaction must be open. */
    public function book(Order $order): Import
    {
        $this->imports->reserve($order);
        $words = new Words($this->shop->languageCode());
        $currency = Currency::of($this->shop);
        $lines = new OrderLines($this->shop, $currency);
        $amounts = $lines->amounts($order);
        $products = [];
        $held = [];
        foreach ($order->getLines() as $line) {
            if ($amounts[$line->getLineId()]->quantity > 0) {
                $products[] = $lines->product($line, $amounts[$line->getLineId()]);
                $held[$line->getLineId()] = OrderLines::sold($line);
            }
        }
        $book = $this->shop->orders();
        $orderId = $book->add($this->data($order, $currency, $words) + [
            'products' => $products,
            'totals' => $lines->totals($amounts, $words->totals()),
            'total' => $lines->total($amounts),
        ]);
        $book->setTransactionId($orderId, $this->number($order));
        $book->addHistory($orderId, $this->settings->statusNew(), Text::stored($this->comment($order, $amounts, $words), 4000));
        $this->outbox->markOrder($orderId);
        $this->imports->applied($order->getId(), $orderId);

        $import = new Import($order->getConnectionId(), $order->getOrderNumber(), $order->getId());
        $import->orderId = $orderId;
        $import->revision = (int)$order->getRevision();
        $rows = $this->shop->db()->rows('SELECT order_product_id FROM {order_product} WHERE order_id = ? ORDER BY order_product_id', [$orderId]);
        foreach (array_keys($held) as $place => $lineId) {
            $import->booked[$lineId] = ['row' => (int)$rows[$place]['order_product_id'], 'quantity' => $held[$lineId]];
        }
        $this->imports->save($import);

        return $import;
    }

    /** @return array<string, mixed> what addOrder reads beside products and totals */
    private function data(Order $order, Currency $currency, Words $words): array
    {
        $addresses = new AddressFields(new Places($this->shop));
        $buyer = $order->getBuyer();
        $shipping = $order->getShippingAddress();
        $marketplace = ucfirst($order->getMarketplace());
        $shippingMethod = $order->getPackages()->count() > 0 ? $order->getPackages()[0]->getCargoProvider() : '';
        $method = static function (string $name) use ($marketplace): array {
            return ['name' => Text::stored($name === '' ? $marketplace : $name, 100), 'code' => 'meschain.meschain', 'cost' => 0, 'tax_class_id' => 0];
        };

        return [
            'subscription_id' => 0,
            'invoice_prefix' => ($order->getTrial() ? self::TRIAL_PREFIX : '') . $this->shop->config('config_invoice_prefix'),
            'store_id' => 0,
            'store_name' => (string)$this->shop->config('config_name'),
            'store_url' => $this->shop->url(),
            'customer_id' => 0,
            'customer_group_id' => (int)$this->shop->config('config_customer_group_id'),
            'firstname' => Text::stored($buyer === null ? '' : $buyer->getFirstName(), 32),
            'lastname' => Text::stored($buyer === null ? '' : $buyer->getLastName(), 32),
            // An address that goes nowhere by definition, where the marketplace gives none: the column must look like one.
            'email' => Text::stored($buyer === null || $buyer->getEmail() === '' ? $order->getMarketplace() . '@meschain.invalid' : $buyer->getEmail(), 96),
            'telephone' => Text::stored($shipping === null ? '' : $shipping->getPhone(), 32),
            'custom_field' => [],
            'payment_method' => $method($order->getPaymentMethod()),
            'payment_code' => 'meschain',
            'shipping_method' => $method($shippingMethod),
            'shipping_code' => 'meschain',
            'comment' => Text::stored($words->get('order', $marketplace, $this->number($order)), 1000),
            'affiliate_id' => 0, 'commission' => 0, 'marketing_id' => 0, 'tracking' => '',
            'language_id' => $this->shop->languageId(),
            'language_code' => $this->shop->languageCode(),
            'currency_id' => $currency->id,
            'currency_code' => Currency::TRADE,
            'currency_value' => $currency->rate,
            'ip' => '', 'forwarded_ip' => '', 'user_agent' => '', 'accept_language' => '',
            'vouchers' => [],
        ] + $addresses->of($order->getInvoiceAddress() ?? $shipping, 'payment_') + $addresses->of($shipping, 'shipping_');
    }

    private function number(Order $order): string
    {
        return ($order->getTrial() ? self::TRIAL_PREFIX : '') . $order->getOrderNumber();
    }

    /** @param array<string, Amounts> $amounts */
    private function comment(Order $order, array $amounts, Words $words): string
    {
        $notes = [$words->get('order', ucfirst($order->getMarketplace()), $this->number($order))];
        if ($order->getTrial()) {
            $notes[] = $words->get('trial');
        }
        $invoice = $order->getInvoiceAddress();
        if ($invoice !== null && $invoice->getTaxNumber() !== '') {
            $notes[] = $words->get('address_note', $invoice->getTaxNumber(), $invoice->getTaxOffice());
        }
        foreach ($order->getLines() as $line) {
            if ($amounts[$line->getLineId()]->vatBasisPoints === null) {
                $notes[] = $words->get('vat_unknown', $line->getTitle());
            }
            if ($line->getShopVariantId() === '') {
                $notes[] = $words->get('unlinked', $line->getBarcode());
            }
        }

        return implode("\n", $notes);
    }
}
