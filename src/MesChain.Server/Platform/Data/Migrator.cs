using System.Security.Cryptography;
using System.Text;
using Dapper;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;
using MesChain.Server.Platform.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// Brings a database to this release's schema: ordered scripts, run by DbUp, once. Around it: one node at a time, a refusal of
/// scripts that were edited after they ran, and a refusal to start on a schema newer than this program.
/// Every script follows expand, migrate, contract: the release before must still work on the schema after it.
/// </summary>
public sealed partial class Migrator(Db db, ILogger<Migrator> log)
{
    /// <summary>Any fixed number: PostgreSQL's advisory locks are named by one.</summary>
    const long LockKey = 7_305_541_104_001;

    public async Task RunAsync(TimeProvider clock, CancellationToken cancel)
    {
        var scripts = Scripts();
        await using var gate = await LockAsync(cancel);

        var known = await db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("create table if not exists schema_scripts (name text primary key, sha256 text not null, run_ms bigint not null)");
                return await tx.QueryAsync<ScriptRow>("select name, sha256 from schema_scripts order by name");
            },
            cancel);
        Refuse(known, scripts);

        var todo = scripts.Where(script => known.All(row => row.Name != script.Name)).ToList();
        if (todo.Count > 0)
            Upgrade(todo);

        await db.WriteAsync(
            async tx =>
            {
                foreach (var script in todo)
                {
                    await tx.ExecuteAsync(
                        $"insert into schema_scripts (name, sha256, run_ms) values (@name, @sha256, {tx.Db.Now})",
                        new { name = script.Name, sha256 = Digest(script) });
                }

                await tx.ExecuteAsync(
                    $"insert into installation (one, incarnation, created_ms) values (1, @incarnation, {tx.Db.Now}) on conflict (one) do nothing",
                    new { incarnation = Ids.New(clock) });
            },
            cancel);
    }

    void Upgrade(List<SqlScript> scripts)
    {
        // DbUp keeps no journal here: ours holds the digest too. Each script is one transaction.
        var builder = (db.Engine == Engine.Sqlite
            ? DeployChanges.To.SqliteDatabase(db.ConnectionString)
            : DeployChanges.To.PostgresqlDatabase(db.ConnectionString))
            .WithScripts(scripts)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .JournalTo(new DbUp.Helpers.NullJournal())
            .LogTo(new Quiet());
        var result = builder.Build().PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);

        foreach (var script in scripts)
            ScriptRan(script.Name);
    }

    static void Refuse(IReadOnlyList<ScriptRow> known, List<SqlScript> scripts)
    {
        foreach (var row in known)
        {
            var script = scripts.Find(candidate => candidate.Name == row.Name)
                ?? throw new StartRefusedException($"The database was migrated by a newer release ({row.Name}); this one must not run on it. Start that release, or restore a backup.");
            if (Digest(script) != row.Sha256)
                throw new StartRefusedException($"Migration {row.Name} was changed after it ran here. Restore the script; write a new one for the change.");
        }
    }

    List<SqlScript> Scripts()
    {
        var assembly = typeof(Migrator).Assembly;
        var folder = db.Engine == Engine.Sqlite ? ".Migrations.sqlite." : ".Migrations.postgres.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.Contains(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                    return new SqlScript(name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..], reader.ReadToEnd());
                }),
        ];
    }

    static string Digest(SqlScript script) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.Contents)));

    async Task<IAsyncDisposable> LockAsync(CancellationToken cancel)
    {
        if (db.Postgres is null)
            return new NoLock();
        var connection = await db.Postgres.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken: cancel));
        return new AdvisoryLock(connection);
    }

    [LoggerMessage(9101, LogLevel.Information, "Migration {Script} ran")]
    partial void ScriptRan(string script);

    sealed record ScriptRow
    {
        public required string Name { get; init; }

        public required string Sha256 { get; init; }
    }

    sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    sealed class AdvisoryLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
            await connection.DisposeAsync();
        }
    }

    /// <summary>DbUp's own lines would go to the console; ours go to the log.</summary>
    sealed class Quiet : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
            // Said by Migrator.
        }

        public void LogDebug(string format, params object[] args)
        {
            // Said by Migrator.
        }

        public void LogInformation(string format, params object[] args)
        {
            // Said by Migrator.
        }

        public void LogWarning(string format, params object[] args)
        {
            // Said by Migrator.
        }

        public void LogError(string format, params object[] args)
        {
            // Thrown by Migrator.
        }

        public void LogError(Exception ex, string format, params object[] args)
        {
            // Thrown by Migrator.
        }
    }
}
