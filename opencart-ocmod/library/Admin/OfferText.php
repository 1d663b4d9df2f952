<?php
declare(strict_types=1);

namespace MesChain\Admin;

use Google\Protobuf\Timestamp;
use MesChain\Proto\Sync\V1\Offer;
use MesChain\Proto\Sync\V1\OfferState;

/** An offer as a row: one sentence and one dot; its three states on opening. */
final class OfferText
{
    public const STATES = [
        OfferState::OFFER_STATE_CLEAN => 'clean',
        OfferState::OFFER_STATE_DIRTY => 'dirty',
        OfferState::OFFER_STATE_HELD => 'held',
        OfferState::OFFER_STATE_IN_FLIGHT => 'in_flight',
        OfferState::OFFER_STATE_AWAITING => 'awaiting',
        OfferState::OFFER_STATE_UNCERTAIN => 'uncertain',
        OfferState::OFFER_STATE_FAILED => 'failed',
        OfferState::OFFER_STATE_DIVERGED => 'diverged',
    ];

    /** @var Texts */
    private $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /** @return array<string, mixed> */
    public function of(Offer $offer, string $marketplace): array
    {
        $state = self::STATES[$offer->getStockState()] ?? 'dirty';
        $unknown = $this->texts->get('text_unknown');
        $price = self::STATES[$offer->getPriceState()] ?? '';

        return [
            'id' => $offer->getShopVariantId(),
            'title' => $offer->getTitle(),
            'barcode' => $offer->getBarcode(),
            'state' => $state,
            'dot' => ConnectionText::offerDot($state),
            'sentence' => $this->sentence($offer, $state, $marketplace),
            'desired' => $offer->getDesiredQuantity(),
            'acked' => $offer->hasAckedQuantity() ? (string)$offer->getAckedQuantity() : $unknown,
            'acked_time' => $this->time($offer->getAckedTime()),
            'observed' => $offer->hasObservedQuantity() ? (string)$offer->getObservedQuantity() : $unknown,
            'observed_time' => $this->time($offer->getObservedTime()),
            'sent_time' => $this->time($offer->getSentTime()),
            'price' => $offer->getDesiredPrice() === null ? $unknown : $this->texts->money((int)$offer->getDesiredPrice()->getMinor()),
            'acked_price' => $offer->getAckedPrice() === null ? $unknown : $this->texts->money((int)$offer->getAckedPrice()->getMinor()),
            'price_state' => $price === '' ? $unknown : $this->texts->get('offer_' . $price),
            'issue' => $offer->getIssueCode() === '' ? '' : $this->texts->firstOf('issue_' . strtolower($offer->getIssueCode()) . '_fix', $offer->getIssueCode()),
        ];
    }

    /** "Trendyol'da 5, olması gereken 4; 12 sn önce gönderildi" */
    private function sentence(Offer $offer, string $state, string $marketplace): string
    {
        $there = $offer->hasAckedQuantity() ? $offer->getAckedQuantity() : ($offer->hasObservedQuantity() ? $offer->getObservedQuantity() : null);
        if ($state === 'clean') {
            return $this->texts->get('sentence_clean', $marketplace, $offer->getDesiredQuantity());
        }
        $first = $there === null
            ? $this->texts->get('sentence_unknown', $marketplace, $offer->getDesiredQuantity())
            : ($there === $offer->getDesiredQuantity()
                ? $this->texts->get('sentence_same', $marketplace, $there)
                : $this->texts->get('sentence_differs', $marketplace, $there, $offer->getDesiredQuantity()));
        if ($there === $offer->getDesiredQuantity() && $state === 'uncertain') {
            return $first . '; ' . $this->texts->get('sentence_read_back');
        }
        $sent = $offer->getSentTime();
        $second = in_array($state, ['in_flight', 'awaiting'], true) && $sent !== null
            ? $this->texts->get('sentence_sent', $this->texts->age(max(0, time() - (int)$sent->getSeconds())))
            : $this->texts->get('sentence_' . $state);

        return $first . '; ' . $second;
    }

    private function time(?Timestamp $time): string
    {
        return $this->texts->time($time === null ? null : (int)$time->getSeconds());
    }
}
