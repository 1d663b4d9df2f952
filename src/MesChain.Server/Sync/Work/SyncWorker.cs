using System.Collections.Concurrent;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using MesChain.Server.Queue;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// Runs Sync's jobs: takes due messages of all stores, a bounded number at a time, each under the connection's epoch, and settles
/// every one. A limit is waited for without counting it as a failure; a message that nobody understands is kept as a dead letter. A
/// connection whose marketplace does not answer has one job at a time, so that its waiting takes no place from the others.
/// </summary>
public sealed partial class SyncWorker : Loop
{
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ThrottledFor = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(61);
    static readonly TimeSpan BackoffMax = TimeSpan.FromMinutes(5);

    readonly Db _db;
    readonly IQueue _queue;
    readonly Owners _owners;
    readonly ConnectionAccess _access;
    readonly ConnectionStore _connections;
    readonly FindMarketplace _find;
    readonly Health _health;
    readonly IssueStore _issues;
    readonly Troubles _troubles;
    readonly TimeProvider _clock;
    readonly ILogger _log;
    readonly int _concurrency;
    readonly Dictionary<string, ISyncJob> _jobs;
    readonly List<Task> _running = [];
    readonly ConcurrentDictionary<Guid, int> _busy = new();

    public SyncWorker(
        Db db, IQueue queue, Owners owners, ConnectionAccess access, ConnectionStore connections, FindMarketplace find, IEnumerable<ISyncJob> jobs, Health health, IssueStore issues, Troubles troubles,
        IOptions<SyncOptions> options, TimeProvider clock, ILogger<SyncWorker> log)
        : base(clock, log, Idle)
    {
        _db = db;
        _queue = queue;
        _owners = owners;
        _access = access;
        _connections = connections;
        _find = find;
        _health = health;
        _issues = issues;
        _troubles = troubles;
        _clock = clock;
        _log = log;
        _concurrency = options.Value.Concurrency;
        _jobs = jobs.ToDictionary(job => job.Kind, StringComparer.Ordinal);
    }

    /// <summary>How many connections have a job in work.</summary>
    internal int Busy => _busy.Count;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var broken = _running.Find(job => job.IsFaulted);
        _running.RemoveAll(job => job.IsCompleted);
        if (broken is not null)
            await broken;
        if (_running.Count >= _concurrency)
        {
            await Task.WhenAny(_running);
            return true;
        }

        var leases = await _queue.ReceiveAnyAsync(Nudges.Queue, _concurrency - _running.Count, _owners.Node.ToWire(), stop);
        _running.AddRange(leases.Select(lease => RunAsync(lease, stop)));
        if (_concurrency == 1)
            await Task.WhenAll(_running);
        return leases.Count > 0;
    }

    protected override async Task GiveBackAsync(CancellationToken cancel)
    {
        await Task.WhenAll(_running).WaitAsync(cancel);
        await _owners.GiveBackAsync(cancel);
    }

    protected override async Task WaitAsync(TimeSpan idle, CancellationToken stop)
    {
        var rung = _queue.WaitAsync(Nudges.Queue, idle, stop);
        await Task.WhenAny([rung, .. _running]);
    }

    /// <summary>Runs one message to its end and settles it.</summary>
    async Task RunAsync(Lease lease, CancellationToken stop)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(lease, lost, done.Token);
        Outcome? outcome;
        try
        {
            outcome = await OutcomeAsync(lease, lost.Token, stop);
        }
        finally
        {
            await done.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (outcome is not null)
            await _db.WriteAsync(tx => _queue.SettleAsync(tx, lease, outcome), CancellationToken.None);
    }

    /// <summary>What becomes of a message; null when its lease is lost, and so is none of our business any more.</summary>
    async Task<Outcome?> OutcomeAsync(Lease lease, CancellationToken cancel, CancellationToken stop)
    {
        if (!_jobs.TryGetValue(lease.Kind, out var job) || !lease.Labels.TryGetValue("connection", out var label) || !Ids.TryParseWire(label, out var connectionId))
            return new Outcome.Dead("UNKNOWN_KIND", $"No job is called {lease.Kind}.");

        var busy = _busy.AddOrUpdate(connectionId, 1, static (_, jobs) => jobs + 1);
        try
        {
            if (busy > 1 && _troubles.HasAny(connectionId, _jobs.Keys))
                return new Outcome.Retry(Elsewhere, "another job finds out whether the marketplace answers again", Counted: false);
            if (await _owners.TakeAsync(lease.StoreId, connectionId, cancel) is not { } epoch)
                return new Outcome.Retry(Elsewhere, "another node runs this connection", Counted: false);
            var connection = await _db.ReadAsync(tx => _connections.FindAsync(tx, lease.StoreId, connectionId), cancel);
            // Deleted, paused, or without a good key: the nudge has nothing to say; a change of that nudges anew.
            if (connection is null || !(connection.Works || (job.TakesBack && connection.HasKey)))
            {
                _troubles.Forget(connectionId);
                return new Outcome.Complete();
            }

            var run = new JobRun(_db, _owners, _access, connection, epoch, _find(connection.Marketplace));
            try
            {
                await job.RunAsync(run, cancel);
                await DoneAsync(run, lease.Kind, cancel);
                return new Outcome.Complete();
            }
            catch (MarketplaceFault fault)
            {
                return await run.WriteAsync(tx => AfterFaultAsync(tx, run, lease, fault), CancellationToken.None);
            }
        }
        catch (OwnerLostException)
        {
            return new Outcome.Retry(Elsewhere, "the connection has changed hands", Counted: false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return stop.IsCancellationRequested ? new Outcome.Release() : null;
        }
        catch (Exception fault)
        {
            JobFailed(_log, lease.Kind, label, fault);
            return new Outcome.Retry(null, fault.GetType().Name);
        }
        finally
        {
            // Connections come and go; one without a job is not remembered.
            if (_busy.AddOrUpdate(connectionId, 0, static (_, jobs) => jobs - 1) == 0)
                _busy.TryRemove(new(connectionId, 0));
        }
    }

    async Task<Outcome> AfterFaultAsync(Tx tx, JobRun run, Lease lease, MarketplaceFault fault)
    {
        var backoff = TimeSpan.FromSeconds(Math.Min(BackoffMax.TotalSeconds, 2 * Math.Pow(2, Math.Min(lease.Deliveries, 10))));
        switch (fault.Kind)
        {
            case FaultKind.Throttled:
                return new Outcome.Retry(fault.RetryAfter ?? ThrottledFor, fault.Code, Counted: false);
            case FaultKind.Unavailable:
                // Who points elsewhere has answered; silence may be over in a moment.
                if (_troubles.Lasts(run.ConnectionId, lease.Kind) || fault.Code == FaultCodes.RedirectRefused)
                    await OpenAsync(tx, run, lease.Kind, fault.Code, fault.MarketplaceText);
                return new Outcome.Retry(fault.RetryAfter > backoff ? fault.RetryAfter : backoff, fault.Code, Counted: false);
            case FaultKind.Unauthorised:
                return await _health.RefusedAsync(tx, run.StoreId, run.ConnectionId, fault)
                    ? new Outcome.Complete()
                    : new Outcome.Retry(RefusedFor, fault.Code, Counted: false);
            default:
                await OpenAsync(tx, run, lease.Kind, fault.Code, fault.MarketplaceText);
                return new Outcome.Retry(backoff < RefusedFor ? RefusedFor : backoff, fault.Code, Counted: false);
        }
    }

    /// <summary>
    /// What a job of this kind met is over once one of this kind has gone well; other work of the connection says nothing about it. A write
    /// whose fate is unknown does not end a job, so that these have a course of their own, which only an answered write ends.
    /// </summary>
    async Task DoneAsync(JobRun run, string kind, CancellationToken cancel)
    {
        var writes = kind + " writes";
        await OverAsync(run, kind, cancel);
        if (run.Answered)
            await OverAsync(run, writes, cancel);
        else if (run.Doubt is { } fault && _troubles.Lasts(run.ConnectionId, writes))
            await run.WriteAsync(tx => OpenAsync(tx, run, writes, FaultCodes.OutcomeUnknown, fault.MarketplaceText), cancel);
    }

    async Task OverAsync(JobRun run, string what, CancellationToken cancel)
    {
        _troubles.Over(run.ConnectionId, what);
        var codes = await run.ReadAsync(tx => _issues.OpenWithAsync(tx, run.StoreId, run.ConnectionId, run.ConnectionId.ToWire(), Met(what)), cancel);
        foreach (var code in codes)
            await run.WriteAsync(tx => _issues.ResolveAsync(tx, run.StoreId, code, run.ConnectionId, run.ConnectionId.ToWire()), cancel);
    }

    Task OpenAsync(Tx tx, JobRun run, string what, string code, string marketplaceText) =>
        _issues.OpenAsync(tx, run.StoreId, code, run.ConnectionId, run.ConnectionId.ToWire(), Met(what), marketplaceText);

    static Dictionary<string, string> Met(string what) => new(StringComparer.Ordinal) { ["job"] = what };

    /// <summary>Keeps the lease while the job runs; when it is lost all the same, ends the job.</summary>
    async Task RenewAsync(Lease lease, CancellationTokenSource lost, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(RenewEvery, _clock, done);
            if (await _queue.RenewAsync(lease, done))
            {
                if (lease.Labels.TryGetValue("connection", out var label) && Ids.TryParseWire(label, out var connectionId))
                    await _owners.TakeAsync(lease.StoreId, connectionId, done);
                continue;
            }

            await lost.CancelAsync();
            return;
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "Job {Kind} of connection {Connection} failed; it is tried again")]
    static partial void JobFailed(ILogger log, string kind, string connection, Exception fault);
}
