<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\Shop\Oc4;
use MesChain\Shop\Shop;

/** OpenCart 4: an event row each, and the hourly turn that its own cron gives. */
final class Oc4Registrations extends Registrations
{
    public const SUPPORTED = ['4.0.2.3', '5.0.0.0'];

    private const PAGES = ['extension/meschain/module/meschain', 'extension/meschain/accounts', 'extension/meschain/listings', 'extension/meschain/settings'];
    private const CRON = ['code' => 'meschain', 'cycle' => 'hour', 'action' => 'extension/meschain/cron.hourly'];

    /** Up to 4.0 a model's method stands behind a slash, from 4.1 on behind a dot: OpenCart takes `?` for either. */
    private const EVENTS = [
        'meschain_menu' => ['admin/view/common/column_left/before', 'extension/meschain/event/menu'],
        'meschain_product_add' => ['admin/model/catalog/product?addProduct/after', 'extension/meschain/event/product.added'],
        'meschain_product_saving' => ['admin/model/catalog/product?editProduct/before', 'extension/meschain/event/product.saving'],
        'meschain_product_edit' => ['admin/model/catalog/product?editProduct/after', 'extension/meschain/event/product.saved'],
        'meschain_product_copy' => ['admin/model/catalog/product?copyProduct/after', 'extension/meschain/event/product.added'],
        'meschain_product_delete' => ['admin/model/catalog/product?deleteProduct/after', 'extension/meschain/event/product.deleted'],
        'meschain_product_option' => ['admin/model/catalog/product?addOptionValue/after', 'extension/meschain/event/product.changed'],
        'meschain_order_history' => ['catalog/model/checkout/order?addHistory/after', 'extension/meschain/event/order.changed'],
        'meschain_order_editing' => ['catalog/model/checkout/order?editOrder/before', 'extension/meschain/event/order.before'],
        'meschain_order_edit' => ['catalog/model/checkout/order?editOrder/after', 'extension/meschain/event/order.changed'],
        'meschain_order_deleting' => ['catalog/model/checkout/order?deleteOrder/before', 'extension/meschain/event/order.before'],
        'meschain_order_delete' => ['catalog/model/checkout/order?deleteOrder/after', 'extension/meschain/event/order.changed'],
        'meschain_maintenance' => ['catalog/controller/common/maintenance/before', 'extension/meschain/event/maintenance'],
    ];

    protected function shop(): Shop
    {
        return new Oc4($this->registry);
    }

    protected function pages(): array
    {
        return self::PAGES;
    }

    protected function addEvents(): void
    {
        foreach (self::EVENTS as $code => [$trigger, $action]) {
            $this->model('setting/event')->addEvent([
                'code' => $code, 'description' => 'MesChain-Sync', 'trigger' => $trigger, 'action' => $action, 'status' => true,
                'sort_order' => self::SORT_ORDER,
            ]);
        }
        $this->model('setting/cron')->addCron(self::CRON['code'], 'MesChain-Sync', self::CRON['cycle'], self::CRON['action'], true);
    }

    protected function removeEvents(): void
    {
        foreach (array_keys(self::EVENTS) as $code) {
            $this->model('setting/event')->deleteEventByCode($code);
        }
        $this->model('setting/cron')->deleteCronByCode(self::CRON['code']);
    }
}
