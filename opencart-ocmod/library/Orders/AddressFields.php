<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Proto\Sync\V1\Address;
use MesChain\Shop\Text;

/** A marketplace's address in OpenCart's columns: province = zone, district = city, quarter and the rest = address lines. */
final class AddressFields
{
    private const LINE_MAX = 128;

    /** @var Places */
    private $places;

    public function __construct(Places $places)
    {
        $this->places = $places;
    }

    /**
     * @param string $prefix "payment_" or "shipping_"
     * @return array<string, mixed>
     */
    public function of(?Address $address, string $prefix): array
    {
        $address = $address ?? new Address();
        $country = $this->places->country($address->getCountryCode() === '' ? 'TR' : $address->getCountryCode());
        $zone = $this->places->zone($country['id'], $address->getCity());
        [$first, $second] = self::lines($address);
        $fields = [
            'address_id' => 0,
            'firstname' => Text::stored($address->getFirstName(), 32),
            'lastname' => Text::stored($address->getLastName(), 32),
            'company' => Text::stored($address->getCompany(), 60),
            'address_1' => Text::stored($first, self::LINE_MAX),
            'address_2' => Text::stored($second, self::LINE_MAX),
            'city' => Text::stored($address->getDistrict() === '' ? $address->getCity() : $address->getDistrict(), 128),
            'postcode' => Text::stored($address->getPostalCode(), 10),
            'country' => $country['name'],
            'country_id' => $country['id'],
            'zone' => $zone['name'],
            'zone_id' => $zone['id'],
            'address_format' => $country['address_format'],
            'custom_field' => [],
        ];
        $named = [];
        foreach ($fields as $name => $value) {
            $named[$prefix . $name] = $value;
        }

        return $named;
    }

    /** @return array{0: string, 1: string} what does not fit the first line goes on in the second, at a blank */
    private static function lines(Address $address): array
    {
        $line = trim($address->getLine());
        $quarter = trim($address->getNeighborhood());
        if ($quarter !== '' && strpos(Text::folded($line), Text::folded($quarter)) === false) {
            $line = $quarter . ' ' . $line;
        }
        if (Text::length($line) <= self::LINE_MAX) {
            return [$line, ''];
        }
        $first = Text::cut($line, self::LINE_MAX);
        $blank = strrpos($first, ' ');
        if ($blank !== false && $blank > 0) {
            $first = substr($first, 0, $blank);
        }

        return [$first, trim(substr($line, strlen($first)))];
    }
}
