<?php
declare(strict_types=1);

namespace MesChain;

use MesChain\Setup\KeyFile;

/** The backbone knocks when there is an order to pull: an empty, signed POST. It carries nothing; the pull does. */
final class Knock
{
    private const WINDOW_SECONDS = 300;
    private const BUDGET_MS = 20000;

    /** @var App */
    private $app;

    public function __construct(App $app)
    {
        $this->app = $app;
    }

    /** The HTTP status to answer: 202 for a good knock. */
    public function judge(string $method, string $time, string $signature, int $now): int
    {
        if ($method !== 'POST') {
            return 405;
        }
        $secret = $this->app->keys()->read(KeyFile::KNOCK);
        if ($secret === '' || !ctype_digit($time) || !hash_equals(self::sign($secret, $time, $this->app->state()->get('store.id')), $signature)) {
            return 403;
        }

        return abs($now - (int)$time) <= self::WINDOW_SECONDS ? 202 : 403;
    }

    /** Answers and, if the knock is good, works: the one who knocked has his answer by then. */
    public function answer(array $server): void
    {
        $status = $this->judge(
            (string)($server['REQUEST_METHOD'] ?? ''),
            (string)($server['HTTP_X_MESCHAIN_TIME'] ?? ''),
            (string)($server['HTTP_X_MESCHAIN_SIGNATURE'] ?? ''),
            time()
        );
        EarlyAnswer::send($status);
        if ($status === 202) {
            $this->app->state()->set('knock.heard_s', (string)time());
            $this->app->slice()->run(self::BUDGET_MS);
        }
    }

    public static function sign(string $secret, string $time, string $storeId): string
    {
        return hash_hmac('sha256', $time . "\n" . $storeId, $secret);
    }
}
