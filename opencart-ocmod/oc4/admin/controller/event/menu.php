<?php
namespace Opencart\Admin\Controller\Extension\Meschain\Event;

/** Puts our pages into the admin's menu, each only for those who may see it. */
class Menu extends \Opencart\System\Engine\Controller {
	private const PAGES = ['overview' => 'extension/meschain/module/meschain', 'listings' => 'extension/meschain/listings',
		'accounts' => 'extension/meschain/accounts', 'settings' => 'extension/meschain/settings'];

	/** @param array<string, mixed> $data */
	public function index(string &$route = '', array &$data = []): void {
		if (!isset($data['menus'])) {
			return;
		}
		$this->load->language('extension/meschain/menu', 'meschain');
		$children = [];
		foreach (self::PAGES as $name => $page) {
			if ($this->user->hasPermission('access', $page)) {
				$children[] = [
					'name' => $this->language->get('meschain_menu_' . $name),
					'href' => $this->url->link($page, 'user_token=' . $this->session->data['user_token']),
					'children' => [],
				];
			}
		}
		if ($children) {
			$data['menus'][] = ['id' => 'menu-meschain', 'icon' => 'fa-solid fa-store', 'name' => $this->language->get('meschain_menu_title'), 'href' => '', 'children' => $children];
		}
	}
}
