<?php
require_once DIR_SYSTEM . 'library/meschain/autoload.php';

/** The cron address with its key. */
class ControllerExtensionMeschainCron extends Controller {
	public function index() {
		$key = $this->request->get['key'] ?? '';
		$loop = $this->request->get['loop'] ?? '0';
		$run = new \MesChain\CronRun(new \MesChain\App(new \MesChain\Shop\Oc3($this->registry)));
		$run->answer(is_string($key) ? $key : '', is_string($loop) ? (int)$loop : 0);
	}
}
