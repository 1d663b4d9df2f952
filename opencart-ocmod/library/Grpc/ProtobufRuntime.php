<?php
declare(strict_types=1);

namespace MesChain\Grpc;

use MesChain\Proto\Sync\V1\StockLevel;
use MesChain\Proto\Sync\V1\ReportStockRequest;

/**
 * Whether the protobuf runtime that is loaded in this shop fits our messages. Another extension, or ext-protobuf, may
 * have loaded its own; two of them cannot live in one process. Asked before the first message is made.
 */
final class ProtobufRuntime
{
    /** What a small message must look like on the wire: shop_sequence 300 and one level, "7" with quantity 5. */
    private const SAMPLE = "\x10\xac\x02\x1a\x05\x0a\x017\x10\x05";

    /** The sentence that names the clash; empty when all is well. */
    public static function clash(): string
    {
        try {
            $level = new StockLevel();
            $level->setShopVariantId('7');
            $level->setQuantity(5);
            $request = new ReportStockRequest();
            $request->setShopSequence(300);
            $request->setLevels([$level]);
            $back = new ReportStockRequest();
            $back->mergeFromString(self::SAMPLE);
            if ($request->serializeToString() === self::SAMPLE && $back->getLevels()[0]->getQuantity() === 5) {
                return '';
            }
            $found = 'it encodes a message differently';
        } catch (\Throwable $fault) {
            $found = $fault->getMessage();
        }

        return sprintf('MesChain cannot run beside another protobuf runtime in this shop (%s): %s.', self::origin(), $found);
    }

    /** Where the runtime in use comes from: a file, or the name of the PHP extension. */
    public static function origin(): string
    {
        if (!class_exists('Google\Protobuf\Internal\Message')) {
            return 'none found';
        }
        $file = (new \ReflectionClass('Google\Protobuf\Internal\Message'))->getFileName();

        return $file === false ? 'ext-protobuf ' . phpversion('protobuf') : $file;
    }
}
