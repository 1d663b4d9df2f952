<?php
declare(strict_types=1);

namespace MesChain\Orders;

use MesChain\Shop\Db;
use MesChain\Shop\Shop;
use MesChain\Shop\Text;

/** Countries and provinces of the shop, found by code and by name: their ids and tables differ from shop to shop. */
final class Places
{
    /** @var Db */
    private $db;
    /** @var int */
    private $language;
    /** @var bool names in tables of their own (4.1) or in columns */
    private $described;
    /** @var array<int, array<string, array{0: int, 1: string}>> */
    private $zones = [];

    public function __construct(Shop $shop)
    {
        $this->db = $shop->db();
        $this->language = $shop->languageId();
        $this->described = $this->db->hasTable('zone_description');
    }

    /** @return array{id: int, name: string, address_format: string} id 0 when the shop does not know the country */
    public function country(string $isoCode): array
    {
        $described = $this->db->hasTable('country_description');
        $separate = $this->db->hasColumn('country', 'address_format_id');
        $row = $this->db->row(
            'SELECT c.country_id, ' . ($described ? 'd.name' : 'c.name') . ', ' . ($separate ? 'f' : 'c') . '.address_format FROM {country} c'
            . ($described ? ' LEFT JOIN {country_description} d ON d.country_id = c.country_id AND d.language_id = ' . $this->language : '')
            . ($separate ? ' LEFT JOIN {address_format} f ON f.address_format_id = c.address_format_id' : '')
            . ' WHERE c.iso_code_2 = ?',
            [$isoCode]
        );

        return $row === null
            ? ['id' => 0, 'name' => Text::stored($isoCode, 128), 'address_format' => '']
            : ['id' => (int)$row['country_id'], 'name' => (string)$row['name'], 'address_format' => (string)$row['address_format']];
    }

    /** @return array{id: int, name: string} the province; id 0 and the marketplace's own word when the shop has no such */
    public function zone(int $countryId, string $name): array
    {
        $found = $this->zonesOf($countryId)[Text::folded($name)] ?? null;

        return $found === null ? ['id' => 0, 'name' => Text::stored($name, 128)] : ['id' => $found[0], 'name' => $found[1]];
    }

    /** @return array<string, array{0: int, 1: string}> by folded name; names of all languages find the zone */
    private function zonesOf(int $countryId): array
    {
        if (!isset($this->zones[$countryId])) {
            $rows = $this->described
                ? $this->db->rows('SELECT z.zone_id, d.name, d.language_id FROM {zone} z JOIN {zone_description} d ON d.zone_id = z.zone_id WHERE z.country_id = ? ORDER BY d.language_id = ?', [$countryId, $this->language])
                : $this->db->rows('SELECT zone_id, name FROM {zone} WHERE country_id = ?', [$countryId]);
            $own = array_column($rows, 'name', 'zone_id'); // the shop's language comes last and stays
            $this->zones[$countryId] = [];
            foreach ($rows as $row) {
                $this->zones[$countryId][Text::folded(Text::plain($row['name']))] = [(int)$row['zone_id'], (string)$own[$row['zone_id']]];
            }
        }

        return $this->zones[$countryId];
    }
}
