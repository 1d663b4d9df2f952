<?php
namespace Opencart\Catalog\Controller\Extension\Meschain;

require_once DIR_EXTENSION . 'meschain/system/library/autoload.php';

/** Where the backbone knocks. */
class Knock extends \Opencart\System\Engine\Controller {
	public function index(): void {
		(new \MesChain\Knock(new \MesChain\App(new \MesChain\Shop\Oc4($this->registry))))->answer($this->request->server);
	}
}
