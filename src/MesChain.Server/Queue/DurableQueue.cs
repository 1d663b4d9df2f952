using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>The queue as other slices see it.</summary>
sealed class DurableQueue(Db db, QueueStore queues, SendStore sends, ClaimStore claims, SettleStore settles, ReadyStores ready) : IQueue
{
    /// <summary>Marks a holder inside this program: after a restart of the embedded one, nobody is left who could settle for it.</summary>
    public const string InProcess = "in-process:";

    public Task EnsureAsync(Tx tx, Guid storeId, QueuePolicy policy) => queues.EnsureAsync(tx, storeId, policy);

    public async Task<SendOutcome> EnqueueAsync(Tx tx, Guid storeId, string queue, QueueMessage message) =>
        (await sends.SendAsync(tx, storeId, queue, [new Draft(message)]))[0];

    public async Task<IReadOnlyList<Lease>> ReceiveAnyAsync(string queue, int max, string holder, CancellationToken cancel)
    {
        while (await ready.NextAsync(queue, cancel) is { } storeId)
        {
            var claim = await db.WriteAsync(tx => claims.ClaimAsync(tx, storeId, queue, new Taker(max, null, InProcess + holder)), cancel);
            if (claim.More)
                ready.Again(storeId, queue);
            if (claim.Rows.Count > 0)
                return [.. claim.Rows.Select(row => row.ToLease(storeId, queue))];
        }

        return [];
    }

    public async Task<bool> SettleAsync(Tx tx, Lease lease, Outcome outcome) =>
        (await settles.SettleAsync(tx, lease.StoreId, lease.Queue, [new Verdict(lease.MessageId, lease.Epoch, outcome)], atomic: false))[0].Ok;

    public Task<bool> RenewAsync(Lease lease, CancellationToken cancel) =>
        db.WriteAsync(async tx => (await settles.RenewAsync(tx, lease.StoreId, lease.Queue, [(lease.MessageId, lease.Epoch)], null))[0], cancel);

    public Task WaitAsync(string queue, TimeSpan longest, CancellationToken cancel) => ready.WaitAsync(queue, longest, cancel);
}
