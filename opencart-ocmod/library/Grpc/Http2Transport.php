<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/**
 * gRPC as it is specified, over HTTP/2: TLS with ALPN, or cleartext to this machine.
 *
 * libcurl before 8.0 breaks every reused cleartext HTTP/2 connection that was opened with prior knowledge (error 16,
 * curl issue 10634). There the first call of a handle uses prior knowledge and later ones plain "HTTP/2"; a handle is
 * dropped after any error. If the server was restarted in between, curl falls back to HTTP/1.1 and the server answers
 * 400 without running anything: then the handle is made anew and the call is repeated once.
 */
final class Http2Transport implements Transport
{
    public const NAME = 'h2';

    /** @var Address */
    private $address;
    /** @var TlsOptions */
    private $tls;
    /** @var resource|\CurlHandle|null */
    private $curl;
    /** @var bool */
    private $used = false;

    public function __construct(Address $address, TlsOptions $tls)
    {
        $this->address = $address;
        $this->tls = $tls;
    }

    /** Whether this PHP's curl can speak HTTP/2 at all. */
    public static function isPossible(): bool
    {
        return defined('CURL_VERSION_HTTP2') && (curl_version()['features'] & CURL_VERSION_HTTP2) !== 0;
    }

    public function exchange(Call $call, callable $onMessage): Reply
    {
        $reused = $this->used;
        $reply = $this->attempt($call, $onMessage);
        if ($reused && !$reply->isGrpc() && !$reply->isCancelled() && !$this->spokeHttp2()) {
            $this->drop();
            $reply = $this->attempt($call, $onMessage);
        }
        if (!$reply->isGrpc() && !$reply->isCancelled()) {
            $this->drop();
            throw CallFailed::malformed($call->method, $reply->httpStatus(), 'What answered is no gRPC server');
        }
        if ($reply->isCancelled()) {
            $this->drop();
        }

        return $reply;
    }

    public function name(): string
    {
        return self::NAME;
    }

    private function attempt(Call $call, callable $onMessage): Reply
    {
        $frame = new Frame($call->messageMax);
        if ($this->curl === null) {
            $this->curl = curl_init();
            $this->used = false;
        }
        $version = CURL_HTTP_VERSION_2TLS;
        if (!$this->address->isSecure()) {
            $version = $this->used ? CURL_HTTP_VERSION_2_0 : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
        }
        $options = $this->tls->curlOptions() + [
            CURLOPT_HTTP_VERSION => $version,
            CURLOPT_POSTFIELDS => Frame::wrap($call->message),
            CURLOPT_HTTPHEADER => array_merge(['content-type: application/grpc', 'te: trailers'], $call->headerLines()),
        ];
        try {
            $reply = (new CurlExchange())->run($this->curl, $this->address, $call, $options, static function (string $bytes) use ($frame, $onMessage): bool {
                foreach ($frame->take($bytes) as [, $message]) {
                    if (!$onMessage($message)) {
                        return false;
                    }
                }

                return true;
            });
        } catch (CallFailed $failure) {
            $this->drop();
            throw $failure;
        }
        $this->used = true;
        if ($reply->status() === Code::OK && !$frame->isWhole()) {
            $this->drop();
            throw CallFailed::malformed($call->method, $reply->httpStatus(), 'The answer ended within a message');
        }

        return $reply;
    }

    private function spokeHttp2(): bool
    {
        return $this->curl !== null && curl_getinfo($this->curl, CURLINFO_HTTP_VERSION) === CURL_HTTP_VERSION_2_0;
    }

    private function drop(): void
    {
        $this->curl = null;
        $this->used = false;
    }
}
