using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Platform.Cluster;

/// <summary>
/// Says in the table of nodes that this one lives, so that an operator of several learns which one went silent. Nothing is decided
/// by it: work moves by leases. A node that stops gracefully takes its row away; one that does not is forgotten after a day.
/// </summary>
sealed class NodeBeat(Db db, TimeProvider clock, ILogger<NodeBeat> log) : Loop(clock, log, Every), IHealthSource
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    readonly Guid _id = Ids.New(clock);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        await db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    $"""
                    insert into nodes (id, name, started_ms, seen_ms) values (@id, @name, {tx.Db.Now}, {tx.Db.Now})
                    on conflict (id) do update set seen_ms = excluded.seen_ms
                    """,
                    new { id = _id, name = Environment.MachineName });
                // One file is one process: whoever else stands there was killed.
                var kept = tx.Db.Engine == Engine.Sqlite ? 0 : (long)Forgotten.TotalMilliseconds;
                await tx.ExecuteAsync($"delete from nodes where id <> @id and seen_ms <= {tx.Db.Now} - @kept", new { id = _id, kept });
            },
            stop);
        return false;
    }

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        var silent = await db.ReadAsync(
            tx => tx.QueryAsync<string>($"select name from nodes where id <> @id and seen_ms <= {tx.Db.Now} - @silent order by name", new { id = _id, silent = (long)Silent.TotalMilliseconds }),
            cancel);
        return
        [
            silent.Count == 0
                ? new("nodes")
                : new("nodes", $"Not seen for {Silent.TotalMinutes:0} minutes or more: {string.Join(", ", silent)}.", "Start it again. If it is gone for good, its row goes by itself after a day."),
        ];
    }

    protected override Task GiveBackAsync(CancellationToken cancel) => db.WriteAsync(tx => tx.ExecuteAsync("delete from nodes where id = @id", new { id = _id }), cancel);
}
