<?php
declare(strict_types=1);

namespace MesChain;

/**
 * Work after the answer has left. Only where PHP can end the answer first (php-fpm, LiteSpeed): elsewhere nothing is
 * done here, for a shop request never waits for us, and the knock or the cron job delivers.
 */
final class AfterResponse
{
    private const BUDGET_MS = 4000;
    /** @var bool */
    private static $planned = false;

    public static function isPossible(): bool
    {
        return function_exists('fastcgi_finish_request') || function_exists('litespeed_finish_request');
    }

    /** Plans one flush for the end of this request, however often it is asked for. */
    public static function flush(App $app): void
    {
        if (self::$planned || !self::isPossible()) {
            return;
        }
        self::$planned = true;
        register_shutdown_function(static function () use ($app): void {
            function_exists('fastcgi_finish_request') ? fastcgi_finish_request() : litespeed_finish_request();
            $app->slice()->flush(self::BUDGET_MS);
        });
    }
}
