using System.Security.Cryptography;
using MesChain.Cli.Ledger;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Platform;

/// <summary>A ledger on a fresh database, with its sealer, without a host.</summary>
sealed class LedgerRig : IAsyncDisposable
{
    readonly TestDatabase _database;
    readonly TestKeyring _keys;

    LedgerRig(TestDatabase database, TestKeyring keys)
    {
        _database = database;
        _keys = keys;
        Rows = new(keys.Keyring);
        Notes = new(keys.Keyring);
        Reader = new(Db, Notes);
        Sealer = AnotherSealer();
    }

    public Db Db => _database.Db;

    public LedgerRows Rows { get; }

    public HeadNote Notes { get; }

    public LedgerReader Reader { get; }

    public Sealer Sealer { get; }

    public Guid StoreId { get; } = Ids.New(TimeProvider.System);

    public static async Task<LedgerRig> OpenAsync(Engine engine)
    {
        var database = await TestDatabase.OpenAsync(engine);
        return new(database, await TestKeyring.StartAsync(database.Db));
    }

    /// <summary>A sealer as another node would have it, with a lease of its own.</summary>
    public Sealer AnotherSealer() => new(Db, new Leases(Db, TimeProvider.System), Notes, Options.Create(new LedgerOptions()), TimeProvider.System, NullLogger<Sealer>.Instance);

    public Task AppendAsync(int count, Guid? store = null) => Db.WriteAsync(
        async tx =>
        {
            for (var i = 0; i < count; i++)
                await Rows.AppendAsync(tx, store ?? StoreId, "test.done", $"thing:{i % 7}", $"key:{i % 3}", "more");
        },
        default);

    /// <summary>Seals and signs all that is there, letting the minute between two heads pass.</summary>
    public async Task SealAsync()
    {
        Db.ClockOffset += TimeSpan.FromMinutes(2);
        await Sealer.RunOnceAsync(default);
    }

    public Task<LedgerHead> HeadAsync() => Reader.HeadAsync(StoreId, default);

    public async Task<List<string>> ExportAsync(long first = 1, long last = 0)
    {
        var text = new List<string>();
        await foreach (var part in new LedgerExport(Db, Notes).WriteAsync(StoreId, first, last, default))
            text.AddRange(part.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return text;
    }

    /// <summary>What the offline verifier finds; null when the ledger is whole.</summary>
    public async Task<Finding?> VerifyAsync(long first = 1, long last = 0, string? earlier = null) => Verify(await ExportAsync(first, last), earlier);

    public static Finding? Verify(IEnumerable<string> lines, string? earlier = null)
    {
        var verifier = new LedgerVerifier(null, earlier);
        return lines.Select(verifier.Read).FirstOrDefault(finding => finding is not null) ?? verifier.End();
    }

    public Task<IReadOnlyList<LedgerRow>> StoredAsync() =>
        Db.ReadAsync(tx => tx.QueryAsync<LedgerRow>("select seq, kind, subject, actor, digest, at_ms from ledger where store_id = @StoreId order by seq", new { StoreId }), default);

    /// <summary>The root over leaves as RFC 6962 writes it down, with nothing remembered.</summary>
    public static byte[] Naive(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
            return leaves[0];
        var split = 1;
        while (split * 2 < leaves.Length)
            split *= 2;
        return SHA256.HashData([1, .. Naive(leaves[..split]), .. Naive(leaves[split..])]);
    }

    public Task<int> ExecuteAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args), default);

    public async ValueTask DisposeAsync()
    {
        Sealer.Dispose();
        _keys.Dispose();
        await _database.DisposeAsync();
    }
}
