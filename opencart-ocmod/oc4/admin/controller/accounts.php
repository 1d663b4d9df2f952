<?php
namespace Opencart\Admin\Controller\Extension\Meschain;

use MesChain\Admin\AccountsPage;

/** OpenCart 4 shell of Pazaryeri Hesapları. */
class Accounts extends Page {
	protected const ROUTE = 'extension/meschain/accounts';

	public function index(): void {
		$data = $this->model()->show();
		foreach (['add', 'test', 'renew', 'mode', 'prices', 'delete'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '.' . $action);
		}
		$this->render($data);
	}

	public function add(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->add([
			'environment' => $this->post('environment'), 'name' => $this->post('name'), 'seller_id' => $this->post('seller_id'),
			'api_key' => $this->post('api_key'), 'api_secret' => $this->post('api_secret'), 'endpoint' => $this->post('endpoint'), 'connection_id' => $this->post('connection_id'),
		]));
	}

	public function test(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->test($this->post('connection_id')));
	}

	public function renew(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->renew($this->post('connection_id'), $this->post('api_key'), $this->post('api_secret')));
	}

	public function mode(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->setMode($this->post('connection_id'), $this->post('mode')));
	}

	public function prices(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->setPrices($this->post('connection_id'), $this->post('enabled') === '1'));
	}

	public function delete(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->delete($this->post('connection_id')));
	}

	private function model(): AccountsPage {
		return new AccountsPage($this->app(), $this->texts());
	}
}
