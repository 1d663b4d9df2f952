<?php
namespace Opencart\Admin\Controller\Extension\Meschain;

use MesChain\Admin\BarcodesPage;
use MesChain\Admin\ListingsPage;

/** OpenCart 4 shell of Pazaryeri Ürünleri. */
class Listings extends Page {
	protected const ROUTE = 'extension/meschain/listings';

	public function index(): void {
		$query = [];
		foreach (['connection_id', 'q', 'state', 'page_token'] as $name) {
			$query[$name] = html_entity_decode((string)($this->request->get[$name] ?? ''), ENT_QUOTES, 'UTF-8');
		}
		$texts = $this->texts();
		$app = $this->app();
		$data = (new ListingsPage($app, $texts))->show($query) + (new BarcodesPage($app, $texts))->show();
		foreach (['sure', 'connect', 'unlink', 'barcodes'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '.' . $action);
		}
		$data['url_self'] = $this->link(self::ROUTE);
		$data['route'] = self::ROUTE;
		$data['user_token'] = $this->session->data['user_token'];
		$data['accounts'] = $this->link('extension/meschain/accounts');
		$this->render($data);
	}

	public function sure(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->linkSure($this->post('connection_id')));
	}

	public function connect(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->link($this->post('connection_id'), $this->post('variant_id'), $this->post('barcode')));
	}

	public function unlink(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->unlink($this->post('connection_id'), $this->post('variant_id')));
	}

	public function barcodes(): void {
		$texts = $this->texts();
		$model = new BarcodesPage($this->app(), $texts);
		$this->change(function () use ($model): array {
			$given = $this->request->post['barcode'] ?? [];

			return $model->save(is_array($given) ? array_map('html_entity_decode', array_filter($given, 'is_string')) : []);
		});
	}

	private function model(): ListingsPage {
		return new ListingsPage($this->app(), $this->texts());
	}
}
