using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>What the offline verifier and the sealer say to somebody who can write to the database.</summary>
public abstract class LedgerTamperContract(Engine engine) : IAsyncLifetime
{
    LedgerRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await LedgerRig.OpenAsync(engine);
        await _rig.AppendAsync(150);
        await _rig.SealAsync();
        // A head of another day, so that two are kept.
        _rig.Db.ClockOffset += TimeSpan.FromDays(1);
        await _rig.AppendAsync(150);
        await _rig.SealAsync();
        Assert.Null(await _rig.VerifyAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("kind", "'test.gone'")]
    [InlineData("subject", "'thing:other'")]
    [InlineData("actor", "'key:other'")]
    [InlineData("at_ms", "at_ms + 1")]
    public async Task S24_A_changed_row_is_named(string column, string value)
    {
        await _rig.ExecuteAsync($"update ledger set {column} = {value} where seq = 77");
        await NamedAsync("row_changed", 77);
    }

    [Fact]
    public async Task S24_A_removed_row_is_named_and_nothing_more_is_signed()
    {
        await _rig.ExecuteAsync("delete from ledger where seq = 77");
        await NamedAsync("row_missing", 77);
        await _rig.ExecuteAsync("update ledger set seq = seq - 1 where seq = 78");
        await NamedAsync("row_changed", 77);
    }

    [Fact]
    public async Task S24_An_inserted_row_is_named()
    {
        // Room is made from the end, as somebody would who wants no gap.
        for (var seq = 300; seq >= 77; seq--)
            await _rig.ExecuteAsync("update ledger set seq = seq + 1 where seq = @seq", new { seq });
        await _rig.ExecuteAsync("insert into ledger (store_id, seq, kind, subject, actor, digest, at_ms) select store_id, 77, kind, subject, actor, digest, at_ms from ledger where seq = 76");
        await NamedAsync("row_changed", 77);
    }

    [Fact]
    public async Task S24_Moved_rows_are_named_at_the_first_of_them()
    {
        await _rig.ExecuteAsync("update ledger set seq = 1000 where seq = 200");
        await _rig.ExecuteAsync("update ledger set seq = 200 where seq = 77");
        await _rig.ExecuteAsync("update ledger set seq = 77 where seq = 1000");
        await NamedAsync("row_changed", 77);
    }

    [Fact]
    public async Task S24_A_tail_that_was_cut_off_with_all_its_proof_shows_against_an_earlier_head()
    {
        var earlier = (await _rig.HeadAsync()).Note;
        Assert.Null(await _rig.VerifyAsync(earlier: earlier));

        await _rig.ExecuteAsync("delete from ledger where seq > 150");
        await NamedAsync("row_missing", 151);
        await CutAsync(150);
        Assert.Null(await _rig.VerifyAsync());
        var finding = await _rig.VerifyAsync(earlier: earlier);
        Assert.Equal(("truncated", 151), (finding!.What, finding.At));

        // It grows again to another ledger of the same length, and is signed: by itself it looks well.
        await _rig.AppendAsync(200);
        await _rig.SealAsync();
        Assert.Null(await _rig.VerifyAsync());
        Assert.Equal("rewritten", (await _rig.VerifyAsync(earlier: earlier))!.What);
    }

    [Fact]
    public async Task S24_A_row_that_was_changed_with_every_hash_over_it_is_found_by_the_signed_head()
    {
        await _rig.ExecuteAsync("update ledger set actor = 'key:other' where seq = 200");
        await ForgeTilesAsync();
        // The head over 150 rows still holds, so it lies after them.
        await NamedAsync("head_differs", 151);
    }

    [Fact]
    public async Task Over_a_tree_that_does_not_match_its_last_head_nothing_is_signed_and_other_stores_go_on()
    {
        var other = Ids.New(TimeProvider.System);
        await _rig.ExecuteAsync("update ledger set actor = 'key:other' where seq = 200");
        await ForgeTilesAsync();
        await _rig.AppendAsync(1);
        await _rig.AppendAsync(1, other);
        await _rig.SealAsync();
        Assert.Equal(300, (await _rig.HeadAsync()).Size);
        Assert.Equal(1, (await _rig.Reader.HeadAsync(other, default)).Size);
        Assert.Contains("300", await FaultAsync(), StringComparison.Ordinal);

        await _rig.ExecuteAsync("update ledger set actor = (select actor from ledger where seq = 197) where seq = 200");
        await ForgeTilesAsync();
        await _rig.SealAsync();
        Assert.Equal((301, ""), ((await _rig.HeadAsync()).Size, await FaultAsync()));
        Assert.Null(await _rig.VerifyAsync());
    }

    [Theory]
    [InlineData("update ledger_trees set size = size - 1")]
    [InlineData("update ledger_trees set size = size + 1")]
    [InlineData("update ledger_trees set signed_size = 150")]
    [InlineData("update ledger_trees set signed_size = signed_size + 1, size = size + 1")]
    [InlineData("delete from ledger_heads where size = 300")]
    [InlineData("delete from ledger_tiles where level = 1")]
    [InlineData("delete from ledger where seq = 301")]
    public async Task The_sealer_stops_at_a_tree_that_somebody_put_his_hand_to(string change)
    {
        await _rig.AppendAsync(3);
        await _rig.ExecuteAsync(change);
        await _rig.SealAsync();
        if (change.Contains("signed_size = 150", StringComparison.Ordinal))
            Assert.Null(await _rig.VerifyAsync());
        else
            Assert.NotEqual("", await FaultAsync());
    }

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task S24_A_flipped_bit_in_any_row_node_hash_or_head_is_found_and_named() => Soak.RunAsync($"ledger-bits-{engine}", 2000, FlipAsync);

    async Task FlipAsync(int seed)
    {
        var random = new Random(seed);
        var (table, column, row, named) = random.Next(8) switch
        {
            0 => ("ledger", "kind", Seq(out var seq), seq),
            1 => ("ledger", "subject", Seq(out var seq), seq),
            2 => ("ledger", "actor", Seq(out var seq), seq),
            3 => ("ledger", "digest", Seq(out var seq), seq),
            4 => ("ledger", "at_ms", Seq(out var seq), seq),
            5 => ("ledger_tiles", "hashes", random.Next(2) == 0 ? "level = 0 and tile = 0" : "level = 0 and tile = 1", 0),
            6 => ("ledger_tiles", "hashes", "level = 1", 1),
            _ => ("ledger_heads", "note", random.Next(2) == 0 ? "size = 150" : "size = 300", 0L),
        };
        var stood = await _rig.Db.ReadAsync(tx => tx.ScalarAsync<object>($"select {column} from {table} where {row}"), default);
        var (flipped, at) = Flip(stood!, random);
        await _rig.ExecuteAsync($"update {table} set {column} = @flipped where {row}", new { flipped });
        var finding = await _rig.VerifyAsync();
        await _rig.ExecuteAsync($"update {table} set {column} = @stood where {row}", new { stood });

        var what = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {table}.{column} where {row}, bit {at}: {finding}");
        Assert.True(finding is not null, what);
        var expected = (table, row) switch
        {
            ("ledger_tiles", "level = 0 and tile = 0") => (at / 256) + 1,
            ("ledger_tiles", "level = 0 and tile = 1") => (at / 256) + 257,
            ("ledger_heads", "size = 150") => 1,
            ("ledger_heads", _) => 151,
            _ => named,
        };
        Assert.True(finding!.At == expected, what);
        Assert.Null(await _rig.VerifyAsync());

        string Seq(out long seq)
        {
            seq = random.Next(1, 301);
            return string.Create(CultureInfo.InvariantCulture, $"seq = {seq}");
        }
    }

    /// <summary>One bit of a value, such that a database still takes it.</summary>
    static (object Value, int Bit) Flip(object stood, Random random)
    {
        switch (stood)
        {
            case byte[] bytes:
                var bit = random.Next(bytes.Length * 8);
                var flipped = bytes.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                return (flipped, bit);
            case long number:
                bit = random.Next(41);
                return (number ^ (1L << bit), bit);
            default:
                var text = (string)stood;
                // Seven bits of the ASCII characters; the eighth would be no UTF-8, and NUL no text of PostgreSQL.
                while (true)
                {
                    var at = random.Next(text.Length);
                    bit = random.Next(7);
                    var other = (char)(text[at] ^ (1 << bit));
                    if (text[at] < 128 && other != '\0')
                        return (text[..at] + other + text[(at + 1)..], (at * 8) + bit);
                }
        }
    }

    async Task NamedAsync(string what, long at)
    {
        var finding = await _rig.VerifyAsync();
        Assert.Equal((what, at), (finding?.What, finding?.At));
    }

    Task<string?> FaultAsync() => _rig.Db.ReadAsync(tx => tx.ScalarAsync<string>("select fault from ledger_trees where store_id = @StoreId", new { _rig.StoreId }), default);

    /// <summary>Makes the tiles anew from the rows as they stand, as somebody would who knows the format but has no key.</summary>
    Task ForgeTilesAsync() => _rig.Db.WriteAsync(
        async tx =>
        {
            var size = await tx.ScalarAsync<long>("select size from ledger_trees where store_id = @StoreId", new { _rig.StoreId });
            await tx.ExecuteAsync("delete from ledger_tiles where store_id = @StoreId", new { _rig.StoreId });
            var rows = await tx.QueryAsync<LedgerRow>("select seq, kind, subject, actor, digest, at_ms from ledger where store_id = @StoreId and seq <= @size order by seq", new { _rig.StoreId, size });
            await new LedgerTree(tx, _rig.StoreId).AppendAsync(0, [.. rows.Select(row => row.Hash(_rig.StoreId))]);
        },
        default);

    async Task CutAsync(long size)
    {
        await _rig.ExecuteAsync("delete from ledger_heads where size > @size", new { size });
        await _rig.ExecuteAsync("update store_sequences set value = @size where store_id = @StoreId and name = 'ledger'", new { size, _rig.StoreId });
        await _rig.ExecuteAsync("update ledger_trees set size = @size, signed_size = @size", new { size });
        await ForgeTilesAsync();
    }
}

public sealed class LedgerTamperOnSqlite() : LedgerTamperContract(Engine.Sqlite);

public sealed class LedgerTamperOnPostgres() : LedgerTamperContract(Engine.Postgres);

/// <summary>What appending waits for, where many nodes share one database.</summary>
public sealed class LedgerNodesTests
{
    [Fact]
    public async Task S25_Appending_waits_for_no_other_store_and_for_no_sealer()
    {
        await using var rig = await LedgerRig.OpenAsync(Engine.Postgres);
        await rig.AppendAsync(1);
        await rig.SealAsync();
        var other = Ids.New(TimeProvider.System);
        var (held, done) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        // One node is in the middle of appending to a store, and a sealer in the middle of extending this one's tree.
        var open = rig.Db.WriteAsync(
            async tx =>
            {
                await rig.Rows.AppendAsync(tx, other, "test.done", "thing:1", "key:1");
                await LedgerStore.HoldAsync(tx, rig.StoreId);
                held.SetResult();
                await done.Task;
            },
            default);
        await held.Task;
        await rig.AppendAsync(10).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        done.SetResult();
        await open;
        await rig.SealAsync();
        Assert.Equal(11, (await rig.HeadAsync()).Size);
        Assert.Equal(1, (await rig.Reader.HeadAsync(other, default)).Size);
    }
}
