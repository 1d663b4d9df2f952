<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/**
 * Chooses the carrier for an address by trying: HTTP/2 where curl has it, gRPC-Web where that does not come through.
 * The choice is kept by `TransportMemory`, so that only the first call of a day pays for it.
 */
final class TransportProbe
{
    private const METHOD = '/meschain.ops.v1.OpsService/GetVersion';
    private const DEADLINE_MS = 3000;
    private const KEPT_SECONDS = 86400;

    /** @var TransportMemory */
    private $memory;

    public function __construct(TransportMemory $memory)
    {
        $this->memory = $memory;
    }

    /**
     * @throws CallFailed when neither carrier comes through: the failure of the last one tried
     */
    public function choose(Address $address, TlsOptions $tls, string $key): Transport
    {
        $known = $this->memory->recall((string)$address, time() - self::KEPT_SECONDS);
        if ($known !== null) {
            return self::make($known, $address, $tls);
        }
        $failure = null;
        foreach (Http2Transport::isPossible() ? [Http2Transport::NAME, GrpcWebTransport::NAME] : [GrpcWebTransport::NAME] as $name) {
            $transport = self::make($name, $address, $tls);
            try {
                $this->ask($transport, $key);
                $this->memory->remember((string)$address, $name, time());

                return $transport;
            } catch (CallFailed $fault) {
                $failure = $fault;
                if (!$fault->wasConnected()) {
                    break;
                }
            }
        }
        throw $failure;
    }

    /** Throws the choice away: the next call tries anew. */
    public function forget(): void
    {
        $this->memory->forget();
    }

    private static function make(string $name, Address $address, TlsOptions $tls): Transport
    {
        return $name === Http2Transport::NAME && Http2Transport::isPossible()
            ? new Http2Transport($address, $tls)
            : new GrpcWebTransport($address, $tls);
    }

    /** Any gRPC status will do, a refused key too: the question is only whether gRPC comes through. */
    private function ask(Transport $transport, string $key): void
    {
        $reply = $transport->exchange(new Call(self::METHOD, '', ['authorization' => 'Bearer ' . $key], self::DEADLINE_MS, 65536), static function (): bool {
            return true;
        });
        if ($reply->status() === null) {
            throw CallFailed::malformed(self::METHOD, $reply->httpStatus(), 'The answer carries no status');
        }
    }
}
