using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Work;

/// <summary>What the queue runs: one kind of message, one job. A job may be killed between any two statements and is then run again.</summary>
public interface ISyncJob
{
    string Kind { get; }

    /// <summary>Whether it also runs for a paused connection: it takes back what the connection left at the marketplace.</summary>
    bool TakesBack => false;

    Task RunAsync(JobRun run, CancellationToken cancel);
}

/// <summary>One run of a job for one connection. Everything that it writes stands only while this node holds the connection.</summary>
public sealed class JobRun(Db db, Owners owners, ConnectionAccess access, ConnectionRow connection, long epoch, IMarketplace marketplace)
{
    public Guid StoreId => Connection.StoreId;

    public Guid ConnectionId => Connection.Id;

    /// <summary>As it was when the job began; what decides is read again inside the transaction.</summary>
    public ConnectionRow Connection { get; } = connection;

    public long Epoch { get; } = epoch;

    public IMarketplace Marketplace { get; } = marketplace;

    /// <summary>What the last write of this run met that leaves its fate open, although the run goes on; null once one was answered.</summary>
    public MarketplaceFault? Doubt { get; private set; }

    /// <summary>Whether a write of this run was answered. One that wrote nothing says nothing about what is in doubt.</summary>
    public bool Answered { get; private set; }

    public void WasAnswered() => (Doubt, Answered) = (null, true);

    public void IsInDoubt(MarketplaceFault fault) => (Doubt, Answered) = (fault, false);

    public Task<T> WriteAsync<T>(Func<Tx, Task<T>> unit, CancellationToken cancel) =>
        db.WriteAsync(
            async tx =>
            {
                await owners.DemandAsync(tx, StoreId, ConnectionId, Epoch);
                return await unit(tx);
            },
            cancel);

    public Task WriteAsync(Func<Tx, Task> unit, CancellationToken cancel) =>
        WriteAsync(
            async tx =>
            {
                await unit(tx);
                return true;
            },
            cancel);

    public Task<T> ReadAsync<T>(Func<Tx, Task<T>> read, CancellationToken cancel) => db.ReadAsync(read, cancel);

    /// <summary>Address and key, fetched just before they are used.</summary>
    public Task<SellerAccess> AccessAsync(CancellationToken cancel) => access.DemandAsync(Connection, "system:sync", cancel);

    /// <summary>A capability of the marketplace; null when it has none of the kind.</summary>
    public T? Can<T>()
        where T : class => Marketplace as T;
}
