<?php
declare(strict_types=1);

namespace MesChain\Admin;

use MesChain\App;
use MesChain\Client\StoreClient;
use MesChain\Proto\Sync\V1\ConnectionMode;
use MesChain\Proto\Sync\V1\CreateConnectionRequest;
use MesChain\Proto\Sync\V1\Credentials;
use MesChain\Proto\Sync\V1\DeleteConnectionRequest;
use MesChain\Proto\Sync\V1\Environment;
use MesChain\Proto\Sync\V1\ListConnectionsRequest;
use MesChain\Proto\Sync\V1\SetConnectionModeRequest;
use MesChain\Proto\Sync\V1\TestConnectionRequest;
use MesChain\Proto\Sync\V1\TestConnectionResponse;
use MesChain\Proto\Sync\V1\UpdateConnectionRequest;

/** Pazaryeri Hesapları. What the owner types as credentials goes straight through and is kept nowhere in the shop. */
final class AccountsPage
{
    private const MODES = [
        'shadow' => ConnectionMode::CONNECTION_MODE_SHADOW,
        'live' => ConnectionMode::CONNECTION_MODE_LIVE,
        'paused' => ConnectionMode::CONNECTION_MODE_PAUSED,
    ];
    private const LISTED_MAX = 200;

    /** @var App */
    private $app;
    /** @var Texts */
    private $texts;
    /** @var Action */
    private $action;

    public function __construct(App $app, Texts $texts)
    {
        $this->app = $app;
        $this->texts = $texts;
        $this->action = new Action($app, $texts);
    }

    /** @return array<string, mixed> */
    public function show(): array
    {
        $data = (new LastSeen($this->app, $this->texts))->show('accounts', function (): array {
            $rows = [];
            foreach ($this->client()->listConnections(new ListConnectionsRequest(['page_size' => self::LISTED_MAX]))->getConnections() as $connection) {
                $rows[] = (new ConnectionText($this->texts))->of($connection);
            }

            return ['connections' => $rows];
        }, ['connections' => []]);
        $data['configured'] = $this->app->backbone()->isConfigured();

        return $data;
    }

    /**
     * @param array<string, string> $input environment, name, seller_id, api_key, api_secret, endpoint, connection_id
     * @return array<string, mixed>
     */
    public function add(array $input): array
    {
        $errors = [];
        foreach (['name', 'seller_id', 'api_key', 'api_secret'] as $field) {
            if (trim($input[$field] ?? '') === '') {
                $errors[$field] = $this->texts->get('error_required');
            }
        }
        if (!isset($errors['seller_id']) && !preg_match('/^\d{1,20}$/', trim($input['seller_id']))) {
            $errors['seller_id'] = $this->texts->get('error_seller_id');
        }
        if ($errors !== []) {
            return ['error' => $errors + ['warning' => $this->texts->get('error_fields')]];
        }
        if (($input['connection_id'] ?? '') !== '') {
            // The account was made a moment ago, and its test failed: what is sent now are corrected credentials.
            return $this->renew($input['connection_id'], $input['api_key'], $input['api_secret']);
        }
        $sandbox = ($input['environment'] ?? '') === 'sandbox';

        return $this->action->run(function () use ($input, $sandbox): array {
            $created = $this->client()->createConnection(new CreateConnectionRequest([
                'request_id' => Action::requestId(),
                'marketplace' => 'trendyol',
                'environment' => $sandbox ? Environment::ENVIRONMENT_SANDBOX : Environment::ENVIRONMENT_PRODUCTION,
                'name' => trim($input['name']),
                'seller_id' => trim($input['seller_id']),
                'credentials' => new Credentials(['api_key' => trim($input['api_key']), 'api_secret' => trim($input['api_secret'])]),
                'endpoint' => $sandbox ? trim($input['endpoint'] ?? '') : '',
            ]));
            // The first test runs at once: people want to know whether what they typed is right.
            $tested = $this->client()->testConnection(new TestConnectionRequest(['connection_id' => $created->getConnection()->getId()]));

            return $this->tested($tested) + ['connection_id' => $created->getConnection()->getId()];
        });
    }

    /** @return array<string, mixed> */
    public function test(string $id): array
    {
        return $this->action->run(function () use ($id): array {
            return $this->tested($this->client()->testConnection(new TestConnectionRequest(['connection_id' => $id])));
        });
    }

    /** Tries other credentials; the backbone keeps them if they pass. */
    public function renew(string $id, string $apiKey, string $apiSecret): array
    {
        return $this->action->run(function () use ($id, $apiKey, $apiSecret): array {
            return $this->tested($this->client()->testConnection(new TestConnectionRequest([
                'connection_id' => $id,
                'credentials' => new Credentials(['api_key' => trim($apiKey), 'api_secret' => trim($apiSecret)]),
            ])));
        });
    }

    /** @return array<string, mixed> */
    public function setMode(string $id, string $mode): array
    {
        return $this->action->run(function () use ($id, $mode): array {
            $this->client()->setConnectionMode(new SetConnectionModeRequest(['connection_id' => $id, 'mode' => self::MODES[$mode] ?? 0]));

            return ['success' => $this->texts->get('success_mode_' . $mode), 'reload' => true];
        });
    }

    /** @return array<string, mixed> */
    public function setPrices(string $id, bool $enabled): array
    {
        return $this->action->run(function () use ($id, $enabled): array {
            $this->client()->updateConnection(new UpdateConnectionRequest(['connection_id' => $id, 'price_enabled' => $enabled]));

            return ['success' => $this->texts->get($enabled ? 'success_prices_on' : 'success_prices_off'), 'reload' => true];
        });
    }

    /** @return array<string, mixed> */
    public function delete(string $id): array
    {
        return $this->action->run(function () use ($id): array {
            $this->client()->deleteConnection(new DeleteConnectionRequest(['connection_id' => $id]));

            return ['success' => $this->texts->get('success_deleted'), 'reload' => true];
        });
    }

    /** @return array<string, mixed> */
    private function tested(TestConnectionResponse $answer): array
    {
        $probes = [];
        foreach ($answer->getProbes() as $probe) {
            $asked = $probe->getPassed() || $probe->getCode() !== '';
            $probes[] = [
                'name' => $this->texts->firstOf('probe_' . $probe->getName(), $probe->getName()),
                'dot' => $probe->getPassed() ? 'success' : ($asked ? 'danger' : 'secondary'),
                'text' => $probe->getPassed()
                    ? $this->texts->get('probe_passed', (int)$probe->getLatencyMs())
                    : ($asked ? $this->texts->firstOf('issue_' . strtolower($probe->getCode()) . '_fix', $probe->getDetail()) : $this->texts->get('probe_not_asked')),
                'detail' => $probe->getPassed() ? '' : trim($probe->getCode() . ' ' . $probe->getDetail()),
            ];
        }

        return ['probes' => $probes, 'passed' => $answer->getPassed()]
            + ($answer->getPassed() ? ['success' => $this->texts->get('success_test')] : ['error' => $this->texts->get('error_test')]);
    }

    private function client(): StoreClient
    {
        return new StoreClient($this->app->backbone()->channel());
    }
}
