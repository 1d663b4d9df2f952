<?php
$_['menu_title'] = 'MesChain';
$_['menu_overview'] = 'Genel Bakış';
$_['menu_listings'] = 'Pazaryeri Ürünleri';
$_['menu_accounts'] = 'Pazaryeri Hesapları';
$_['menu_settings'] = 'Ayarlar';
