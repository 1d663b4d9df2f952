<?php
namespace Opencart\Catalog\Controller\Extension\Meschain\Event;

require_once DIR_EXTENSION . 'meschain/system/library/autoload.php';

/** Hears what happens to orders, in the storefront and, through OpenCart's store instance, in the admin. */
class Order extends \Opencart\System\Engine\Controller {
	private const BEFORE = 'meschain_products_before';

	/** Editing or deleting changes an order's rows: what they moved is remembered for the event that follows. */
	public function before(string &$route = '', array &$args = []): void {
		$this->registry->set(self::BEFORE, new \ArrayObject($this->events()->productsOf((int)($args[0] ?? 0)))); // it takes objects only
	}

	public function changed(string &$route = '', array &$args = [], mixed &$output = null): void {
		$events = $this->events();
		if ($this->registry->has(self::BEFORE)) {
			$events->productsChanged($this->registry->get(self::BEFORE)->getArrayCopy());
		}
		$events->orderChanged((int)($args[0] ?? 0));
	}

	private function events(): \MesChain\Events {
		return new \MesChain\Events(fn (): \MesChain\App => new \MesChain\App(new \MesChain\Shop\Oc4($this->registry)));
	}
}
