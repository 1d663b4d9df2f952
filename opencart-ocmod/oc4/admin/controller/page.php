<?php
namespace Opencart\Admin\Controller\Extension\Meschain;

require_once DIR_EXTENSION . 'meschain/system/library/autoload.php';

/** What the shells of our admin pages share: library, language, permission, answer. */
abstract class Page extends \Opencart\System\Engine\Controller {
	protected const ROUTE = '';

	protected function app(): \MesChain\App {
		if (!\MesChain\Setup\Oc4Registrations::supports(VERSION)) {
			$this->refuse();
		}
		$app = new \MesChain\App(new \MesChain\Shop\Oc4($this->registry));
		if (!(new \MesChain\Setup\Oc4Registrations($this->registry))->isCurrent($app)) {
			// The files were replaced without an install: what is new in them is registered now.
			$this->load->controller('extension/meschain/module/meschain.install');
		}

		return $app;
	}

	protected function texts(): \MesChain\Admin\Texts {
		$this->load->language('extension/meschain/common');
		$this->load->language(static::ROUTE);

		return new \MesChain\Admin\Texts(fn (string $key): string => $this->language->get($key));
	}

	/** Says that the package is not for this version of OpenCart; nothing of it was installed, so no page can work. */
	private function refuse(): void {
		$this->load->language('extension/meschain/common');
		$this->show('extension/meschain/refused', ['refusal' => sprintf($this->language->get('error_version'), \MesChain\Setup\Oc4Registrations::SUPPORTED[0], VERSION)]);
		$this->response->output();
		exit;
	}

	protected function render(array $data): void {
		$this->document->setTitle($this->language->get('heading_title'));
		$this->document->addScript('../extension/meschain/admin/view/javascript/meschain.js');
		$data['breadcrumbs'] = [
			['text' => $this->language->get('text_home'), 'href' => $this->link('common/dashboard')],
			['text' => $this->language->get('heading_title'), 'href' => $this->link(static::ROUTE)],
		];
		$data['settings'] = $this->link('extension/meschain/settings');
		$data['may_modify'] = $this->user->hasPermission('modify', static::ROUTE);
		$this->show(static::ROUTE, $data);
	}

	private function show(string $view, array $data): void {
		foreach (['header', 'column_left', 'footer'] as $part) {
			$data[$part] = $this->load->controller('common/' . $part);
		}
		$this->response->setOutput($this->load->view($view, $data));
	}

	/** Runs a change: only by POST, only with the right. The answer is plain text; the page's script never makes HTML of it. */
	protected function change(callable $work): void {
		if (($this->request->server['REQUEST_METHOD'] ?? '') !== 'POST') {
			$json = ['error' => $this->language->get('error_post')];
		} elseif (!$this->user->hasPermission('modify', static::ROUTE)) {
			$json = ['error' => $this->language->get('error_permission')];
		} else {
			$json = $work();
		}
		$this->response->addHeader('Content-Type: application/json');
		$this->response->setOutput(json_encode($json, JSON_INVALID_UTF8_SUBSTITUTE));
	}

	/** What was typed, without the entities that OpenCart's request puts in. */
	protected function post(string $name): string {
		$value = $this->request->post[$name] ?? '';

		return is_string($value) ? html_entity_decode($value, ENT_QUOTES, 'UTF-8') : '';
	}

	protected function link(string $route, string $arguments = ''): string {
		return $this->url->link($route, 'user_token=' . $this->session->data['user_token'] . $arguments, true);
	}
}
