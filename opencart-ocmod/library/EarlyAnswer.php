<?php
declare(strict_types=1);

namespace MesChain;

/** Sends an empty answer at once, and lets the script go on. For machines that call us, never for people. */
final class EarlyAnswer
{
    public static function send(int $status): void
    {
        ignore_user_abort(true);
        if (!headers_sent()) {
            http_response_code($status);
            header('Content-Length: 0');
            header('Connection: close');
        }
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        flush();
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } elseif (function_exists('litespeed_finish_request')) {
            litespeed_finish_request();
        }
    }
}
