<?php
declare(strict_types=1);

namespace MesChain;

use MesChain\Grpc\CallFailed;
use MesChain\Shop\ShopNotReady;

/** One turn of background work: orders in, changes out. Never throws; what it meets is kept for the pages. */
final class Slice
{
    /** For another turn to end, before this one goes away unheard. */
    private const WAIT_SECONDS = 3;

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
        $this->removeTrials();
        $this->pull(intdiv($budgetMs, 2));
        $this->flush(max(500, intdiv($end - hrtime(true), 1000000)));
    }

    /** Sends what waits. Fit for both apps. */
    public function flush(int $budgetMs, int $waitSeconds = self::WAIT_SECONDS): void
    {
        $this->guarded('outbox', function () use ($budgetMs, $waitSeconds): bool {
            return $this->app->outbox()->isWaiting() && $this->app->flusher()->flush($budgetMs, $waitSeconds);
        });
    }

    /** Looks for changes that no event told of. */
    public function sweep(): void
    {
        $this->guarded('sweep', function (): bool {
            $this->app->sweep()->step();

            return false;
        });
    }

    private function removeTrials(): void
    {
        $this->guarded('trials', function (): bool {
            if ($this->app->trialOrders()->isAsked()) {
                $this->app->trialOrders()->remove();
            }

            return false;
        });
    }

    private function pull(int $budgetMs): void
    {
        $this->guarded('orders', function () use ($budgetMs): bool {
            return $this->app->orderImport()->pull($budgetMs, self::WAIT_SECONDS) >= 0;
        });
    }

    /**
     * @param string           $task whose fault it is: one task's success says nothing of another's
     * @param callable(): bool $work answers whether the backbone was asked
     */
    private function guarded(string $task, callable $work): void
    {
        $backbone = $this->app->backbone();
        if (!$backbone->isWorthATry()) {
            return;
        }
        $fault = '';
        try {
            if ($work()) {
                $backbone->wasReached();
            }
        } catch (CallFailed $failure) {
            $backbone->failed($failure);
            $fault = $failure->isOutage() ? '' : trim($failure->codeName() . ' ' . $failure->reason());
        } catch (ShopNotReady $notReady) {
            $fault = $notReady->key();
        } catch (\Throwable $other) {
            // Class and place only: a database fault's text holds the statement, and that may hold a buyer's address.
            $fault = sprintf('%s at %s:%d', get_class($other), basename($other->getFile()), $other->getLine());
            $this->app->shop()->log($task . ': ' . $fault);
        }
        if ($this->app->state()->get('fault.' . $task) !== $fault) {
            $this->app->state()->set('fault.' . $task, $fault);
        }
    }
}
