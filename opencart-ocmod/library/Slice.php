<?php
declare(strict_types=1);

namespace MesChain;

use MesChain\Grpc\CallFailed;
use MesChain\Shop\ShopNotReady;

/** One turn of background work: orders in, changes out. Never throws; what it meets is kept for the pages. */
final class Slice
{
    /** @var App */
    private $app;

    public function __construct(App $app)
    {
        $this->app = $app;
    }

    /** Orders first, so that their units leave with the same turn's report. Only in the catalog app. */
    public function run(int $budgetMs): void
    {
        $end = hrtime(true) + $budgetMs * 1000000;
        $this->guarded(function () use ($budgetMs): void {
            $this->pull(intdiv($budgetMs, 2));
        });
        $this->flush(max(500, intdiv($end - hrtime(true), 1000000)));
    }

    /** Sends what waits. Fit for both apps. */
    public function flush(int $budgetMs): void
    {
        $this->guarded(function () use ($budgetMs): void {
            if ($this->app->outbox()->isWaiting()) {
                $this->app->flusher()->flush($budgetMs);
            }
        });
    }

    /** Looks for changes that no event told of. */
    public function sweep(): void
    {
        $this->guarded(function (): void {
            $this->app->sweep()->step();
        });
    }

    private function pull(int $budgetMs): void
    {
        try {
            $this->app->orderImport()->pull($budgetMs);
            $this->app->state()->set('orders.blocked', '');
            $this->app->state()->set('orders.pulled_s', (string)time());
        } catch (ShopNotReady $fault) {
            $this->app->state()->set('orders.blocked', $fault->key());
        }
    }

    private function guarded(callable $work): void
    {
        $backbone = $this->app->backbone();
        if (!$backbone->isWorthATry()) {
            return;
        }
        try {
            $work();
            $backbone->wasReached();
        } catch (CallFailed $failure) {
            $backbone->failed($failure);
        } catch (\Throwable $fault) {
            // Class and place only: a database fault's text holds the statement, and that may hold a buyer's address.
            $this->app->shop()->log(sprintf('%s at %s:%d', get_class($fault), basename($fault->getFile()), $fault->getLine()));
            if ($fault instanceof ShopNotReady) {
                $this->app->state()->set('shop.blocked', $fault->key());
            }
        }
    }
}
