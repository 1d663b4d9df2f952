<?php
declare(strict_types=1);

namespace MesChain;

use MesChain\Setup\KeyFile;

/**
 * The cron address. Once a minute is the finest that most hosts offer, so a call may stay and look again every second
 * (`loop=55`): then a change leaves within a second or two on any host.
 */
final class CronRun
{
    private const LOOP_MAX_SECONDS = 55;
    private const SLICE_MS = 25000;
    /** Orders are asked for at least this often while looping; the knock brings them sooner. */
    private const PULL_SECONDS = 10;

    /** @var App */
    private $app;

    public function __construct(App $app)
    {
        $this->app = $app;
    }

    /** Answers 403 for a wrong key; otherwise works, then answers 204. */
    public function answer(string $key, int $loopSeconds): void
    {
        $own = $this->app->keys()->read(KeyFile::CRON);
        if ($own === '' || !hash_equals($own, $key)) {
            EarlyAnswer::send(403);

            return;
        }
        $this->run($loopSeconds);
        EarlyAnswer::send(204);
    }

    public function run(int $loopSeconds): void
    {
        $loop = max(0, min(self::LOOP_MAX_SECONDS, $loopSeconds));
        if (function_exists('set_time_limit')) {
            set_time_limit($loop + 60);
        }
        ignore_user_abort(true);
        $this->app->state()->set('cron.ran_s', (string)time());
        $end = time() + $loop;
        $this->app->slice()->sweep();
        $this->app->slice()->run(self::SLICE_MS);
        $pulled = time();
        while (time() < $end) {
            sleep(1);
            if (time() - $pulled >= self::PULL_SECONDS) {
                $this->app->slice()->sweep();
                $this->app->slice()->run(self::SLICE_MS);
                $pulled = time();
            } else {
                $this->app->slice()->flush(self::SLICE_MS);
            }
        }
    }
}
