using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Platform.Cluster;

/// <summary>
/// Says in the table of nodes that this one lives, so that an operator of several learns which one went silent. Work moves by leases;
/// only a change of keys waits until every node that is not silent has followed. A node that stops gracefully takes its row away; one
/// that does not is forgotten after a day.
/// </summary>
sealed class NodeBeat(Db db, Node node, TimeProvider clock, ILogger<NodeBeat> log) : Loop(clock, log, Every), IHealthSource
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        await db.WriteAsync(
            async tx =>
            {
                await node.SayAsync(tx);
                // One file is one process: whoever else stands there was killed.
                var kept = tx.Db.Engine == Engine.Sqlite ? 0 : (long)Forgotten.TotalMilliseconds;
                await tx.ExecuteAsync($"delete from nodes where id <> @id and seen_ms <= {tx.Db.Now} - @kept", new { id = node.Id, kept });
            },
            stop);
        return false;
    }

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        var silent = await db.ReadAsync(
            tx => tx.QueryAsync<string>($"select name from nodes where id <> @id and seen_ms <= {tx.Db.Now} - @silent order by name", new { id = node.Id, silent = (long)Node.Silent.TotalMilliseconds }),
            cancel);
        return [new("nodes", silent.Count == 0 ? null : HealthCauses.NodeSilent, $"({string.Join(", ", silent)})")];
    }

    protected override Task GiveBackAsync(CancellationToken cancel) => db.WriteAsync(tx => tx.ExecuteAsync("delete from nodes where id = @id", new { id = node.Id }), cancel);
}
