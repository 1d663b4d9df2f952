<?php
namespace Opencart\Catalog\Controller\Extension\Meschain\Event;

/** A shop in maintenance sells on at the marketplaces: our two addresses answer all the same. */
class Maintenance extends \Opencart\System\Engine\Controller {
	private const OURS = ['extension/meschain/knock', 'extension/meschain/cron'];

	public function index(string &$route = '', array &$args = []): void {
		$asked = (string)($this->request->get['route'] ?? '');
		if (in_array($asked, self::OURS, true)) {
			$this->load->controller($asked);
			exit;
		}
	}
}
