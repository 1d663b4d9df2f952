using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Queue;

/// <summary>
/// PostgreSQL chooses a plan by what it last counted, and an empty queue may become a full one long before it counts again.
/// </summary>
public sealed class PlanTests
{
    const int Full = 5_000;

    [Theory]
    [InlineData("select 1", "never counted")]
    [InlineData("vacuum analyze messages", "counted while it was empty")]
    [InlineData("analyze messages", "counted while another queue was full", "other")]
    public async Task A_full_queue_costs_its_users_a_handful_of_rows_a_message(string before, string state, string full = "")
    {
        await using var rig = await QueueRig.OpenAsync(Engine.Postgres, clock: new FakeTimeProvider());
        await StatementAsync(rig, "alter table messages set (autovacuum_enabled = false)");
        if (full.Length > 0)
        {
            await rig.EnsureAsync(new(full));
            await rig.SendManyAsync(Messages(), full);
        }

        // From the sixth use on a prepared statement keeps its plan.
        for (var i = 0; i < 10; i++)
            await AllThroughAsync(rig, $"{state} {i}");
        await StatementAsync(rig, before);
        await rig.SendManyAsync(Messages());
        using var outgrown = new OutgrownTables(rig.Db, TimeProvider.System, NullLogger<OutgrownTables>.Instance);
        await outgrown.RunOnceAsync(default);
        for (var i = 0; i < 10; i++)
            await AllThroughAsync(rig, $"{state}, full {i}");
        Assert.InRange(await AllThroughAsync(rig, state), 1, 200);
    }

    [Fact]
    public async Task A_queue_that_was_counted_while_it_filled_is_not_read_from_end_to_end_for_its_lanes()
    {
        await using var rig = await QueueRig.OpenAsync(Engine.Postgres, clock: new FakeTimeProvider());
        await StatementAsync(rig, "alter table messages set (autovacuum_enabled = false)");
        var plain = Enumerable.Repeat(new QueueMessage("work") { Body = new byte[1024] }, 500).ToList();
        for (var i = 0; i < 120; i++)
        {
            await rig.SendManyAsync(plain);
            if (i == 4)
                await StatementAsync(rig, "analyze messages");
        }

        // The first lanes come when the count knows of none.
        await rig.SendManyAsync(Enumerable.Range(0, 5).Select(i => new QueueMessage("work") { Lane = $"lane {i}" }));
        for (var i = 0; i < 10; i++)
            await ReadByAsync(rig, tx => rig.ClaimAsync(tx));
        Assert.InRange(await ReadByAsync(rig, tx => rig.ClaimAsync(tx)), 1, 50);
        // Compiling a statement anew for each of its uses would take a hundred times as long as the statement does.
        Assert.Equal("off", await rig.Db.ReadAsync(tx => tx.ScalarAsync<string>("show jit"), default));
    }

    /// <summary>Of each kind some: without a lane, of few lanes, and with a coalesce key.</summary>
    static IEnumerable<QueueMessage> Messages() =>
        Enumerable.Range(0, Full).Select(i => new QueueMessage("work")
        {
            Lane = i % 3 == 0 ? $"lane {i % 5}" : null,
            CoalesceKey = i % 7 == 0 ? $"key {i}" : null,
        });

    /// <summary>Sends, claims, renews and settles in each way. Answers how many rows of <c>messages</c> were looked at, used or not.</summary>
    static async Task<long> AllThroughAsync(QueueRig rig, string key)
    {
        var read = 0L;
        for (var i = 0; i < 2; i++)
            read += await ReadByAsync(rig, tx => rig.Queue.EnqueueAsync(tx, rig.StoreId, QueueRig.Name, new("work") { Lane = "lane 1", CoalesceKey = key }));
        foreach (var outcome in (Outcome[])[new Outcome.Retry(TimeSpan.Zero, "again"), new Outcome.Release(), new Outcome.Complete()])
        {
            read += await ReadByAsync(rig, tx => rig.Queue.EnqueueAsync(tx, rig.StoreId, QueueRig.Name, new("work")));
            Claim? claim = null;
            read += await ReadByAsync(rig, async tx => claim = await rig.ClaimAsync(tx));
            var lease = Assert.Single(claim!.Rows).ToLease(rig.StoreId, QueueRig.Name);
            read += await ReadByAsync(rig, tx => rig.RenewAsync(tx, lease));
            read += await ReadByAsync(rig, tx => rig.Queue.SettleAsync(tx, lease, outcome));
        }

        return read;
    }

    static async Task StatementAsync(QueueRig rig, string sql)
    {
        await using var command = rig.Db.Postgres!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    static Task<long> ReadByAsync(QueueRig rig, Func<Tx, Task> unit) =>
        rig.Db.WriteAsync(
            async tx =>
            {
                const string read = "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'messages'";
                var at = await tx.ScalarAsync<long>(read);
                await unit(tx);
                return await tx.ScalarAsync<long>(read) - at;
            },
            default);
}
