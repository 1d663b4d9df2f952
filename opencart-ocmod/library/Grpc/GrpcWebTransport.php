<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** gRPC-Web over HTTP/1.1, for hosts whose curl or proxy has no HTTP/2. Trailers come as the last frame of the body. */
final class GrpcWebTransport implements Transport
{
    public const NAME = 'web';

    /** @var Address */
    private $address;
    /** @var TlsOptions */
    private $tls;
    /** @var resource|\CurlHandle|null */
    private $curl;

    public function __construct(Address $address, TlsOptions $tls)
    {
        $this->address = $address;
        $this->tls = $tls;
    }

    public function exchange(Call $call, callable $onMessage): Reply
    {
        $frame = new Frame($call->messageMax);
        $trailers = [];
        if ($this->curl === null) {
            $this->curl = curl_init();
        }
        $options = $this->tls->curlOptions() + [
            CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
            CURLOPT_POSTFIELDS => Frame::wrap($call->message),
            CURLOPT_HTTPHEADER => array_merge(
                ['content-type: application/grpc-web+proto', 'accept: application/grpc-web+proto', 'x-grpc-web: 1'],
                $call->headerLines()
            ),
        ];
        try {
            $reply = (new CurlExchange())->run($this->curl, $this->address, $call, $options, static function (string $bytes) use ($frame, $onMessage, &$trailers): bool {
                foreach ($frame->take($bytes) as [$flag, $content]) {
                    if ($flag & Frame::TRAILERS) {
                        $trailers = self::parseTrailers($content);
                    } elseif (!$onMessage($content)) {
                        return false;
                    }
                }

                return true;
            });
        } catch (CallFailed $failure) {
            $this->curl = null;
            throw $failure;
        }
        if ($reply->isCancelled()) {
            $this->curl = null;

            return $reply;
        }
        if (!$reply->isGrpc()) {
            throw CallFailed::malformed($call->method, $reply->httpStatus(), 'What answered is no gRPC-Web server');
        }
        if (!$frame->isWhole()) {
            throw CallFailed::malformed($call->method, $reply->httpStatus(), 'The answer ended within a message');
        }

        return $trailers === [] ? $reply : $reply->withTrailers($trailers);
    }

    public function name(): string
    {
        return self::NAME;
    }

    /** @return array<string, string> */
    private static function parseTrailers(string $text): array
    {
        $trailers = [];
        foreach (explode("\n", $text) as $line) {
            $line = trim($line);
            if ($line !== '') {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $trailers[strtolower(trim($name))] = trim($value);
            }
        }

        return $trailers;
    }
}
