<?php
declare(strict_types=1);

namespace MesChain\Orders;

/** What is written into orders, in the language of the order. */
final class Words
{
    public const TURKISH = [
        'sub_total' => 'Ara Toplam',
        'tax' => 'KDV (%%%s)',
        'total' => 'Toplam',
        'order' => '%s siparişi %s',
        'trial' => 'Deneme siparişi: simülatörden geldi, gerçek değildir.',
        'vat_unknown' => 'KDV oranı bilinmiyor: %s',
        'unlinked' => 'Eşleşmemiş barkod, stok düşülmedi: %s',
        'cancelled' => 'Pazaryerinde iptal edildi.',
        'cancelled_units' => 'Pazaryerinde iptal edildi: %d adet %s',
        'restocked_units' => 'İade alındı, yeniden rafta: %d adet %s',
        'lowered_shop' => 'Bu adetler sipariş satırından düşüldü.',
        'tracking' => 'Kargo takip numarası: %s (%s)',
        'shipped' => 'Kargoya verildi.',
        'delivered' => 'Teslim edildi.',
        'address_note' => 'Vergi no: %s, vergi dairesi: %s',
    ];

    public const ENGLISH = [
        'sub_total' => 'Sub-Total',
        'tax' => 'VAT (%s%%)',
        'total' => 'Total',
        'order' => '%s order %s',
        'trial' => 'Trial order: it came from the simulator and is not real.',
        'vat_unknown' => 'VAT rate unknown: %s',
        'unlinked' => 'Barcode not linked, no stock taken: %s',
        'cancelled' => 'Cancelled at the marketplace.',
        'cancelled_units' => 'Cancelled at the marketplace: %d of %s',
        'restocked_units' => 'Given back and on the shelf again: %d of %s',
        'lowered_shop' => 'These units were taken off the order line.',
        'tracking' => 'Tracking number: %s (%s)',
        'shipped' => 'Shipped.',
        'delivered' => 'Delivered.',
        'address_note' => 'Tax number: %s, tax office: %s',
    ];

    /** @var array<string, string> */
    private $words;

    public function __construct(string $languageCode)
    {
        $this->words = strncmp($languageCode, 'tr', 2) === 0 || $languageCode === 'turkish' ? self::TURKISH : self::ENGLISH;
    }

    /** @param int|string ...$values */
    public function get(string $name, ...$values): string
    {
        return $values === [] ? $this->words[$name] : vsprintf($this->words[$name], $values);
    }

    /** @return array<string, string> */
    public function totals(): array
    {
        return ['sub_total' => $this->words['sub_total'], 'tax' => $this->words['tax'], 'total' => $this->words['total']];
    }
}
