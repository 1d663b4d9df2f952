<?php
$_['menu_title'] = 'MesChain';
$_['menu_overview'] = 'Overview';
$_['menu_listings'] = 'Marketplace Products';
$_['menu_accounts'] = 'Marketplace Accounts';
$_['menu_settings'] = 'Settings';
