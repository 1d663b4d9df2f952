<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Grpc\Address;
use MesChain\Grpc\AddressRefused;
use MesChain\Client\StoreClient;
use MesChain\Client\SyncClient;
use MesChain\Proto\Sync\V1\GetOverviewRequest;
use MesChain\Proto\Sync\V1\UpdateStoreRequest;
use MesChain\Setup\KeyFile;
use MesChain\Shop\Settings;
use MesChain\Shop\Text;

/** Ayarlar: the server, what a barcode is, how orders come in, and whether this host can do what we need. */
final class SettingsPage
{
    /** The catalog app's routes, below the storefront's address. */
    public const ROUTE_KNOCK = 'extension/meschain/knock';
    public const ROUTE_CRON = 'extension/meschain/cron';

    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
    }

    /** @return array<string, mixed> */
    public function show(): array
    {
        $settings = $this->app->settings();
        $keys = $this->app->keys();
        $cron = $this->app->shop()->url() . 'index.php?route=' . self::ROUTE_CRON . '&key=' . $keys->readOrMake(KeyFile::CRON);

        return [
            'address' => $settings->address(),
            'ca_file' => $settings->caFile(),
            'key_set' => $keys->read(KeyFile::KEY) !== '',
            'store_name' => $this->app->state()->get('store.name'),
            'barcode_source' => $settings->barcodeSource(),
            'barcode_sources' => Settings::BARCODE_SOURCES,
            'statuses' => $this->statuses(),
            'status_new' => $settings->statusNew() ?: $this->proposeStatus(['Processing', 'İşlemde', 'Hazırlanıyor'], 'config_processing_status'),
            'status_shipped' => $settings->statusShipped(),
            'status_cancelled' => $settings->statusCancelled() ?: $this->proposeStatus(['Canceled', 'Cancelled', 'İptal', 'İptal Edildi'], ''),
            'trial_orders' => $settings->trialOrders(),
            'trial_count' => $this->app->trialOrders()->count(),
            'tables' => implode(', ', $this->app->engines()->notTransactional()),
            'tables_changed' => implode(', ', array_keys($this->app->engines()->remembered())),
            'tables_back' => $this->app->state()->get('setting.tables_back') === '1',
            'wipe' => $this->app->state()->get('setting.wipe') === '1',
            'cron_url' => $cron . '&loop=55',
            'cron_line' => '* * * * * curl -fsS -o /dev/null "' . $cron . '&loop=55"',
            'diagnosis' => (new Diagnosis($this->app, $this->texts))->rows(),
        ];
    }

    /**
     * @param array<string, string> $input
     * @return array<string, mixed>
     */
    public function save(array $input): array
    {
        $errors = $this->check($input);
        if ($errors !== []) {
            return ['error' => $errors + ['warning' => $this->texts->get('error_fields')]];
        }
        $key = trim($input['key'] ?? '');
        $address = rtrim(trim($input['address'] ?? ''), '/');
        $settings = $this->app->settings();
        $source = $settings->barcodeSource();
        foreach (['barcode_source', 'status_new', 'status_shipped', 'status_cancelled', 'trial_orders', 'tables_back', 'wipe'] as $name) {
            $settings->set($name, trim($input[$name] ?? '0'));
        }
        if ($source !== $settings->barcodeSource()) {
            $this->app->outbox()->markAll();
        }
        if ($address === '') {
            return ['success' => $this->texts->get('success_saved')];
        }

        return (new Action($this->app, $this->texts))->run(function () use ($address, $key, $input): array {
            return $this->connect($address, trim($input['ca_file'] ?? ''), $key);
        });
    }

    /** Marks every product: the next turns send the whole shop again. */
    public function sendAll(): array
    {
        $this->app->sent()->forgetAll();
        $this->app->outbox()->markAll();

        return ['success' => $this->texts->get('success_send_all', $this->app->outbox()->depth()['depth'])];
    }

    /** Makes the core's order tables InnoDB, so that orders can be imported. */
    public function convertTables(): array
    {
        $left = $this->app->engines()->convert();

        return ($left === [] ? ['success' => $this->texts->get('success_tables')] : ['error' => $this->texts->get('error_tables_left', implode(', ', $left))]) + ['reload' => $left === []];
    }

    /** @param array<string, string> $input */
    private function check(array $input): array
    {
        $errors = [];
        if (trim($input['address'] ?? '') !== '') {
            try {
                Address::parse($input['address']);
            } catch (AddressRefused $refused) {
                $errors['address'] = $this->texts->get($refused->key());
            }
            if (trim($input['key'] ?? '') === '' && $this->app->keys()->read(KeyFile::KEY) === '') {
                $errors['key'] = $this->texts->get('error_required');
            }
        }
        $file = trim($input['ca_file'] ?? '');
        if ($file !== '' && !is_readable($file)) {
            $errors['ca_file'] = $this->texts->get('error_ca_file');
        }
        if (!in_array($input['barcode_source'] ?? '', Settings::BARCODE_SOURCES, true)) {
            $errors['barcode_source'] = $this->texts->get('error_required');
        }
        $taking = array_map('intval', array_merge((array)$this->app->shop()->config('config_processing_status'), (array)$this->app->shop()->config('config_complete_status')));
        if (!in_array((int)($input['status_new'] ?? 0), $taking, true)) {
            $errors['status_new'] = $this->texts->get('error_status_new');
        }
        if ((int)($input['status_shipped'] ?? 0) !== 0 && !in_array((int)$input['status_shipped'], $taking, true)) {
            $errors['status_shipped'] = $this->texts->get('error_status_new');
        }
        if ((int)($input['status_cancelled'] ?? 0) === 0 || in_array((int)$input['status_cancelled'], $taking, true)) {
            $errors['status_cancelled'] = $this->texts->get('error_status_cancelled');
        }

        return $errors;
    }

    /** Tries address and key before they are kept, then tells the backbone where to knock. */
    private function connect(string $address, string $caFile, string $key): array
    {
        $keys = $this->app->keys();
        $token = $key === '' ? $keys->read(KeyFile::KEY) : $key;
        $this->app->state()->forget();
        $channel = $this->app->backbone()->channelTo($address, $caFile, $token);
        $store = (new SyncClient($channel))->getOverview(new GetOverviewRequest())->getStore();
        $settings = $this->app->settings();
        $settings->set('address', $address);
        $settings->set('ca_file', $caFile);
        if ($key !== '') {
            $keys->write(KeyFile::KEY, $key);
        }
        if ($this->app->state()->get('store.id') !== $store->getId()) {
            $this->app->state()->set('store.id', $store->getId());
            $this->app->sent()->forgetAll();
            $this->app->outbox()->markAll();
        }
        $this->app->state()->set('store.name', $store->getName());
        (new StoreClient($channel))->updateStore(new UpdateStoreRequest([
            'callback_url' => $this->app->shop()->url() . 'index.php?route=' . self::ROUTE_KNOCK,
            'callback_secret' => $keys->readOrMake(KeyFile::KNOCK),
        ]));

        return ['success' => $this->texts->get('success_connected', $store->getName()), 'reload' => true];
    }

    /** @return array<int, array{id: int, name: string}> */
    private function statuses(): array
    {
        $rows = $this->app->shop()->db()->rows('SELECT order_status_id, name FROM {order_status} WHERE language_id = ? ORDER BY name', [$this->app->shop()->languageId()]);

        return array_map(static function (array $row): array {
            return ['id' => (int)$row['order_status_id'], 'name' => Text::plain($row['name'])];
        }, $rows);
    }

    /** @param array<int, string> $names */
    private function proposeStatus(array $names, string $within): int
    {
        $folded = array_map([Text::class, 'folded'], $names);
        $allowed = $within === '' ? null : array_map('intval', (array)$this->app->shop()->config($within));
        foreach ($this->statuses() as $status) {
            if (in_array(Text::folded($status['name']), $folded, true) && ($allowed === null || in_array($status['id'], $allowed, true))) {
                return $status['id'];
            }
        }

        return 0;
    }
}
