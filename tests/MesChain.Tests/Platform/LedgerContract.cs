using System.Security.Cryptography;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Tests.Platform;

/// <summary>Trees, heads and proofs, on each engine.</summary>
public abstract class LedgerContract(Engine engine) : IAsyncLifetime
{
    LedgerRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await LedgerRig.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_head_has_the_root_that_the_rows_have_at_every_size()
    {
        foreach (var more in (int[])[1, 1, 1, 4, 1, 247, 1, 1, 255, 700])
        {
            await _rig.AppendAsync(more);
            await _rig.SealAsync();
            var leaves = (await _rig.StoredAsync()).Select(row => row.Hash(_rig.StoreId)).ToArray();
            var head = await _rig.HeadAsync();
            Assert.Equal((leaves.Length, Hex(LedgerRig.Naive(leaves))), (head.Size, Hex(head.Root)));
        }

        Assert.Null(await _rig.VerifyAsync());
    }

    [Fact]
    public async Task Every_row_is_proven_to_stand_under_the_head()
    {
        await _rig.AppendAsync(300);
        await _rig.SealAsync();
        var head = await _rig.HeadAsync();
        foreach (var seq in (long[])[1, 2, 3, 7, 128, 255, 256, 257, 299, 300])
        {
            var proof = await _rig.Reader.InclusionAsync(_rig.StoreId, seq, 0, default);
            Assert.InRange(proof.Hashes.Count, 1, 9);
            Assert.Equal(Hex(head.Root), Hex(RootOf(seq - 1, head.Size, proof)));
        }

        var smaller = await _rig.Reader.InclusionAsync(_rig.StoreId, 5, 9, default);
        Assert.Equal(Hex(LedgerRig.Naive((await _rig.StoredAsync()).Take(9).Select(row => row.Hash(_rig.StoreId)).ToArray())), Hex(RootOf(4, 9, smaller)));
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.Reader.InclusionAsync(_rig.StoreId, 301, 0, default));
    }

    [Fact]
    public async Task A_ledger_is_proven_to_go_on_from_what_it_was_at_any_smaller_size()
    {
        await _rig.AppendAsync(300);
        await _rig.SealAsync();
        var leaves = (await _rig.StoredAsync()).Select(row => row.Hash(_rig.StoreId)).ToArray();
        var sizes = (int[])[1, 2, 3, 4, 6, 7, 8, 127, 255, 256, 257, 299, 300];
        foreach (var (first, second) in sizes.SelectMany(first => sizes.Where(second => second >= first).Select(second => (first, second))))
        {
            var proof = await _rig.Reader.ConsistencyAsync(_rig.StoreId, first, second, default);
            Assert.True(Consistent(first, second, LedgerRig.Naive(leaves.AsSpan(0, first)), LedgerRig.Naive(leaves.AsSpan(0, second)), proof.Hashes), $"{first} in {second}");
        }
    }

    [Fact]
    public async Task A_kill_between_any_two_steps_leaves_a_tree_that_the_next_sealer_finishes()
    {
        // More rows than one step takes, so that there are several.
        await _rig.AppendAsync(2500);
        var killed = 0;
        for (var step = 1; ; step++)
        {
            var left = step;
            _rig.Db.ClockOffset += TimeSpan.FromMinutes(2);
            _rig.Db.Probe = () =>
            {
                if (--left == 0)
                    throw new OperationCanceledException("killed");
            };
            try
            {
                using var sealer = _rig.AnotherSealer();
                await sealer.RunOnceAsync(default);
                if (left > 0)
                    break;
            }
            catch (OperationCanceledException)
            {
                killed++;
                _rig.Db.Probe = null;
                await _rig.AppendAsync(3);
                // The killed node's lease runs out.
                _rig.Db.ClockOffset += TimeSpan.FromMinutes(1);
            }
        }

        _rig.Db.Probe = null;
        Assert.True(killed >= 4);
        await _rig.SealAsync();
        var leaves = (await _rig.StoredAsync()).Select(row => row.Hash(_rig.StoreId)).ToArray();
        Assert.Equal((leaves.Length, Hex(LedgerRig.Naive(leaves))), ((await _rig.HeadAsync()).Size, Hex((await _rig.HeadAsync()).Root)));
        Assert.Null(await _rig.VerifyAsync());
    }

    [Fact]
    public async Task Two_sealers_at_once_make_one_tree()
    {
        await _rig.AppendAsync(3000);
        using var other = _rig.AnotherSealer();
        // The lease is a courtesy: both believe that they hold it.
        await _rig.ExecuteAsync("delete from leases");
        await Task.WhenAll(Task.Run(() => _rig.Sealer.RunOnceAsync(default)), Task.Run(() => other.RunOnceAsync(default)), _rig.AppendAsync(100));
        await _rig.ExecuteAsync("delete from leases");
        await _rig.SealAsync();
        await other.RunOnceAsync(default);
        await _rig.SealAsync();
        Assert.Equal(3100, (await _rig.HeadAsync()).Size);
        Assert.Null(await _rig.VerifyAsync());
    }

    [Fact]
    public async Task Heads_are_signed_once_a_minute_and_kept_one_a_day()
    {
        await _rig.AppendAsync(1);
        await _rig.SealAsync();
        await _rig.AppendAsync(1);
        await _rig.Sealer.RunOnceAsync(default);
        Assert.Equal(1, (await _rig.HeadAsync()).Size);
        for (var hour = 0; hour < 72; hour++)
        {
            await _rig.AppendAsync(1);
            _rig.Db.ClockOffset += TimeSpan.FromHours(1);
            await _rig.Sealer.RunOnceAsync(default);
        }

        Assert.Equal(74, (await _rig.HeadAsync()).Size);
        Assert.Equal(4, await _rig.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from ledger_heads"), default));
        Assert.Equal(4, (await _rig.ExportAsync()).Count(line => line.StartsWith("{\"head\"", StringComparison.Ordinal)));
        Assert.Null(await _rig.VerifyAsync());
    }

    [Fact]
    public async Task Any_run_of_rows_is_proven_by_itself()
    {
        await _rig.AppendAsync(700);
        await _rig.SealAsync();
        foreach (var (first, last) in ((long, long)[])[(1, 1), (1, 700), (2, 2), (256, 257), (257, 512), (3, 699), (513, 700), (700, 700), (100, 600)])
        {
            var lines = await _rig.ExportAsync(first, last);
            Assert.Null(LedgerRig.Verify(lines));
            Assert.Equal(last - first + 1, lines.Count(line => line.StartsWith("{\"row\"", StringComparison.Ordinal)));
        }

        await _rig.ExecuteAsync("update ledger set actor = 'key:other' where seq = 300");
        Assert.Equal(("row_changed", 300), ((await _rig.VerifyAsync(257, 512))!.What, (await _rig.VerifyAsync(257, 512))!.At));
        Assert.Null(await _rig.VerifyAsync(513, 700));
    }

    [Fact]
    public async Task A_row_that_no_head_covers_yet_has_no_proof()
    {
        await _rig.AppendAsync(2);
        await Assert.ThrowsAsync<UnknownResourceException>(_rig.HeadAsync);
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.ExportAsync());
        await _rig.SealAsync();
        await _rig.AppendAsync(1);
        Assert.Equal(2, (await _rig.HeadAsync()).Size);
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.ExportAsync(1, 3));
    }

    [Fact]
    public async Task What_was_sealed_is_never_written_again()
    {
        await _rig.AppendAsync(400);
        await _rig.SealAsync();
        var before = await TilesAsync();
        await _rig.SealAsync();
        Assert.Equal(before, await TilesAsync());
        await _rig.AppendAsync(200);
        await _rig.SealAsync();
        var after = await TilesAsync();
        Assert.All(before, tile => Assert.StartsWith(tile.Value, after[tile.Key], StringComparison.Ordinal));

        async Task<Dictionary<(long, long), string>> TilesAsync() =>
            (await _rig.Db.ReadAsync(tx => tx.QueryAsync<TileRow>("select level, tile, hashes from ledger_tiles"), default)).ToDictionary(row => (row.Level, row.Tile), row => Hex(row.Hashes));
    }

    [Fact]
    public async Task A_filter_finds_its_rows_on_whatever_page_they_stand()
    {
        await _rig.AppendAsync(25_000);
        await _rig.Db.WriteAsync(tx => _rig.Rows.AppendAsync(tx, _rig.StoreId, "key.revoked", "key:a_c", "key:admin"), default);
        await _rig.AppendAsync(5);

        Assert.Equal([25_001L], await SeqsAsync(new("key.", "", "", 0, long.MaxValue, null, 50)));
        Assert.Equal([25_001L], await SeqsAsync(new("", "key:a_", "key:admin", 0, long.MaxValue, null, 50)));
        Assert.Equal([], await SeqsAsync(new("", "key:a%", "", 0, long.MaxValue, null, 50)));
        Assert.Equal([25_005L, 24_994, 24_987], (await SeqsAsync(new("test.", "thing:3", "", 0, long.MaxValue, null, 50))).Take(3));
        var now = await _rig.Db.ReadAsync(tx => tx.NowMsAsync(), default);
        Assert.Equal([], await SeqsAsync(new("", "", "", now + 60_000, long.MaxValue, null, 50)));
        Assert.Equal(25_006, (await SeqsAsync(new("", "", "", 0, now + 60_000, null, 200))).Count);

        async Task<List<long>> SeqsAsync(LedgerFilter filter)
        {
            var found = new List<long>();
            for (LedgerFilter? next = filter; next is not null;)
            {
                var page = await _rig.Reader.ListAsync(_rig.StoreId, next, default);
                Assert.True(page.Rows.Count <= filter.Limit);
                found.AddRange(page.Rows.Select(row => row.Seq));
                next = page.Next is { } before ? filter with { Before = before } : null;
            }

            return found;
        }
    }

    /// <summary>RFC 9162, 2.1.3.2, written from the text.</summary>
    static byte[] RootOf(long leaf, long size, InclusionProof proof)
    {
        var (fn, sn, root) = (leaf, size - 1, proof.Leaf);
        foreach (var hash in proof.Hashes)
        {
            Assert.NotEqual(0, sn);
            if ((fn & 1) == 1 || fn == sn)
            {
                root = Parent(hash, root);
                while ((fn & 1) == 0 && fn != 0)
                    (fn, sn) = (fn >> 1, sn >> 1);
            }
            else
            {
                root = Parent(root, hash);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        Assert.Equal(0, sn);
        return root;
    }

    /// <summary>RFC 9162, 2.1.4.2, written from the text.</summary>
    static bool Consistent(long first, long second, byte[] firstRoot, byte[] secondRoot, IReadOnlyList<byte[]> proof)
    {
        if (first == second)
            return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (proof.Count == 0)
            return false;
        List<byte[]> path = [.. long.IsPow2(first) ? [firstRoot] : Array.Empty<byte[]>(), .. proof];
        var (fn, sn) = (first - 1, second - 1);
        while ((fn & 1) == 1)
            (fn, sn) = (fn >> 1, sn >> 1);
        var (fr, sr) = (path[0], path[0]);
        foreach (var hash in path.Skip(1))
        {
            if (sn == 0)
                return false;
            if ((fn & 1) == 1 || fn == sn)
            {
                (fr, sr) = (Parent(hash, fr), Parent(hash, sr));
                while ((fn & 1) == 0 && fn != 0)
                    (fn, sn) = (fn >> 1, sn >> 1);
            }
            else
            {
                sr = Parent(sr, hash);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return fr.SequenceEqual(firstRoot) && sr.SequenceEqual(secondRoot) && sn == 0;
    }

    static byte[] Parent(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    sealed class TileRow
    {
        public long Level { get; init; }

        public long Tile { get; init; }

        public byte[] Hashes { get; init; } = [];
    }
}

public sealed class LedgerOnSqlite() : LedgerContract(Engine.Sqlite);

public sealed class LedgerOnPostgres() : LedgerContract(Engine.Postgres);
