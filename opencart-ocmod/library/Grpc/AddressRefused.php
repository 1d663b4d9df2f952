<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** A server address that must not be used. `key()` names the sentence that the pages show. */
final class AddressRefused extends \InvalidArgumentException
{
    /** @var string */
    private $key;

    private function __construct(string $message, string $key)
    {
        parent::__construct($message);
        $this->key = $key;
    }

    public static function malformed(string $text): self
    {
        return new self(sprintf('"%s" is no address of the form https://host[:port].', $text), 'error_address');
    }

    public static function cleartext(string $host): self
    {
        return new self(sprintf('http:// is allowed for this machine only; use https:// for %s.', $host), 'error_address_cleartext');
    }

    public function key(): string
    {
        return $this->key;
    }
}
