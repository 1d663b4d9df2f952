<?php
namespace Opencart\Admin\Controller\Extension\Meschain;

use MesChain\Admin\SettingsPage;

/** OpenCart 4 shell of Ayarlar. */
class Settings extends Page {
	protected const ROUTE = 'extension/meschain/settings';
	private const FIELDS = ['address', 'key', 'ca_file', 'barcode_source', 'status_new', 'status_shipped', 'status_cancelled', 'trial_orders', 'tables_back', 'wipe'];

	public function index(): void {
		$data = $this->model()->show();
		foreach (['save', 'send_all', 'convert_tables', 'remove_trials'] as $action) {
			$data['url_' . $action] = $this->link(self::ROUTE . '.' . $action);
		}
		$this->render($data);
	}

	public function save(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->save(array_combine(self::FIELDS, array_map(fn (string $name): string => $this->post($name), self::FIELDS))));
	}

	public function send_all(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->sendAll());
	}

	public function convert_tables(): void {
		$model = $this->model();
		$this->change(fn (): array => $model->convertTables());
	}

	/** Orders can be deleted with their stock only in the catalog app, which OpenCart makes for us here. */
	public function remove_trials(): void {
		$texts = $this->texts();
		$app = $this->app();
		$this->change(function () use ($app, $texts): array {
			$this->load->model('setting/store');
			$store = $this->model_setting_store->createStoreInstance(0, $app->shop()->languageCode());
			$removed = (new \MesChain\App(new \MesChain\Shop\Oc4($store)))->trialOrders()->remove();
			$store->get('session')->destroy();

			return ['success' => $texts->get('success_trials_removed', $removed), 'reload' => true];
		});
	}

	private function model(): SettingsPage {
		return new SettingsPage($this->app(), $this->texts());
	}
}
