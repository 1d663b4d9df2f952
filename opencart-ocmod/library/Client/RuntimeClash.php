<?php
declare(strict_types=1);

namespace MesChain\Client;

/** Another protobuf runtime is loaded in this shop, and ours cannot live beside it. Its text names the other. */
final class RuntimeClash extends \RuntimeException
{
}
