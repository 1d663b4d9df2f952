<?php
require_once DIR_SYSTEM . 'library/meschain/autoload.php';

/** Where the backbone knocks. */
class ControllerExtensionMeschainKnock extends Controller {
	public function index() {
		(new \MesChain\Knock(new \MesChain\App(new \MesChain\Shop\Oc3($this->registry))))->answer($this->request->server);
	}
}
