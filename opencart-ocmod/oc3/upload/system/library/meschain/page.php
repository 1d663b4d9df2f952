<?php
require_once DIR_SYSTEM . 'library/meschain/autoload.php';

/** What the shells of our admin pages share: library, language, permission, answer. No controller file, so no route leads here. */
abstract class MeschainPage extends Controller {
	const ROUTE = '';

	protected function app(): \MesChain\App {
		if (!\MesChain\Setup\Oc3Registrations::supports(VERSION)) {
			$this->refuse();
		}
		$app = new \MesChain\App(new \MesChain\Shop\Oc3($this->registry));
		if (!(new \MesChain\Setup\Oc3Registrations($this->registry))->isCurrent($app)) {
			// The files were replaced without an install: what is new in them is registered now.
			$this->load->controller('extension/module/meschain/install');
		}

		return $app;
	}

	protected function texts(): \MesChain\Admin\Texts {
		$this->load->language('extension/meschain/common');
		$this->load->language(static::ROUTE);

		return new \MesChain\Admin\Texts([$this->language, 'get']);
	}

	/** OpenCart 3 itself asks for the permission of extension/meschain only; each page asks for its own. */
	protected function render(array $data): void {
		if (!$this->user->hasPermission('access', static::ROUTE)) {
			$this->response->redirect($this->link('error/permission'));
		}
		$this->document->setTitle($this->language->get('heading_title'));
		foreach (['text_home' => 'common/dashboard', 'heading_title' => static::ROUTE] as $text => $route) {
			$data['breadcrumbs'][] = ['text' => $this->language->get($text), 'href' => $this->link($route)];
		}
		$data += ['settings' => $this->link('extension/meschain/settings'), 'may_modify' => $this->user->hasPermission('modify', static::ROUTE)];
		$this->show(static::ROUTE, $data);
	}

	/** Runs a change: only by POST, only with the right. The answer is plain text; the page's script never makes HTML of it. */
	protected function change(callable $work): void {
		$isPost = ($this->request->server['REQUEST_METHOD'] ?? '') === 'POST';
		if ($isPost && $this->user->hasPermission('modify', static::ROUTE)) {
			$json = $work();
		} else {
			$json = ['error' => $this->language->get($isPost ? 'error_permission' : 'error_post')];
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
		return str_replace('&amp;', '&', $this->url->link($route, 'user_token=' . $this->session->data['user_token'] . $arguments, true));
	}

	/** Says that the package is not for this version of OpenCart; nothing of it was installed, so no page can work. */
	private function refuse(): void {
		$this->load->language('extension/meschain/common');
		$this->show('extension/meschain/refused', ['refusal' => sprintf($this->language->get('error_version'), \MesChain\Setup\Oc3Registrations::SUPPORTED[0], VERSION)]);
		$this->response->output();
		exit;
	}

	private function show(string $view, array $data): void {
		$this->document->addStyle('view/stylesheet/meschain.css');
		$this->document->addScript('view/javascript/meschain/meschain.js');
		foreach (['header', 'column_left', 'footer'] as $part) {
			$data[$part] = $this->load->controller('common/' . $part);
		}
		$this->response->setOutput($this->load->view($view, $data));
	}
}
