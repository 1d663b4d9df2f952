<?php
declare(strict_types=1);

namespace MesChain\Grpc;

/** Whom to trust. There is no switch that turns the check off. */
final class TlsOptions
{
    /** @var string */
    private $caFile;

    /** @param string $caFile PEM file of an own authority; empty means the system's list */
    public function __construct(string $caFile = '')
    {
        $this->caFile = $caFile;
    }

    /** @return array<int, mixed> */
    public function curlOptions(): array
    {
        $options = [CURLOPT_SSL_VERIFYPEER => true, CURLOPT_SSL_VERIFYHOST => 2];
        if ($this->caFile !== '') {
            $options[CURLOPT_CAINFO] = $this->caFile;
        }

        return $options;
    }
}
