using System.Security.Cryptography;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keyring;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>Where the root key comes from, and how another one takes its place, on each engine.</summary>
public abstract class RootContract(Engine engine) : IAsyncLifetime
{
    const string Words = "doğru at pil zımba ve altı kelime";
    const string NextKey = RootKey.Variable + RootKey.Next;

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly Guid _store = Ids.New(TimeProvider.System);
    readonly string _a = Draw();
    readonly string _b = Draw();
    readonly List<TestKeyring> _nodes = [];
    TestDatabase _database = null!;

    Db Db => _database.Db;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            node.Dispose();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S13_The_root_key_is_replaced_while_three_nodes_restart_one_by_one_and_serve()
    {
        for (var i = 0; i < 3; i++)
            await NodeAsync((RootKey.Variable, _a));
        var row = await SealedOrder.AddAsync(Db, _nodes[0].Keyring, _store, "Ada");

        for (var i = 0; i < 3; i++)
        {
            var refused = await Assert.ThrowsAsync<PreconditionException>(() => ReplaceAsync(_b));
            Assert.Equal((Reasons.RootKeyMissing, Of(_b)), (refused.Reason, refused.Subject));
            await RestartAsync(i, (RootKey.Variable, _a), (NextKey, _b));
            Assert.Equal(i + 1, (await KnownAsync()).Count(roots => roots.Contains(Of(_b), StringComparison.Ordinal)));
            await EveryNodeOpensAsync(row);
        }

        await ReplaceAsync(_b);
        await ReplaceAsync(_b);
        // In the middle of it a node needs both, and says so.
        var alone = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a)));
        Assert.Contains(Of(_b) + " is missing", alone.Message, StringComparison.Ordinal);
        alone = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _b)));
        Assert.Contains(Of(_a) + " is missing", alone.Message, StringComparison.Ordinal);
        foreach (var node in _nodes)
            await node.SettleAsync();
        Assert.Equal(Of(_b), await Db.ReadAsync(tx => tx.ScalarAsync<string>("select root_fingerprint from installation where root_next = ''"), Cancel));
        Assert.Equal([Of(_b)], await Db.ReadAsync(tx => tx.QueryAsync<string>("select distinct root from keks"), Cancel));
        await EveryNodeOpensAsync(row);

        await RestartAsync(0, (RootKey.Variable, _b));
        // The files may change their places later.
        await RestartAsync(1, (RootKey.Variable, _a), (NextKey, _b));
        await EveryNodeOpensAsync(row);
        var old = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a)));
        Assert.Contains(Of(_b), old.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_a, old.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S13_A_next_key_in_a_file_is_seen_without_a_restart()
    {
        var node = await NodeAsync();
        await SealedOrder.AddAsync(Db, node.Keyring, _store, "Ada");
        await node.Loop.RunOnceAsync(Cancel);
        Assert.DoesNotContain(Of(_b), Assert.Single(await KnownAsync()), StringComparison.Ordinal);
        await File.WriteAllTextAsync(node.RootKeyFile + ".next", "half a k", Cancel);
        await node.Loop.RunOnceAsync(Cancel);
        await File.WriteAllTextAsync(node.RootKeyFile + ".next", _b, Cancel);
        await node.Loop.RunOnceAsync(Cancel);
        Assert.Contains(Of(_b), Assert.Single(await KnownAsync()), StringComparison.Ordinal);
        await ReplaceAsync(_b);
        await node.SettleAsync();
        Assert.Equal(Of(_b), await Db.ReadAsync(tx => tx.ScalarAsync<string>("select root_fingerprint from installation where root_next = ''"), Cancel));
    }

    [Fact]
    public async Task S14_A_mistyped_next_key_refuses_the_start_and_nothing_is_changed()
    {
        var node = await NodeAsync((RootKey.Variable, _a));
        await SealedOrder.AddAsync(Db, node.Keyring, _store, "Ada");
        var before = await EverythingAsync();
        var slip = (_b[0] == 'A' ? 'B' : 'A') + _b[1..];
        foreach (var mistyped in (string[])[_b[..^2], "", _b + "=", $"{slip} {Of(_b)}"])
        {
            if (mistyped.Length == 0)
                continue;
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a), (NextKey, mistyped)));
            Assert.Contains(NextKey, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(mistyped, refused.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a), (RootKey.PassphraseVariable + RootKey.Next, "too short")));
        await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a), (NextKey, _b), (RootKey.PassphraseVariable + RootKey.Next, Words)));
        await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _b), (RootKey.PassphraseVariable + RootKey.Next, Words)));
        await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.PassphraseVariable, Words)));
        Assert.Equal(before, await EverythingAsync());

        // Once a key is being taken over, only that one passes as the next.
        await RestartAsync(0, (RootKey.Variable, _a), (NextKey, $"{_b} {Of(_b)}"));
        await ReplaceAsync(_b);
        before = await EverythingAsync();
        await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a), (NextKey, Draw())));
        Assert.Equal(before, await EverythingAsync());
        Assert.Equal(Reasons.RootRotationRuns, (await Assert.ThrowsAsync<PreconditionException>(() => ReplaceAsync(Draw()))).Reason);
    }

    [Fact]
    public async Task A_key_made_while_the_root_key_is_replaced_is_wrapped_by_the_next_one()
    {
        var node = await NodeAsync((RootKey.Variable, _a), (NextKey, _b));
        await ReplaceAsync(_b);
        var row = await SealedOrder.AddAsync(Db, node.Keyring, _store, "Ada");
        Assert.Equal([Of(_a), Of(_b)], (await Db.ReadAsync(tx => tx.QueryAsync<string>("select root from keks order by store_id"), Cancel)));
        await node.SettleAsync();
        await RestartAsync(0, (RootKey.Variable, _b));
        await EveryNodeOpensAsync(row);
    }

    [Fact]
    public async Task A_passphrase_is_the_same_key_on_every_node_and_can_take_a_keys_place()
    {
        await NodeAsync((RootKey.PassphraseVariable, Words));
        await NodeAsync((RootKey.PassphraseVariable, Words), (NextKey, _b));
        var row = await SealedOrder.AddAsync(Db, _nodes[0].Keyring, _store, "Ada");
        await EveryNodeOpensAsync(row);
        Assert.Matches(@"^argon2id\$v=19\$m=65536,t=3,p=1\$", await Db.ReadAsync(tx => tx.ScalarAsync<string>("select root_kdf from installation"), Cancel));
        var wrong = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.PassphraseVariable, Words + "!")));
        Assert.DoesNotContain(Words, wrong.Message, StringComparison.Ordinal);

        await RestartAsync(0, (RootKey.PassphraseVariable, Words), (NextKey, _b));
        await ReplaceAsync(_b);
        await _nodes[0].SettleAsync();
        await _nodes[1].SettleAsync();
        await RestartAsync(0, (RootKey.Variable, _b));
        await EveryNodeOpensAsync(row);
    }

    [Fact]
    public async Task A_passphrase_whose_costs_were_lowered_in_the_database_is_not_used()
    {
        await NodeAsync((RootKey.PassphraseVariable, Words));
        await Db.WriteAsync(tx => tx.ExecuteAsync("update installation set root_kdf = replace(root_kdf, 'm=65536', 'm=8')"), Cancel);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.PassphraseVariable, Words)));
        Assert.Contains("root_kdf", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_in_the_key_of_all_digests_refuses_the_start_by_name()
    {
        await NodeAsync((RootKey.Variable, _a));
        var wrapped = (await Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("select wrapped from keks"), Cancel))!;
        wrapped[RandomNumberGenerator.GetInt32(wrapped.Length)] ^= 4;
        await Db.WriteAsync(tx => tx.ExecuteAsync("update keks set wrapped = @wrapped", new { wrapped }), Cancel);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => NodeAsync((RootKey.Variable, _a)));
        Assert.Contains("key generation 0 of store 00000000-0000-0000-0000-000000000000", refused.Message, StringComparison.Ordinal);
    }

    async Task<TestKeyring> NodeAsync(params (string Variable, string Value)[] environment)
    {
        var node = await TestKeyring.StartAsync(Db, 1L << 31, environment);
        _nodes.Add(node);
        return node;
    }

    async Task RestartAsync(int at, params (string Variable, string Value)[] environment)
    {
        await _nodes[at].LeaveAsync();
        _nodes[at].Dispose();
        _nodes[at] = await TestKeyring.StartAsync(Db, 1L << 31, environment);
    }

    Task ReplaceAsync(string key) => Db.WriteAsync(tx => _nodes[0].Rotation.ReplaceRootAsync(tx, Of(key), "key:abc"), Cancel);

    async Task EveryNodeOpensAsync(Guid row)
    {
        foreach (var node in _nodes)
            Assert.Equal("Ada", await SealedOrder.OpenAsync(Db, node.Keyring, _store, row));
    }

    Task<IReadOnlyList<string>> KnownAsync() => Db.ReadAsync(tx => tx.QueryAsync<string>("select roots from nodes"), Cancel);

    async Task<string> EverythingAsync() => string.Join('\n', await Db.ReadAsync(
        async tx => (await tx.QueryAsync<byte[]>("select wrapped from keks order by store_id, generation")).Select(Convert.ToHexString)
            .Concat(await tx.QueryAsync<string>("select root_fingerprint || ' ' || root_next || ' ' || root_kdf from installation"))
            .Concat(await tx.QueryAsync<string>("select root || ' ' || state || ' ' || seq from keks order by store_id, generation"))
            .Concat(await tx.QueryAsync<string>("select roots from nodes order by id"))
            .ToList(),
        Cancel));

    static string Draw() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    static string Of(string key) => RootKey.Fingerprint(Convert.FromBase64String(key));
}

public sealed class RootOnSqlite() : RootContract(Engine.Sqlite);

public sealed class RootOnPostgres() : RootContract(Engine.Postgres);
