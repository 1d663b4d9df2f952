using Google.Protobuf;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Queue;

/// <summary>The queue as callers over the wire see it: each method is one transaction, or a wait around one.</summary>
sealed class Queues(
    Db db, ISignal signal, TimeProvider clock, QueueStore queues, QueueRounds rounds, SettleStore settles, BrowseStore browse, DeadLetters dead, Repeats repeats, LedgerRows ledger)
{
    /// <summary>A send on another node rings no bell here.</summary>
    static readonly TimeSpan PollOtherNodes = TimeSpan.FromMilliseconds(500);

    /// <exception cref="AlreadyThereException">It exists with another policy.</exception>
    public Task<QueueStatus> CreateAsync(Guid storeId, QueuePolicy policy, CancellationToken cancel) =>
        db.WriteAsync(
            async tx =>
            {
                await queues.RequireStoreAsync(tx, storeId);
                if (await queues.EnsureAsync(tx, storeId, policy) != policy)
                    throw new AlreadyThereException(Reasons.QueueExists, $"The queue {policy.Name} exists with another policy.");
                return await queues.GetAsync(tx, storeId, policy.Name);
            },
            cancel);

    public Task<QueueStatus> GetAsync(Guid storeId, string queue, CancellationToken cancel) => db.ReadAsync(tx => queues.GetAsync(tx, storeId, queue), cancel);

    public Task<IReadOnlyList<QueueStatus>> ListAsync(Guid storeId, string after, int limit, CancellationToken cancel) =>
        db.ReadAsync(tx => queues.ListAsync(tx, storeId, after, limit), cancel);

    public Task<IReadOnlyList<SendOutcome>> SendAsync(Guid storeId, string queue, IReadOnlyList<Draft> drafts, CancellationToken cancel) =>
        rounds.SendAsync(storeId, queue, drafts, cancel);

    /// <summary>Leases what is due, or waits for the first of it.</summary>
    public async Task<Claim> ReceiveAsync(Guid storeId, Asked asked, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var left = asked.Wait - clock.GetElapsedTime(started);
            // Listening begins before the claim: what is sent in between rings.
            var bell = left > TimeSpan.Zero ? signal.WaitAsync(ReadyStores.Topic(storeId, asked.Queue), left, woken.Token) : Task.CompletedTask;
            var claim = await rounds.ClaimAsync(storeId, asked.Queue, new(asked.Max, asked.Lease, asked.Holder));
            if (claim.Rows.Count > 0 && cancel.IsCancellationRequested)
            {
                // Nobody is there to take them: the next receiver need not wait for the lease to run out.
                await GiveBackAsync(storeId, asked.Queue, claim);
                cancel.ThrowIfCancellationRequested();
            }

            if (claim.Rows.Count > 0 || left <= TimeSpan.Zero)
                return claim;

            var dueIn = await db.ReadAsync(
                tx => tx.ScalarAsync<long?>(
                    $"select min(due_ms) - {tx.Db.Now} from messages where store_id = @storeId and queue = @queue and state = {State.Scheduled}",
                    new { storeId, queue = asked.Queue }),
                cancel);
            var nap = TimeSpan.FromMilliseconds(Math.Clamp(dueIn ?? double.MaxValue, 0, left.TotalMilliseconds));
            if (db.Engine == Engine.Postgres && nap > PollOtherNodes)
                nap = PollOtherNodes;
            await Task.WhenAny(bell, Task.Delay(nap, clock, woken.Token));
            await woken.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    public Task<IReadOnlyList<Settled>> SettleAsync(Guid storeId, string queue, IReadOnlyList<Verdict> verdicts, bool atomic, CancellationToken cancel) =>
        atomic
            ? db.WriteAsync(tx => settles.SettleAsync(tx, storeId, queue, verdicts, atomic), cancel)
            : rounds.SettleAsync(storeId, queue, verdicts, cancel);

    public Task<IReadOnlyList<bool>> RenewAsync(Guid storeId, Renewal renewal, CancellationToken cancel) =>
        db.WriteAsync(tx => settles.RenewAsync(tx, storeId, renewal.Queue, renewal.Leases, renewal.Lease), cancel);

    public Task<IReadOnlyList<MessageRow>> BrowseAsync(Guid storeId, Browse asked, CancellationToken cancel) =>
        db.ReadAsync(tx => browse.PageAsync(tx, storeId, asked), cancel);

    public Task<int> RedriveAsync(Caller caller, Guid storeId, Guid? requestId, Redrive redrive, IMessage request, CancellationToken cancel) =>
        db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, storeId, "QueueService/Redrive", requestId, request,
                async () =>
                {
                    var count = await dead.RedriveAsync(tx, storeId, redrive);
                    var text = count.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    await ledger.AppendAsync(tx, storeId, "queue.redrive", "queue:" + redrive.Queue, caller.Actor, text);
                    return (count, text);
                },
                made => Task.FromResult(int.Parse(made, System.Globalization.CultureInfo.InvariantCulture))),
            cancel);

    Task<IReadOnlyList<Settled>> GiveBackAsync(Guid storeId, string queue, Claim claim) =>
        db.WriteAsync(
            tx => settles.SettleAsync(tx, storeId, queue, [.. claim.Rows.Select(row => new Verdict(row.Id, row.Epoch, new Outcome.Release()))], atomic: false),
            CancellationToken.None);
}

/// <summary>What a receiver asks for.</summary>
/// <param name="Lease">Null means the queue's.</param>
sealed record Asked(string Queue, int Max, TimeSpan Wait, TimeSpan? Lease, string Holder);

/// <summary>Leases to prolong.</summary>
/// <param name="Lease">Null means the queue's.</param>
sealed record Renewal(string Queue, IReadOnlyList<(Guid MessageId, long Epoch)> Leases, TimeSpan? Lease);
