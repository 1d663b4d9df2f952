<?php
/** A shop in maintenance sells on at the marketplaces: our two addresses answer all the same. */
class ControllerExtensionMeschainEventMaintenance extends Controller {
	const OURS = ['extension/meschain/knock', 'extension/meschain/cron'];

	public function index(&$route = '', &$key = '') {
		$asked = (string)($this->request->get['route'] ?? '');
		if (in_array($asked, self::OURS, true)) {
			$this->load->controller($asked);
			exit;
		}
	}
}
