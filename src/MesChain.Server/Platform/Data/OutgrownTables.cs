using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// Has PostgreSQL count a table anew that has outgrown what its planner knows of it. To a planner that believes a table empty every
/// index looks as good as any other, and it keeps such a plan: a queue that fills within seconds was claimed from by reading all of it,
/// until autovacuum came by a minute later. Does nothing on SQLite, whose plans never depend on counts here.
/// </summary>
sealed class OutgrownTables(Db db, TimeProvider clock, ILogger<OutgrownTables> log) : Loop(clock, log, Every)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Above so many known rows the right index is far ahead; autovacuum does the rest.</summary>
    const int Enough = 1000;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        if (db.Engine == Engine.Sqlite)
            return false;
        // A small file cannot hold many rows; most tables of most installations end here.
        var suspects = await db.ReadAsync(
            tx => tx.QueryAsync<string>(
                $"""
                select quote_ident(relname) from pg_class
                where relnamespace = current_schema()::regnamespace and relkind = 'r' and reltuples < {Enough}
                    and pg_relation_size(oid) > 10 * current_setting('block_size')::bigint
                order by relname
                """),
            stop);
        foreach (var table in suspects)
        {
            await db.WriteAsync(
                async tx =>
                {
                    var rows = await tx.ScalarAsync<long>($"select count(*) from (select 1 from {table} limit {2 * Enough}) as found");
                    if (rows == 2 * Enough)
                        await tx.ExecuteAsync($"analyze {table}");
                },
                stop);
        }

        return false;
    }
}
