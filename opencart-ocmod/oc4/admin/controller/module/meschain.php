<?php
namespace Opencart\Admin\Controller\Extension\Meschain\Module;

/** OpenCart 4 shell of Genel Bakış, and of install and uninstall. */
class Meschain extends \Opencart\Admin\Controller\Extension\Meschain\Page {
	protected const ROUTE = 'extension/meschain/module/meschain';
	private const POLL_BUDGET_MS = 2500;

	public function index(): void {
		$texts = $this->texts();
		$data = (new \MesChain\Admin\OverviewPage($this->app(), $texts))->show();
		$data['accounts'] = $this->link('extension/meschain/accounts');
		$data['poll'] = $this->link(self::ROUTE . '.poll');
		$data['body'] = $this->load->view(self::ROUTE . '_body', $data);
		$this->render($data);
	}

	/** One request a page, every 15 s while the tab is seen. It also sends what waits. */
	public function poll(): void {
		$texts = $this->texts();
		$app = $this->app();
		$app->slice()->flush(self::POLL_BUDGET_MS, 0);
		$data = (new \MesChain\Admin\OverviewPage($app, $texts))->show();
		$data['accounts'] = $this->link('extension/meschain/accounts');
		$data['settings'] = $this->link('extension/meschain/settings');
		// OpenCart writes the session at the end of every request, last writer wins: write what is there now, not what was.
		$this->session->start($this->session->getId());
		$this->response->setOutput($this->load->view(self::ROUTE . '_body', $data));
	}

	/** OpenCart calls this; so does the first page after files were replaced without an install. */
	public function install(): void {
		if ($this->user->hasPermission('modify', 'extension/module') && \MesChain\Setup\Oc4Registrations::supports(VERSION)) {
			(new \MesChain\Setup\Oc4Registrations($this->registry))->install();
		}
	}

	/** Tables and key stay: OpenCart 4 uninstalls before every upgrade. They go only where the owner asked for it. */
	public function uninstall(): void {
		if ($this->user->hasPermission('modify', 'extension/module')) {
			(new \MesChain\Setup\Oc4Registrations($this->registry))->uninstall();
		}
	}
}
