<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Sync\V1\GetOverviewRequest;
use MesChain\Proto\Sync\V1\GetOverviewResponse;
use MesChain\Proto\Sync\V1\ListIssuesRequest;
use MesChain\Proto\Sync\V1\ListIssuesResponse;
use MesChain\Proto\Sync\V1\ResolveIssueRequest;
use MesChain\Proto\Sync\V1\ResolveIssueResponse;
use MesChain\Proto\Sync\V1\WatchEventsRequest;
use MesChain\Proto\Sync\V1\WatchEventsResponse;

/** How things stand, and what is wrong. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class SyncClient
{
    private const SERVICE = '/meschain.sync.v1.SyncService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function getOverview(GetOverviewRequest $request): GetOverviewResponse
    {
        return $this->channel->unary(self::SERVICE . 'GetOverview', $request, new GetOverviewResponse(), CallOptions::repeatable(4000));
    }

    public function listIssues(ListIssuesRequest $request): ListIssuesResponse
    {
        return $this->channel->unary(self::SERVICE . 'ListIssues', $request, new ListIssuesResponse(), CallOptions::repeatable(4000));
    }

    public function resolveIssue(ResolveIssueRequest $request): ResolveIssueResponse
    {
        return $this->channel->unary(self::SERVICE . 'ResolveIssue', $request, new ResolveIssueResponse(), CallOptions::repeatable(5000));
    }

    /**
     * Hands over events as they happen until the deadline, or until `$onEvent` answers false.
     *
     * @param callable(WatchEventsResponse): bool $onEvent
     */
    public function watchEvents(WatchEventsRequest $request, callable $onEvent, int $deadlineMs): void
    {
        $this->channel->stream(self::SERVICE . 'WatchEvents', $request, new WatchEventsResponse(), $onEvent, CallOptions::once($deadlineMs));
    }
}
