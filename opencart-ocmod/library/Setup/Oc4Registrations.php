<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\App;
use MesChain\Shop\Oc4;

/** What OpenCart 4 must know of us: events, pages with their permissions, the hourly cron row. */
final class Oc4Registrations
{
    /** Changes with every release: pages register anew when files were replaced without an install. */
    public const VERSION = '0.1.0';

    private const PAGES = ['extension/meschain/module/meschain', 'extension/meschain/accounts', 'extension/meschain/listings', 'extension/meschain/settings'];
    private const CRON = ['code' => 'meschain', 'cycle' => 'hour', 'action' => 'extension/meschain/cron.hourly'];

    private const EVENTS = [
        'meschain_menu' => ['admin/view/common/column_left/before', 'extension/meschain/event/menu'],
        'meschain_product_add' => ['admin/model/catalog/product.addProduct/after', 'extension/meschain/event/product.added'],
        'meschain_product_saving' => ['admin/model/catalog/product.editProduct/before', 'extension/meschain/event/product.saving'],
        'meschain_product_edit' => ['admin/model/catalog/product.editProduct/after', 'extension/meschain/event/product.saved'],
        'meschain_product_copy' => ['admin/model/catalog/product.copyProduct/after', 'extension/meschain/event/product.added'],
        'meschain_product_delete' => ['admin/model/catalog/product.deleteProduct/after', 'extension/meschain/event/product.deleted'],
        'meschain_product_option' => ['admin/model/catalog/product.addOptionValue/after', 'extension/meschain/event/product.changed'],
        'meschain_order_history' => ['catalog/model/checkout/order.addHistory/after', 'extension/meschain/event/order.changed'],
        'meschain_order_editing' => ['catalog/model/checkout/order.editOrder/before', 'extension/meschain/event/order.before'],
        'meschain_order_edit' => ['catalog/model/checkout/order.editOrder/after', 'extension/meschain/event/order.changed'],
        'meschain_order_deleting' => ['catalog/model/checkout/order.deleteOrder/before', 'extension/meschain/event/order.before'],
        'meschain_order_delete' => ['catalog/model/checkout/order.deleteOrder/after', 'extension/meschain/event/order.changed'],
        'meschain_maintenance' => ['catalog/controller/common/maintenance/before', 'extension/meschain/event/maintenance'],
    ];

    /** @var object OpenCart's registry of an admin request */
    private $registry;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
    }

    /** Repeatable: what is there already is made anew or left as it is. */
    public function install(): void
    {
        $app = new App(new Oc4($this->registry));
        (new Schema($app->shop()->db()))->install();
        $this->unregister();
        foreach (self::events() as $event) {
            $this->model('setting/event')->addEvent($event);
        }
        $this->model('setting/cron')->addCron(self::CRON['code'], 'MesChain-Sync', self::CRON['cycle'], self::CRON['action'], true);
        foreach (self::PAGES as $route) {
            $this->model('user/user_group')->addPermission($this->group(), 'access', $route);
            $this->model('user/user_group')->addPermission($this->group(), 'modify', $route);
        }
        $app->keys()->readOrMake(KeyFile::KNOCK);
        $app->keys()->readOrMake(KeyFile::CRON);
        $app->state()->set('installed', self::VERSION);
    }

    public function uninstall(): void
    {
        $this->unregister();
        $app = new App(new Oc4($this->registry));
        if ($app->state()->get('setting.wipe') === '1') {
            (new Schema($app->shop()->db()))->deleteAll();
            $app->keys()->delete();
        }
    }

    private function unregister(): void
    {
        foreach (self::events() as $event) {
            $this->model('setting/event')->deleteEventByCode($event['code']);
        }
        $this->model('setting/cron')->deleteCronByCode(self::CRON['code']);
        foreach (self::PAGES as $route) {
            $this->model('user/user_group')->removePermission($this->group(), 'access', $route);
            $this->model('user/user_group')->removePermission($this->group(), 'modify', $route);
        }
    }

    /** @return object */
    private function model(string $route)
    {
        $this->registry->get('load')->model($route);

        return $this->registry->get('model_' . str_replace('/', '_', $route));
    }

    private function group(): int
    {
        return (int)$this->registry->get('user')->getGroupId();
    }

    /** @return array<int, array<string, mixed>> as OpenCart's addEvent wants them */
    private static function events(): array
    {
        $events = [];
        foreach (self::EVENTS as $code => [$trigger, $action]) {
            $events[] = [
                'code' => $code, 'description' => 'MesChain-Sync', 'trigger' => $trigger, 'action' => $action, 'status' => true,
                // Behind the others: what they change in a product or an order is then there to be read.
                'sort_order' => 100,
            ];
        }

        return $events;
    }
}
