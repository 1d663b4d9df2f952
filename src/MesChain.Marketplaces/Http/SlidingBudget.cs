using System.Threading.RateLimiting;

namespace MesChain.Marketplaces.Http;

/// <summary>The requests of one limit that still count, oldest first.</summary>
sealed class SlidingWindow(int permits, TimeSpan window)
{
    // A request leaves later than it is counted and arrives later still: a window that ends exactly on time would be
    // too short as the marketplace sees it.
    static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    readonly Queue<DateTimeOffset> _taken = new();

    /// <summary>Zero when a request may go now.</summary>
    public TimeSpan WaitAt(DateTimeOffset now)
    {
        while (_taken.TryPeek(out var oldest) && oldest + window + Margin <= now)
            _taken.Dequeue();

        return _taken.Count < permits ? TimeSpan.Zero : _taken.Peek() + window + Margin - now;
    }

    public void Take(DateTimeOffset now) => _taken.Enqueue(now);

    public bool IsIdleAt(DateTimeOffset now) => WaitAt(now) == TimeSpan.Zero && _taken.Count == 0;
}

/// <summary>
/// All limits that one call counts against, taken together or not at all. Runs on a <see cref="TimeProvider"/>
/// (the limiters of the framework run on the machine's clock only), so that a test moves through a minute without waiting for it.
/// </summary>
sealed class SlidingBudget(IReadOnlyList<SlidingWindow> windows, Lock gate, TimeProvider clock) : RateLimiter
{
    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var wait = TimeSpan.Zero;
            foreach (var window in windows)
                wait = TimeSpan.FromTicks(Math.Max(wait.Ticks, window.WaitAt(now).Ticks));

            if (wait > TimeSpan.Zero)
                return new Lease(wait);

            foreach (var window in windows)
                window.Take(now);
            return Lease.Granted;
        }
    }

    /// <summary>Waits its turn, however long: whoever may not wait uses <see cref="RateLimiter.AttemptAcquire"/>.</summary>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lease = AttemptAcquireCore(permitCount);
            if (lease.IsAcquired)
                return lease;

            lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public static readonly Lease Granted = new(null);

        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = retryAfter;
            return retryAfter is not null && metadataName == MetadataName.RetryAfter.Name;
        }
    }
}
