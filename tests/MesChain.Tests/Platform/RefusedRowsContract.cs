using System.Net;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keys;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Platform;

/// <summary>What refused keys leave on the ledger, on each engine.</summary>
public abstract class RefusedRowsContract(Engine engine) : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    TestDatabase _database = null!;
    TestKeyring _keys = null!;
    FailedAttempts _attempts = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.OpenAsync(engine);
        _keys = await TestKeyring.StartAsync(_database.Db);
        _attempts = new(new(_database.Db, new LedgerRows(_keys.Keyring), _keys.Keyring, _clock), Options.Create(new AuthOptions()), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S26_An_address_is_told_from_another_and_stands_nowhere()
    {
        foreach (var address in (string[])["198.51.100.7", "::ffff:198.51.100.7", "198.51.100.8", "2001:db8::1", "2001:db8::2"])
            await TryAsync(address);
        var rows = await RowsAsync();
        // One spelling or the other, one household or the other end of it: the second attempt of an address is no row.
        Assert.Equal(3, rows.Count);
        Assert.Equal(3, rows.Select(row => row.Actor).Distinct().Count());
        Assert.All(rows, row => Assert.Matches("^address:[0-9a-f]{16}$", row.Actor));
    }

    [Fact]
    public async Task S27_A_search_from_one_address_is_a_row_a_power_of_ten()
    {
        for (var i = 0; i < 1500; i++)
            await TryAsync("198.51.100.7");
        Assert.Equal(["auth.refused", "auth.refused.10", "auth.limited", "auth.refused.100", "auth.refused.1000"], (await RowsAsync()).Select(row => row.Kind));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await TryAsync("198.51.100.7");
        Assert.Equal("auth.refused", (await RowsAsync())[^1].Kind);
    }

    [Fact]
    public async Task S27_A_search_from_many_addresses_cannot_fill_the_ledger()
    {
        for (var i = 0; i < 400; i++)
            await TryAsync($"198.51.{i / 256}.{i % 256}");
        var rows = await RowsAsync();
        Assert.Equal(RefusedRows.PerMinuteMax + 1, rows.Count);
        Assert.Equal(("auth.flood", "system:auth"), (rows[^1].Kind, rows[^1].Actor));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await TryAsync("203.0.113.1");
        Assert.Equal("auth.refused", (await RowsAsync())[^1].Kind);
    }

    async Task TryAsync(string address)
    {
        try
        {
            await _attempts.CountAsync(IPAddress.Parse(address), "0000000000000000", Cancel);
        }
        catch (ExhaustedException)
        {
            // Told to wait: what counts here is the ledger.
        }
    }

    Task<IReadOnlyList<LedgerRow>> RowsAsync() => _database.Db.ReadAsync(
        tx => tx.QueryAsync<LedgerRow>("select seq, kind, subject, actor, digest, at_ms from ledger where store_id = @system order by seq", new { system = Ids.SystemStore }), Cancel);
}

public sealed class RefusedRowsOnSqlite() : RefusedRowsContract(Engine.Sqlite);

public sealed class RefusedRowsOnPostgres() : RefusedRowsContract(Engine.Postgres);
