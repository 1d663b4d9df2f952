<?php
require_once DIR_SYSTEM . 'library/meschain/page.php';

/** OpenCart 3 shell of Pazaryeri Hesapları. */
class ControllerExtensionMeschainAccounts extends MeschainPage {
	const ROUTE = 'extension/meschain/accounts';

	public function index() {
		$data = $this->model()->show();
		foreach (['add', 'test', 'renew', 'mode', 'prices', 'delete'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '/' . $action);
		}
		$this->render($data);
	}

	public function add() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			$input = [];
			foreach (['environment', 'name', 'seller_id', 'api_key', 'api_secret', 'endpoint', 'connection_id'] as $name) {
				$input[$name] = $this->post($name);
			}

			return $model->add($input);
		});
	}

	public function test() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->test($this->post('connection_id'));
		});
	}

	public function renew() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->renew($this->post('connection_id'), $this->post('api_key'), $this->post('api_secret'));
		});
	}

	public function mode() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->setMode($this->post('connection_id'), $this->post('mode'));
		});
	}

	public function prices() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->setPrices($this->post('connection_id'), $this->post('enabled') === '1');
		});
	}

	public function delete() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->delete($this->post('connection_id'));
		});
	}

	private function model(): \MesChain\Admin\AccountsPage {
		return new \MesChain\Admin\AccountsPage($this->app(), $this->texts());
	}
}
