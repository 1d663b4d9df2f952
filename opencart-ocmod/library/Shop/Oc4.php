<?php
declare(strict_types=1);

namespace MesChain\Shop;

/** OpenCart 4. */
final class Oc4 extends OpenCart
{
    public function orders(): OrderBook
    {
        return new Oc4OrderBook($this->registry);
    }

    public function webRoot(): string
    {
        return DIR_OPENCART;
    }

    public function url(): string
    {
        return defined('HTTP_CATALOG') ? HTTP_CATALOG : HTTP_SERVER;
    }

    public function log(string $line): void
    {
        $class = 'Opencart\System\Library\Log';
        (new $class('meschain.log'))->write($line);
    }
}
