<?php
require_once DIR_SYSTEM . 'library/meschain/page.php';

/** OpenCart 3 shell of Ayarlar. */
class ControllerExtensionMeschainSettings extends MeschainPage {
	const ROUTE = 'extension/meschain/settings';
	const FIELDS = ['address', 'key', 'ca_file', 'barcode_source', 'status_new', 'status_shipped', 'status_cancelled', 'trial_orders', 'tables_back', 'wipe'];

	public function index() {
		$data = $this->model()->show();
		foreach (['save', 'send_all', 'convert_tables', 'remove_trials'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '/' . $action);
		}
		$this->render($data);
	}

	public function save() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->save(array_combine(self::FIELDS, array_map([$this, 'post'], self::FIELDS)));
		});
	}

	public function send_all() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->sendAll();
		});
	}

	public function convert_tables() {
		$model = $this->model();
		$this->change(function () use ($model): array {
			return $model->convertTables();
		});
	}

	/** Orders can be deleted with their stock only in the catalog app: its next turn does it. */
	public function remove_trials() {
		$texts = $this->texts();
		$app = $this->app();
		$this->change(function () use ($app, $texts): array {
			$app->trialOrders()->removeSoon();

			return ['success' => $texts->get('success_trials_asked', $app->trialOrders()->count())];
		});
	}

	private function model(): \MesChain\Admin\SettingsPage {
		return new \MesChain\Admin\SettingsPage($this->app(), $this->texts());
	}
}
