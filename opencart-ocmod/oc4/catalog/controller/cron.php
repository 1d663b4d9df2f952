<?php
namespace Opencart\Catalog\Controller\Extension\Meschain;

require_once DIR_EXTENSION . 'meschain/system/library/autoload.php';

/** The cron address with its key, and the turn that OpenCart's own hourly cron gives us. */
class Cron extends \Opencart\System\Engine\Controller {
	public function index(): void {
		$key = $this->request->get['key'] ?? '';
		$loop = $this->request->get['loop'] ?? '0';
		$this->run()->answer(is_string($key) ? $key : '', is_string($loop) ? (int)$loop : 0);
	}

	/** Anybody may call OpenCart's cron: one short turn, under the same locks. */
	public function hourly(int $cron_id = 0, string $code = '', string $cycle = '', string $date_added = '', string $date_modified = ''): void {
		if ($cron_id > 0) {
			$this->run()->run(0);
		}
	}

	private function run(): \MesChain\CronRun {
		return new \MesChain\CronRun(new \MesChain\App(new \MesChain\Shop\Oc4($this->registry)));
	}
}
