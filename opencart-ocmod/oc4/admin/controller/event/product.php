<?php
namespace Opencart\Admin\Controller\Extension\Meschain\Event;

require_once DIR_EXTENSION . 'meschain/system/library/autoload.php';

/** Hears what the admin does with products. */
class Product extends \Opencart\System\Engine\Controller {
	/** addProduct and copyProduct: the new id is their answer. */
	public function added(string &$route = '', array &$args = [], mixed &$output = null): void {
		$this->events()->productsChanged([(int)$output]);
	}

	public function saving(string &$route = '', array &$args = []): void {
		$this->events()->productSaving((int)($args[0] ?? 0));
	}

	public function saved(string &$route = '', array &$args = [], mixed &$output = null): void {
		$this->events()->productSaved((int)($args[0] ?? 0));
	}

	public function changed(string &$route = '', array &$args = [], mixed &$output = null): void {
		$this->events()->productsChanged([(int)($args[0] ?? 0)]);
	}

	public function deleted(string &$route = '', array &$args = [], mixed &$output = null): void {
		$this->events()->productsChanged([(int)($args[0] ?? 0)]);
	}

	private function events(): \MesChain\Events {
		return new \MesChain\Events(fn (): \MesChain\App => new \MesChain\App(new \MesChain\Shop\Oc4($this->registry)));
	}
}
