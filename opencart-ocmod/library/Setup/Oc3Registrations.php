<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\Shop\Oc3;
use MesChain\Shop\Shop;

/** OpenCart 3: events alone. It has no cron of its own, and needs no OCMOD for what we do. */
final class Oc3Registrations extends Registrations
{
    public const SUPPORTED = ['3.0.3.8', '4.0.0.0'];

    private const CODE = 'meschain';
    /** OpenCart 3 itself asks for the first two parts of a route; the pages ask for the whole. */
    private const PAGES = ['extension/module/meschain', 'extension/meschain', 'extension/meschain/accounts', 'extension/meschain/listings', 'extension/meschain/settings'];

    private const EVENTS = [
        'admin/view/common/column_left/before' => 'extension/meschain/event/menu',
        'admin/model/catalog/product/addProduct/after' => 'extension/meschain/event/product/added',
        'admin/model/catalog/product/editProduct/before' => 'extension/meschain/event/product/saving',
        'admin/model/catalog/product/editProduct/after' => 'extension/meschain/event/product/saved',
        'admin/model/catalog/product/copyProduct/after' => 'extension/meschain/event/product/copied',
        'admin/model/catalog/product/deleteProduct/after' => 'extension/meschain/event/product/deleted',
        'catalog/model/checkout/order/addOrderHistory/after' => 'extension/meschain/event/order/changed',
        'catalog/model/checkout/order/editOrder/before' => 'extension/meschain/event/order/before',
        'catalog/model/checkout/order/editOrder/after' => 'extension/meschain/event/order/changed',
        'catalog/model/checkout/order/deleteOrder/before' => 'extension/meschain/event/order/before',
        'catalog/model/checkout/order/deleteOrder/after' => 'extension/meschain/event/order/changed',
        // The maintenance page is an action without an event of its own; its texts are the first thing it asks for.
        'catalog/language/common/maintenance/before' => 'extension/meschain/event/maintenance',
    ];

    protected function shop(): Shop
    {
        return new Oc3($this->registry);
    }

    protected function pages(): array
    {
        return self::PAGES;
    }

    protected function addEvents(): void
    {
        foreach (self::EVENTS as $trigger => $action) {
            $this->model('setting/event')->addEvent(self::CODE, $trigger, $action, 1, self::SORT_ORDER);
        }
    }

    protected function removeEvents(): void
    {
        $this->model('setting/event')->deleteEventByCode(self::CODE);
    }
}
