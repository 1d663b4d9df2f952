using System.Globalization;
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

    const int PagesMax = 1000;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        if (db.Engine == Engine.Sqlite)
            return false;
        // A small file cannot hold many rows; most tables of most installations end here.
        var suspects = await db.ReadAsync(
            tx => tx.QueryAsync<Suspect>(
                $"""
                select name, pages from (
                    select quote_ident(relname) as name, pg_relation_size(oid) / current_setting('block_size')::bigint as pages from pg_class
                    where relnamespace = current_schema()::regnamespace and relkind = 'r' and reltuples < {Enough}) as small
                where pages > 10 order by name
                """),
            stop);
        foreach (var table in suspects)
            await db.WriteAsync(tx => CountAsync(tx, table), stop);
        return false;
    }

    /// <summary>A queue that ran dry may be a large file with hardly a row in it: so much of it is read and no more.</summary>
    static async Task CountAsync(Tx tx, Suspect table)
    {
        var share = Math.Min(1m, (decimal)PagesMax / table.Pages);
        var sampled = await tx.ScalarAsync<long>(string.Create(CultureInfo.InvariantCulture, $"select count(*) from {table.Name} tablesample system ({100 * share:0.######})"));
        if (sampled >= 2 * Enough * share)
            await tx.ExecuteAsync($"analyze {table.Name}");
    }

    sealed class Suspect
    {
        public string Name { get; init; } = "";

        public long Pages { get; init; }
    }
}
