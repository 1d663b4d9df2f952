<?php
/** The route that OpenCart 3 asks the permission of all our pages for; standing here, it is on the list of a user group. */
class ControllerExtensionMeschain extends Controller {
	public function index() {
		$this->response->redirect($this->url->link('extension/module/meschain', 'user_token=' . $this->session->data['user_token'], true));
	}
}
