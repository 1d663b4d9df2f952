<?php
declare(strict_types=1);

namespace MesChain\Client;

use MesChain\Grpc\CallOptions;
use MesChain\Grpc\Channel;
use MesChain\Proto\Ops\V1\GetHealthRequest;
use MesChain\Proto\Ops\V1\GetHealthResponse;
use MesChain\Proto\Ops\V1\GetVersionRequest;
use MesChain\Proto\Ops\V1\GetVersionResponse;

/** The server itself. Every method throws CallFailed; limits and meaning of the fields stand in the protos. */
final class OpsClient
{
    private const SERVICE = '/meschain.ops.v1.OpsService/';

    /** @var Channel */
    private $channel;

    public function __construct(Channel $channel)
    {
        $this->channel = $channel;
    }

    public function getVersion(GetVersionRequest $request): GetVersionResponse
    {
        return $this->channel->unary(self::SERVICE . 'GetVersion', $request, new GetVersionResponse(), CallOptions::repeatable(4000));
    }

    public function getHealth(GetHealthRequest $request): GetHealthResponse
    {
        return $this->channel->unary(self::SERVICE . 'GetHealth', $request, new GetHealthResponse(), CallOptions::repeatable(4000));
    }
}
