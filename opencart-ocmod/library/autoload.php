<?php
declare(strict_types=1);

/*
 * The one bootstrap of the library: require_once it from every entry point.
 *
 * Registered behind every loader that is already there: where another extension has brought its own Google\Protobuf,
 * all of its classes come from there and none from here, and ProtobufRuntime says whether that fits.
 */
spl_autoload_register(static function (string $class): void {
    static $roots = null;
    if ($roots === null) {
        // The package carries what the build made beside the library; in the repository it lies under artifacts/.
        $made = is_dir(__DIR__ . '/generated') ? __DIR__ : dirname(__DIR__, 2) . '/artifacts/php';
        $roots = [
            'MesChain\\Proto\\' => $made . '/generated/MesChain/Proto/',
            'MesChain\\' => __DIR__ . '/',
            'Google\\Rpc\\' => $made . '/generated/Google/Rpc/',
            'Google\\Api\\' => $made . '/generated/Google/Api/',
            'Google\\Protobuf\\' => $made . '/runtime/Google/Protobuf/',
            'GPBMetadata\\Google\\Protobuf\\' => $made . '/runtime/GPBMetadata/Google/Protobuf/',
            'GPBMetadata\\' => $made . '/generated/GPBMetadata/',
        ];
    }
    foreach ($roots as $prefix => $folder) {
        if (strncmp($class, $prefix, strlen($prefix)) === 0) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;
            }

            return;
        }
    }
});
