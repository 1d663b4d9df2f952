<?php
require_once DIR_SYSTEM . 'library/meschain/autoload.php';

/** Hears what the admin does with products. */
class ControllerExtensionMeschainEventProduct extends Controller {
	public function added(&$route = '', &$args = [], &$output = null) {
		$this->events()->productsChanged([(int)$output]);
	}

	public function saving(&$route = '', &$args = []) {
		$this->events()->productSaving((int)($args[0] ?? 0));
	}

	public function saved(&$route = '', &$args = [], &$output = null) {
		$this->events()->productSaved((int)($args[0] ?? 0));
	}

	public function copied(&$route = '', &$args = [], &$output = null) {
		$this->events()->productCopied();
	}

	public function deleted(&$route = '', &$args = [], &$output = null) {
		$this->events()->productsChanged([(int)($args[0] ?? 0)]);
	}

	private function events(): \MesChain\Events {
		return new \MesChain\Events(function (): \MesChain\App {
			return new \MesChain\App(new \MesChain\Shop\Oc3($this->registry));
		});
	}
}
