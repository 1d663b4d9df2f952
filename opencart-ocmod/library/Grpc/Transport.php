<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** Carries one call. Both carriers have the same API; TransportProbe chooses. */
interface Transport
{
    /**
     * Sends one message and hands over each message of the answer as it arrives.
     *
     * @param callable(string): bool $onMessage answers false to cancel the call
     *
     * @return Reply headers and trailers as they came; judging the status is the channel's work
     * @throws CallFailed when nothing or no gRPC came back
     */
    public function exchange(Call $call, callable $onMessage): Reply;

    /** "h2" or "web": what the probe remembers. */
    public function name(): string;
}
