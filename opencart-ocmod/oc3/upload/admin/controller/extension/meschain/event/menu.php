<?php
/** Puts our pages into the admin's menu, each only for those who may see it. */
class ControllerExtensionMeschainEventMenu extends Controller {
	const PAGES = ['overview' => 'extension/module/meschain', 'listings' => 'extension/meschain/listings',
		'accounts' => 'extension/meschain/accounts', 'settings' => 'extension/meschain/settings'];

	public function index(&$route = '', &$data = []) {
		if (!isset($data['menus'])) {
			return;
		}
		$texts = new Language($this->config->get('config_admin_language'));
		$texts->load('extension/meschain/menu');
		$children = [];
		foreach (self::PAGES as $name => $page) {
			if ($this->user->hasPermission('access', $page)) {
				$children[] = [
					'name' => $texts->get('menu_' . $name),
					'href' => $this->url->link($page, 'user_token=' . $this->session->data['user_token'], true),
					'children' => [],
				];
			}
		}
		if ($children) {
			$data['menus'][] = ['id' => 'menu-meschain', 'icon' => 'fa-cubes', 'name' => $texts->get('menu_title'), 'href' => '', 'children' => $children];
		}
	}
}
