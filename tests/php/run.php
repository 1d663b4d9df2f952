<?php
declare(strict_types=1);

/* A runner in one screen: every public method of every *Test class is a test, its name a sentence. */
use MesChain\Tests\Support\Check;
use MesChain\Tests\Support\Skipped;

$root = dirname(__DIR__, 2);
passthru('php ' . escapeshellarg($root . '/opencart-ocmod/build.php') . ' --generate-only', $status);
if ($status !== 0) {
    echo "0 passed, 1 failed, 0 skipped\n";
    exit(1);
}
require $root . '/opencart-ocmod/library/autoload.php';
spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen('MesChain\\Tests\\'))) . '.php';
    if (strncmp($class, 'MesChain\\Tests\\', 15) === 0 && is_file($file)) {
        require $file;
    }
});
/** @return array<int, string> where it happened, our own files only */
function places(Throwable $fault): array
{
    $places = [$fault->getFile() . ':' . $fault->getLine()];
    foreach ($fault->getTrace() as $step) {
        $places[] = ($step['file'] ?? '?') . ':' . ($step['line'] ?? 0);
    }

    return array_slice(array_values(array_filter($places, static function (string $place): bool {
        return strpos($place, '/runtime/') === false && strpos($place, 'run.php') === false;
    })), 0, 6);
}
// As OpenCart does in development: a notice is a fault.
set_error_handler(static function (int $code, string $text, string $file, int $line): bool {
    throw new ErrorException($text, 0, $code, $file, $line);
});

$counts = ['passed' => 0, 'failed' => 0, 'skipped' => 0];
$wanted = array_slice($argv, 1);
foreach (glob(__DIR__ . '/*/*Test.php') ?: [] as $file) {
    $name = basename($file, '.php');
    if ($wanted !== [] && array_filter($wanted, static function (string $word) use ($file): bool { return stripos($file, $word) !== false; }) === []) {
        continue;
    }
    $class = 'MesChain\\Tests\\' . basename(dirname($file)) . '\\' . $name;
    foreach ((new ReflectionClass($class))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        if ($method->isStatic() || $method->isConstructor()) {
            continue;
        }
        $sentence = $name . ': ' . str_replace('_', ' ', $method->getName());
        try {
            $method->invoke(new $class(), new Check());
            $counts['passed']++;
            echo 'ok    ', $sentence, "\n";
        } catch (Skipped $skipped) {
            $counts['skipped']++;
            echo 'skip  ', $sentence, ' (', $skipped->getMessage(), ")\n";
        } catch (Throwable $fault) {
            $counts['failed']++;
            echo 'FAIL  ', $sentence, "\n      ", get_class($fault), ': ', $fault->getMessage(), "\n      ", implode("\n      ", places($fault)), "\n";
        }
    }
}
printf("%d passed, %d failed, %d skipped\n", $counts['passed'], $counts['failed'], $counts['skipped']);
exit($counts['failed'] > 0 || $counts['passed'] === 0 ? 1 : 0);
