<?php
declare(strict_types=1);

namespace MesChain\Admin;

use Google\Protobuf\Timestamp;
use MesChain\App;
use MesChain\Client\SyncClient;
use MesChain\Proto\Sync\V1\GetOverviewRequest;
use MesChain\Proto\Sync\V1\GetOverviewResponse;
use MesChain\Proto\Sync\V1\IssueState;
use MesChain\Proto\Sync\V1\ListIssuesRequest;

/** Genel Bakış: one glance answers whether all is well. */
final class OverviewPage
{
    /** Above this a waiting change is worth a look. */
    private const WAIT_AMBER_SECONDS = 60;
    private const WAIT_RED_SECONDS = 600;
    private const ISSUES = 10;

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
        $data = (new LastSeen($this->app, $this->texts))->show('overview', function (): array {
            return $this->ask();
        }, ['clocks' => [], 'connections' => [], 'offers' => [], 'issues' => [], 'issues_open' => 0]);
        $data['configured'] = $this->app->backbone()->isConfigured();
        $tables = $this->app->engines()->notTransactional();
        if ($tables !== []) {
            array_unshift($data['issues'], $this->tables($tables));
            $data['issues_open']++;
        }
        array_unshift($data['clocks'], $this->server($data['connected']), $this->outbox(), $this->lastOrder());
        $data['as_of'] = $this->texts->time(time());

        return $data;
    }

    /**
     * The shop's own issue, which the backbone cannot know of.
     *
     * @param array<int, string> $tables
     * @return array<string, mixed>
     */
    private function tables(array $tables): array
    {
        return [
            'dot' => 'danger', 'code' => 'SHOP_TABLES_NOT_TRANSACTIONAL',
            'cause' => $this->texts->get('issue_shop_tables_not_transactional_cause'),
            'fix' => $this->texts->get('issue_shop_tables_not_transactional_fix'),
            'subject' => implode(', ', $tables), 'params' => '', 'marketplace_text' => '', 'time' => $this->texts->time(time()), 'count' => 1,
        ];
    }

    /** @return array<string, mixed> */
    private function ask(): array
    {
        $client = new SyncClient($this->app->backbone()->channel());
        $overview = $client->getOverview(new GetOverviewRequest());
        $issues = $client->listIssues(new ListIssuesRequest(['page_size' => self::ISSUES, 'state' => IssueState::ISSUE_STATE_OPEN]));
        $shown = [];
        foreach ($issues->getIssues() as $issue) {
            $shown[] = (new IssueText($this->texts))->of($issue);
        }
        $connections = [];
        foreach ($overview->getConnections() as $connection) {
            $connections[] = (new ConnectionText($this->texts))->of($connection);
        }

        return [
            'clocks' => $this->clocks($overview),
            'connections' => $connections,
            'offers' => (new ConnectionText($this->texts))->offers($overview->getOfferCounts()),
            'issues' => $shown,
            'issues_open' => (int)$overview->getIssuesOpen(),
        ];
    }

    /** @return array<int, array{dot: string, title: string, text: string}> */
    private function clocks(GetOverviewResponse $overview): array
    {
        $waiting = self::secondsSince($overview->getOldestWaitingTime());
        $pulled = self::secondsSince($overview->getOldestUnacknowledgedTime());

        return [
            $this->clock('waiting', $waiting, $waiting === null
                ? $this->texts->get('clock_waiting_none')
                : $this->texts->get('clock_waiting_some', (int)$overview->getOffersWaiting(), $this->texts->age($waiting))),
            $this->clock('propagation', null, (int)$overview->getPropagationP95Ms() === 0
                ? $this->texts->get('clock_propagation_none')
                : $this->texts->get('clock_propagation_some', $this->texts->duration((int)$overview->getPropagationP50Ms()), $this->texts->duration((int)$overview->getPropagationP95Ms()))),
            $this->clock('orders', $pulled, $pulled === null
                ? $this->texts->get('clock_orders_none', (int)$overview->getOrdersToday())
                : $this->texts->get('clock_orders_some', (int)$overview->getOrdersUnacknowledged(), $this->texts->age($pulled))),
            $this->clock('receipts', null, $this->texts->get('clock_receipts_some', (int)$overview->getReceiptsOpen())),
        ];
    }

    /** @return array{dot: string, title: string, text: string} */
    private function clock(string $name, ?int $age, string $text): array
    {
        $dot = 'success';
        if ($age !== null && $age >= self::WAIT_AMBER_SECONDS) {
            $dot = $age >= self::WAIT_RED_SECONDS ? 'danger' : 'warning';
        }

        return ['dot' => $dot, 'title' => $this->texts->get('clock_' . $name), 'text' => $text];
    }

    /** @return array{dot: string, title: string, text: string} */
    private function server(bool $connected): array
    {
        $down = $this->app->backbone()->downSince();
        $title = $this->texts->get('clock_server');
        if (!$this->app->backbone()->isConfigured()) {
            return ['dot' => 'secondary', 'title' => $title, 'text' => $this->texts->get('clock_server_none')];
        }
        if ($connected) {
            return ['dot' => 'success', 'title' => $title, 'text' => $this->texts->get('clock_server_' . ($this->app->backbone()->carrier() === 'h2' ? 'h2' : 'web'))];
        }

        return ['dot' => 'danger', 'title' => $title, 'text' => $down === null ? $this->texts->get('clock_server_refused') : $this->texts->get('text_down_since', $this->texts->time($down))];
    }

    /** @return array{dot: string, title: string, text: string} */
    private function outbox(): array
    {
        $fault = $this->fault('outbox');
        if ($fault !== '') {
            return ['dot' => 'danger', 'title' => $this->texts->get('clock_outbox'), 'text' => $fault];
        }
        $depth = $this->app->outbox()->depth();
        $age = $depth['oldest_s'] === null ? null : max(0, time() - $depth['oldest_s']);

        return $this->clock('outbox', $age, $age === null
            ? $this->texts->get('clock_outbox_none')
            : $this->texts->get('clock_outbox_some', $depth['depth'], $this->texts->age($age)));
    }

    /** @return array{dot: string, title: string, text: string} */
    private function lastOrder(): array
    {
        $fault = $this->fault('orders');
        if ($fault !== '') {
            return ['dot' => 'danger', 'title' => $this->texts->get('clock_last_order'), 'text' => $fault];
        }
        $orders = $this->app->imports()->overview();

        return $this->clock('last_order', null, $orders['last_s'] === null
            ? $this->texts->get('clock_last_order_none')
            : $this->texts->get('clock_last_order_some', $this->texts->time($orders['last_s']), $orders['last_order_id'], $orders['count']));
    }

    /** What background work met last, as a sentence; empty while it goes well. */
    private function fault(string $task): string
    {
        $fault = $this->app->backbone()->isConfigured() ? $this->app->state()->get('fault.' . $task) : '';

        return $fault === '' ? '' : $this->texts->firstOf($fault, $this->texts->get('clock_fault', $fault));
    }

    private static function secondsSince(?Timestamp $time): ?int
    {
        return $time === null ? null : max(0, time() - (int)$time->getSeconds());
    }
}
