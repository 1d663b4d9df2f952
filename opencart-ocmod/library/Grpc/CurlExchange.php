<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** One HTTP exchange over curl: collects headers (and HTTP/2 trailers), hands over body bytes as they come. */
final class CurlExchange
{
    /** Milliseconds above the call's deadline, so that the server's own DEADLINE_EXCEEDED arrives first. */
    private const GRACE_MS = 250;
    private const CONNECT_MAX_MS = 3000;

    /** @var array<string, string> */
    private $headers = [];
    /** @var array<string, string> */
    private $trailers = [];
    /** @var bool */
    private $bodySeen = false;
    /** @var bool */
    private $cancelled = false;
    /** @var \Throwable|null */
    private $fault;

    /**
     * @param resource|\CurlHandle   $curl
     * @param array<int, mixed>      $options  what the carrier adds
     * @param callable(string): bool $onBytes  answers false to cancel
     *
     * @throws CallFailed
     */
    public function run($curl, Address $address, Call $call, array $options, callable $onBytes): Reply
    {
        curl_reset($curl);
        curl_setopt_array($curl, $options + [
            CURLOPT_URL => $address->url($call->method),
            CURLOPT_POST => true,
            CURLOPT_TIMEOUT_MS => max(1, $call->deadlineMs) + self::GRACE_MS,
            CURLOPT_CONNECTTIMEOUT_MS => min(self::CONNECT_MAX_MS, max(1, $call->deadlineMs)),
            CURLOPT_NOSIGNAL => true, // time-outs below a second need it
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_PROXY => '', // the environment of a web server is no place to be led elsewhere
            CURLOPT_HEADERFUNCTION => function ($curl, string $line): int {
                return $this->header($line);
            },
            CURLOPT_WRITEFUNCTION => function ($curl, string $bytes) use ($onBytes): int {
                return $this->body($bytes, $onBytes);
            },
        ]);
        $done = curl_exec($curl);
        if ($this->fault !== null) {
            throw $this->fault instanceof CallFailed ? $this->fault : CallFailed::malformed($call->method, 200, $this->fault->getMessage());
        }
        if ($done === false && !$this->cancelled) {
            $error = curl_errno($curl);
            if ($error === CURLE_OPERATION_TIMEDOUT) {
                // Nothing was connected: the call cannot have taken place.
                throw curl_getinfo($curl, CURLINFO_CONNECT_TIME) > 0
                    ? CallFailed::late($call->method, $call->deadlineMs)
                    : CallFailed::unreachable($call->method, $error, 'The connection was not made in time');
            }
            throw CallFailed::unreachable($call->method, $error, curl_error($curl));
        }

        return new Reply((int)curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $this->headers, $this->trailers, $this->cancelled);
    }

    private function header(string $line): int
    {
        $text = trim($line);
        if (strncmp($text, 'HTTP/', 5) === 0) {
            $this->headers = []; // a 1xx answer came before
        } elseif ($text !== '') {
            [$name, $value] = explode(':', $text, 2) + [1 => ''];
            // Trailers pass through here too, after the body; that is where gRPC puts its status.
            if ($this->bodySeen) {
                $this->trailers[strtolower(trim($name))] = trim($value);
            } else {
                $this->headers[strtolower(trim($name))] = trim($value);
            }
        }

        return strlen($line);
    }

    private function body(string $bytes, callable $onBytes): int
    {
        $this->bodySeen = true;
        // An exception must not cross curl: keep it, stop the transfer, throw it afterwards.
        try {
            if ($onBytes($bytes)) {
                return strlen($bytes);
            }
            $this->cancelled = true;
        } catch (\Throwable $fault) {
            $this->fault = $fault;
        }

        return 0;
    }
}
