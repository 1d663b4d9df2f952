<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** OpenCart 3. */
final class Oc3 extends OpenCart
{
    public function orders(): OrderBook
    {
        return new Oc3OrderBook($this->registry);
    }

    public function webRoot(): string
    {
        return dirname(rtrim(DIR_APPLICATION, '/')) . '/';
    }

    /** Two addresses stand in its configuration files; which one holds is a setting. */
    public function url(): string
    {
        if ((string)$this->config('config_secure') === '1') {
            return defined('HTTPS_CATALOG') ? HTTPS_CATALOG : HTTPS_SERVER;
        }

        return defined('HTTP_CATALOG') ? HTTP_CATALOG : HTTP_SERVER;
    }

    public function log(string $line): void
    {
        (new \Log('meschain.log'))->write($line);
    }
}
