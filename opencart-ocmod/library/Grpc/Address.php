<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** Where the backbone listens. Cleartext is for this very machine only: the key would travel readable otherwise. */
final class Address
{
    /** @var string */
    private $base;
    /** @var bool */
    private $secure;

    private function __construct(string $base, bool $secure)
    {
        $this->base = $base;
        $this->secure = $secure;
    }

    /**
     * @throws AddressRefused
     */
    public static function parse(string $text): self
    {
        $text = rtrim(trim($text), '/');
        $parts = parse_url($text);
        if (!is_array($parts) || !isset($parts['scheme'], $parts['host']) || isset($parts['user']) || isset($parts['query']) || isset($parts['fragment'])) {
            throw AddressRefused::malformed($text);
        }
        $scheme = strtolower($parts['scheme']);
        if ($scheme !== 'https' && $scheme !== 'http') {
            throw AddressRefused::malformed($text);
        }
        if ($scheme === 'http' && !self::isLoopback($parts['host'])) {
            throw AddressRefused::cleartext($parts['host']);
        }

        return new self($text, $scheme === 'https');
    }

    public function isSecure(): bool
    {
        return $this->secure;
    }

    public function url(string $method): string
    {
        return $this->base . $method;
    }

    public function __toString(): string
    {
        return $this->base;
    }

    private static function isLoopback(string $host): bool
    {
        $host = strtolower(trim($host, '[]'));

        return $host === 'localhost' || $host === '::1'
            || (filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4) !== false && strncmp($host, '127.', 4) === 0);
    }
}
