<?php
require_once DIR_SYSTEM . 'library/meschain/autoload.php';

/** Hears what happens to orders, in the storefront and, through OpenCart's own interface, from the admin's order page. */
class ControllerExtensionMeschainEventOrder extends Controller {
	const BEFORE = 'meschain_products_before';

	/** Editing or deleting changes an order's rows: what they moved is remembered for the event that follows. */
	public function before(&$route = '', &$args = []) {
		$this->registry->set(self::BEFORE, $this->events()->productsOf((int)($args[0] ?? 0)));
	}

	public function changed(&$route = '', &$args = [], &$output = null) {
		$events = $this->events();
		if ($this->registry->has(self::BEFORE)) {
			$events->productsChanged($this->registry->get(self::BEFORE));
		}
		$events->orderChanged((int)($args[0] ?? 0));
	}

	private function events(): \MesChain\Events {
		return new \MesChain\Events(function (): \MesChain\App {
			return new \MesChain\App(new \MesChain\Shop\Oc3($this->registry));
		});
	}
}
