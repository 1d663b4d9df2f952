<?php
require_once DIR_SYSTEM . 'library/meschain/page.php';

/** OpenCart 3 shell of Pazaryeri Ürünleri. */
class ControllerExtensionMeschainListings extends MeschainPage {
	const ROUTE = 'extension/meschain/listings';

	public function index() {
		$query = [];
		foreach (['connection_id', 'q', 'state', 'page_token'] as $name) {
			$value = $this->request->get[$name] ?? '';
			$query[$name] = is_string($value) ? html_entity_decode($value, ENT_QUOTES, 'UTF-8') : '';
		}
		$texts = $this->texts();
		$app = $this->app();
		$data = (new \MesChain\Admin\ListingsPage($app, $texts))->show($query) + (new \MesChain\Admin\BarcodesPage($app, $texts))->show();
		foreach (['sure', 'connect', 'unlink', 'barcodes'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '/' . $action);
		}
		$data['url_self'] = $this->link(self::ROUTE);
		$data['route'] = self::ROUTE;
		$data['user_token'] = $this->session->data['user_token'];
		$data['accounts'] = $this->link('extension/meschain/accounts');
		$this->render($data);
	}

	public function sure() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->linkSure($this->post('connection_id'));
		});
	}

	public function connect() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->link($this->post('connection_id'), $this->post('variant_id'), $this->post('barcode'));
		});
	}

	public function unlink() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->unlink($this->post('connection_id'), $this->post('variant_id'));
		});
	}

	public function barcodes() {
		$texts = $this->texts();
		$model = new \MesChain\Admin\BarcodesPage($this->app(), $texts);
		$this->change(function () use ($model): array {
			$given = $this->request->post['barcode'] ?? [];

			return $model->save(is_array($given) ? array_map('html_entity_decode', array_filter($given, 'is_string')) : []);
		});
	}

	private function model(): \MesChain\Admin\ListingsPage {
		return new \MesChain\Admin\ListingsPage($this->app(), $this->texts());
	}
}
