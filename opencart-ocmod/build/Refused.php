<?php
declare(strict_types=1);

namespace MesChain\Build;

/** The build cannot go on, and says what to do. */
final class Refused extends \RuntimeException
{
}
