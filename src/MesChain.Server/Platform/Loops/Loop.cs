using System.Data.Common;

namespace MesChain.Server.Platform.Loops;

/// <summary>A background loop that can be run one turn at a time, that never dies unseen, and that finishes its turn before it stops.</summary>
public abstract partial class Loop(TimeProvider clock, ILogger log, TimeSpan idle) : BackgroundService
{
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    /// <summary>A name for people and metrics.</summary>
    public string Name => GetType().Name;

    /// <summary>When a turn last ended well; health calls a loop stuck that has not ended one for long.</summary>
    public DateTimeOffset? LastSuccess { get; private set; }

    /// <summary>Why the last turn failed; null after a good one.</summary>
    public string? LastFault { get; private set; }

    /// <summary>Does one turn. True means more work is likely waiting: go again at once.</summary>
    public abstract Task<bool> RunOnceAsync(CancellationToken stop);

    /// <summary>Waits for the next turn: the idle time with jitter, unless a loop knows a signal that ends it sooner.</summary>
    protected virtual Task WaitAsync(TimeSpan idle, CancellationToken stop) => Task.Delay(idle, clock, stop);

    /// <summary>At a graceful stop, after the last turn: lets others begin at once what this loop held.</summary>
    protected virtual Task GiveBackAsync(CancellationToken cancel) => Task.CompletedTask;

    public sealed override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await GiveBackAsync(cancellationToken);
        }
        catch (DbException fault)
        {
            // What is held comes free by its own time; that the database is away makes a stop no failure.
            NotGivenBack(log, Name, fault);
        }
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stop)
    {
        // The host must not wait for a loop's first turn.
        await Task.Yield();
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var more = false;
            try
            {
                more = await RunOnceAsync(stop);
                LastSuccess = clock.GetUtcNow();
                LastFault = null;
                failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                failures++;
                LastFault = fault.GetType().Name;
                TurnFailed(log, Name, failures, fault);
            }

            if (more)
                continue;

            var jittered = idle * (0.8 + (0.4 * Random.Shared.NextDouble()));
            var pause = failures == 0 ? jittered : TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, jittered.Ticks << Math.Min(failures, 10)));
            await WaitAsync(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(9004, LogLevel.Warning, "{Loop} stops without giving back what it holds: the database does not answer")]
    static partial void NotGivenBack(ILogger log, string loop, Exception fault);

    [LoggerMessage(9001, LogLevel.Error, "{Loop} failed a turn ({Failures} in a row) and will try again")]
    static partial void TurnFailed(ILogger log, string loop, int failures, Exception fault);
}
