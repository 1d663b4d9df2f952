<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** What both lines of OpenCart share, behind the registry of a request; Oc3 and Oc4 know the rest. */
abstract class OpenCart implements Shop
{
    /** @var object OpenCart's registry of this request */
    protected $registry;
    /** @var Db */
    private $db;
    /** @var array<string, mixed>|null */
    private $config;
    /** @var array{0: int, 1: string}|null */
    private $language;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
        $this->db = new Db($registry->get('db'), DB_PREFIX, DB_DATABASE);
    }

    public function db(): Db
    {
        return $this->db;
    }

    public function config(string $name)
    {
        if ($this->config === null) {
            $this->config = [];
            foreach ($this->db->rows("SELECT `key`, value, serialized FROM {setting} WHERE store_id = 0 AND code = 'config'") as $row) {
                $this->config[(string)$row['key']] = $row['serialized'] === '1' ? json_decode((string)$row['value'], true) : $row['value'];
            }
        }

        return $this->config[$name] ?? null;
    }

    public function languageId(): int
    {
        return $this->language()[0];
    }

    public function languageCode(): string
    {
        return $this->language()[1];
    }

    public function storage(): string
    {
        return DIR_STORAGE;
    }

    public function imageUrl(string $path): string
    {
        return $this->url() . 'image/' . $path;
    }

    /** @return array{0: int, 1: string} */
    private function language(): array
    {
        if ($this->language === null) {
            // Up to 4.0 config_language is the storefront's own.
            $code = (string)($this->config('config_language_catalog') ?? $this->config('config_language'));
            $row = $this->db->row('SELECT language_id, code FROM {language} ORDER BY code = ? DESC, language_id LIMIT 1', [$code]);
            $this->language = [(int)$row['language_id'], (string)$row['code']];
        }

        return $this->language;
    }
}
