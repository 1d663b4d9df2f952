<?php
declare(strict_types=1);

namespace MesChain\Setup;

use MesChain\App;
use MesChain\Shop\Shop;

/** What OpenCart must know of us: events, and pages with their permissions. Each line of OpenCart has its own names for them. */
abstract class Registrations
{
    /** Changes with every release: pages register anew when files were replaced without an install. */
    public const VERSION = '0.1.0';
    /** Behind the others: what they change in a product or an order is then there to be read. */
    protected const SORT_ORDER = 100;
    /** From this version of OpenCart on, and below that one. */
    public const SUPPORTED = ['0', '0'];

    /** @var object OpenCart's registry of an admin request */
    protected $registry;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
    }

    /** Whether the package of this line of OpenCart was tried on such a version. */
    public static function supports(string $version): bool
    {
        return version_compare($version, static::SUPPORTED[0], '>=') && version_compare($version, static::SUPPORTED[1], '<');
    }

    /** Repeatable: what is there already is made anew or left as it is. */
    public function install(): void
    {
        $app = new App($this->shop());
        (new Schema($app->shop()->db()))->install();
        $this->unregister();
        $this->addEvents();
        foreach ($this->pages() as $route) {
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
        $app = new App($this->shop());
        if ($app->state()->get('setting.tables_back') === '1') {
            $app->engines()->restore();
        }
        if ($app->state()->get('setting.wipe') === '1') {
            (new Schema($app->shop()->db()))->deleteAll();
            $app->keys()->delete();
        }
    }

    /** Whether the files on disk are those that were registered. */
    public function isCurrent(App $app): bool
    {
        return (new Schema($app->shop()->db()))->isInstalled() && $app->state()->get('installed') === self::VERSION;
    }

    abstract protected function shop(): Shop;

    /** @return array<int, string> routes with a permission of their own */
    abstract protected function pages(): array;

    abstract protected function addEvents(): void;

    abstract protected function removeEvents(): void;

    /** @return object */
    protected function model(string $route)
    {
        $this->registry->get('load')->model($route);

        return $this->registry->get('model_' . str_replace('/', '_', $route));
    }

    private function unregister(): void
    {
        $this->removeEvents();
        foreach ($this->pages() as $route) {
            $this->model('user/user_group')->removePermission($this->group(), 'access', $route);
            $this->model('user/user_group')->removePermission($this->group(), 'modify', $route);
        }
    }

    private function group(): int
    {
        return (int)$this->registry->get('user')->getGroupId();
    }
}
