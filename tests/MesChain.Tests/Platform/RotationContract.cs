using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Secret;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>Generations of a store's key, on one node and on three, on each engine.</summary>
public abstract class RotationContract(Engine engine) : IAsyncLifetime
{
    const string Actor = "key:abc";

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly Guid _store = Ids.New(TimeProvider.System);
    readonly List<TestKeyring> _nodes = [];
    TestDatabase _database = null!;
    string _root = "";

    Db Db => _database.Db;

    TestKeyring First => _nodes[0];

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.OpenAsync(engine);
        _nodes.Add(await TestKeyring.StartAsync(Db));
        _root = await File.ReadAllTextAsync(First.RootKeyFile, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            node.Dispose();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S09_What_an_old_key_sealed_opens_and_moves_to_the_new_one_unchanged()
    {
        await PutAsync(First, "a", "one");
        await PutAsync(First, "a", "two");
        var document = await DocumentAsync(First, "Ada");
        var before = await RowsAsync();
        var opened = await EnvelopesAsync();

        Assert.Equal(2, await StageAsync(First));
        Assert.Equal(2, await StageAsync(First));
        Assert.Equal(["2 staged", "1 active"], await StatesAsync());
        Assert.True(await First.Loop.RunOnceAsync(Cancel));
        Assert.Equal(["2 active", "1 decrypt_only"], await StatesAsync());
        Assert.Equal("two", await GetAsync(First, "a"));
        await PutAsync(First, "b", "three");

        await First.SettleAsync();
        Assert.Equal([2, 2, 2, 2], await GenerationsAsync());
        Assert.Equal(before, (await RowsAsync())[..2]);
        Assert.Empty(opened.Intersect(await EnvelopesAsync(), StringComparer.Ordinal));
        Assert.Equal(["one", "two", "three"], [await GetAsync(First, "a", 1), await GetAsync(First, "a"), await GetAsync(First, "b")]);
        Assert.Equal("Ada", await OpenAsync(First, document));

        Assert.Equal(["2 active", "1 decrypt_only done"], await StatesAsync());
        Assert.Equal(3, await Db.ReadAsync(tx => tx.ScalarAsync<long>("select rewrapped from keks where store_id = @_store and generation = 1", new { _store }), Cancel));
    }

    [Fact]
    public async Task S10_Nobody_seals_under_a_key_that_a_living_node_has_not_loaded()
    {
        await NodesAsync(3);
        var (b, c) = (_nodes[1], _nodes[2]);
        await PutAsync(First, "a", "one");
        await StageAsync(First);
        // b is paused: it does not turn.
        await First.SettleAsync();
        await c.SettleAsync();
        await First.SettleAsync();
        Assert.Equal(["2 staged", "1 active"], await StatesAsync());
        await PutAsync(c, "a", "two");
        Assert.Equal([1, 1], await GenerationsAsync());

        await b.SettleAsync();
        await AllSettleAsync();
        Assert.Equal(["2 active", "1 decrypt_only done"], await StatesAsync());
        foreach (var node in _nodes)
            Assert.Equal("two", await GetAsync(node, "a"));
    }

    [Fact]
    public async Task S10_A_node_that_went_silent_is_not_waited_for_and_still_reads_and_seals_rightly_when_it_wakes()
    {
        await NodesAsync(2);
        var sleeper = _nodes[1];
        await PutAsync(sleeper, "a", "one");
        await StageAsync(First);
        await First.SettleAsync();
        Assert.Equal(["2 staged", "1 active"], await StatesAsync());

        Db.ClockOffset += TimeSpan.FromSeconds(121);
        await Db.WriteAsync(First.Node.SayAsync, Cancel);
        await First.SettleAsync();
        Assert.Equal(["2 active", "1 decrypt_only done"], await StatesAsync());
        await PutAsync(First, "a", "two");
        // Its memory says nothing of generation 2.
        Assert.Equal("two", await GetAsync(sleeper, "a"));
        await PutAsync(sleeper, "a", "three");
        Assert.Equal([2, 2, 2], await GenerationsAsync());
        Assert.Equal("three", await GetAsync(First, "a"));
    }

    [Fact]
    public async Task S11_A_walk_that_dies_anywhere_is_carried_on_and_every_value_opens_at_every_instant()
    {
        const int count = 320;
        await Db.WriteAsync(
            async tx =>
            {
                for (var i = 0; i < count; i++)
                    await VaultOf(First).PutAsync(tx, _store, FormattableString.Invariant($"p{i}"), Encoding.UTF8.GetBytes(FormattableString.Invariant($"v{i}")), null, Actor);
            },
            Cancel);
        await StageAsync(First);
        Assert.True(await First.Loop.RunOnceAsync(Cancel));

        // One unit by each of a row of nodes that die after it, and a reader that looks at everything in between.
        var moved = new List<int>();
        for (var more = true; more;)
        {
            await First.LeaveAsync();
            await NodesAsync(1);
            _nodes.RemoveAt(0);
            more = await First.Loop.RunOnceAsync(Cancel);
            moved.Add((await GenerationsAsync()).Count(generation => generation == 2));
            for (var i = 0; i < count; i += 40)
                Assert.Equal(FormattableString.Invariant($"v{i}"), await GetAsync(First, FormattableString.Invariant($"p{i}")));
        }

        Assert.Equal([100, 200, 300, 320, 320, 320], moved);
        await First.SettleAsync();
        Assert.Equal(["2 active", "1 decrypt_only done"], await StatesAsync());
    }

    [Fact]
    public async Task A_second_change_of_keys_in_the_middle_of_a_walk_leaves_nothing_behind()
    {
        for (var i = 0; i < 3; i++)
            await PutAsync(First, FormattableString.Invariant($"p{i}"), "v");
        await DocumentAsync(First, "Ada");
        await StageAsync(First);
        // The change itself, then the first column.
        for (var turn = 0; turn < 2; turn++)
            Assert.True(await First.Loop.RunOnceAsync(Cancel));
        Assert.Contains(1, await GenerationsAsync());
        Assert.Contains(2, await GenerationsAsync());

        await StageAsync(First);
        await First.SettleAsync();
        Assert.Equal(["3 active", "2 decrypt_only done", "1 decrypt_only done"], await StatesAsync());
        Assert.Equal([3, 3, 3, 3], await GenerationsAsync());
    }

    [Fact]
    public async Task A_walk_is_never_called_done_while_something_is_left_however_turns_and_nodes_overlap()
    {
        await NodesAsync(3);
        await PutAsync(First, "a", "one");
        await DocumentAsync(First, "Ada");
        for (var round = 0; round < 30; round++)
        {
            await StageAsync(First);
            var done = false;
            for (var turn = 0; !done; turn++)
            {
                Assert.True(turn < 50, string.Join(", ", await StatesAsync()));
                await Task.WhenAll(_nodes.SelectMany(node => new[] { node, node }).Select(node => Task.Run(() => node.Loop.RunOnceAsync(Cancel))));
                var states = await StatesAsync();
                done = states.Skip(1).All(state => state.EndsWith(" done", StringComparison.Ordinal)) && states[0].EndsWith(" active", StringComparison.Ordinal);
                Assert.True(!done || (await GenerationsAsync()).All(generation => generation == round + 2), $"round {round}: {string.Join(", ", states)}, and the values stand under {string.Join(", ", await GenerationsAsync())}");
            }
        }

        Assert.DoesNotContain("keyring.integrity", await KindsAsync());
    }

    [Fact]
    public async Task S12_A_reading_under_a_key_that_is_retired_meanwhile_succeeds_and_the_next_finds_the_new_one()
    {
        await NodesAsync(2);
        await PutAsync(First, "a", "one");
        await StageAsync(First);
        await AllSettleAsync();
        var reader = TestKeyring.New(Db);
        await First.StartAsync(reader, _root);
        // Sealed under 2; between loading the row and unwrapping its key, everything moves to 3 and 2 is destroyed.
        var value = await Db.ReadAsync(
            async tx =>
            {
                var row = (await tx.OneAsync<StoredVersion>("select secret_id, envelope from secret_versions"))!;
                await StageAsync(First);
                await AllSettleAsync();
                Assert.Empty(await RetireAsync(First, 2));
                return await reader.OpenAsync(tx, _store, SecretStore.Envelopes.At(row.SecretId, 1), row.Envelope);
            },
            Cancel);
        Assert.Equal("one", Encoding.UTF8.GetString(value));
        Assert.Equal(["3 active", "2 retired done", "1 decrypt_only done"], await StatesAsync());
        Assert.Equal("one", await GetAsync(_nodes[1], "a"));
        Assert.Empty(await RetireAsync(First, 2));
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from keks where state = 'retired' and wrapped is not null"), Cancel));
    }

    [Fact]
    public async Task S12_A_key_that_anything_needs_is_not_retired_unless_forced_and_force_names_what_is_lost()
    {
        await PutAsync(First, "a", "one");
        await DocumentAsync(First, "Ada");
        await StageAsync(First);
        Assert.Equal(Reasons.KekInUse, (await Assert.ThrowsAsync<PreconditionException>(() => RetireAsync(First, 1))).Reason);
        Assert.Equal(Reasons.KekInUse, (await Assert.ThrowsAsync<PreconditionException>(() => RetireAsync(First, 2))).Reason);
        await Assert.ThrowsAsync<UnknownResourceException>(() => RetireAsync(First, 3));
        Assert.True(await First.Loop.RunOnceAsync(Cancel));

        var refused = await Assert.ThrowsAsync<PreconditionException>(() => RetireAsync(First, 1));
        Assert.Equal(Reasons.KekInUse, refused.Reason);
        Assert.Contains("2 values", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Reasons.KekInUse, (await Assert.ThrowsAsync<PreconditionException>(() => RetireAsync(First, 1, lose: 3))).Reason);
        var secret = await Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("select id from secrets"), Cancel);
        var lost = await RetireAsync(First, 1, lose: 2);
        Assert.Equal(2, lost.Count);
        Assert.Contains(FormattableString.Invariant($"secret_versions.envelope {new Guid(secret!, bigEndian: true).ToWire()}@1"), lost);
        Assert.Equal(Reasons.KekRetired, (await Assert.ThrowsAsync<PreconditionException>(() => GetAsync(First, "a"))).Reason);
        Assert.Contains("keyring.retire.forced", await KindsAsync());
        await PutAsync(First, "a", "again");
        Assert.Equal("again", await GetAsync(First, "a"));
    }

    [Fact]
    public async Task S16_Wraps_are_counted_and_a_worn_key_is_followed_by_a_new_one_unasked()
    {
        var worn = await TestKeyring.StartAsync(Db, 1_000, (RootKey.Variable, _root));
        _nodes.Add(worn);
        for (var i = 0; i < 999; i++)
            worn.Keyring.SealUnder(new byte[32], 1, _store, TestKeyring.Buyers.At(_store), "x"u8);
        await PutAsync(First, "a", "one");
        await worn.Loop.RunOnceAsync(Cancel);
        Assert.Equal(999, await WrapsAsync(1));
        Assert.Equal(["1 active"], await StatesAsync());

        await PutAsync(worn, "a", "two");
        await worn.Loop.RunOnceAsync(Cancel);
        Assert.Equal(1_000, await WrapsAsync(1));
        await AllSettleAsync();
        Assert.Equal(["2 active", "1 decrypt_only done"], await StatesAsync());
    }

    [Fact]
    public async Task Nothing_is_sealed_for_a_column_that_no_change_of_keys_would_move()
    {
        var forgotten = SealedColumn.Documents("orders", "note", "note");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync(tx => First.Keyring.SealAsync(tx, _store, forgotten.At(_store), "x"u8.ToArray()), Cancel));
    }

    [Fact]
    public async Task Something_damaged_keeps_its_key_and_is_told_of()
    {
        await PutAsync(First, "a", "one");
        await PutAsync(First, "b", "two");
        await Db.WriteAsync(tx => tx.ExecuteAsync("update secret_versions set envelope = (select envelope from secret_versions where secret_id = (select id from secrets where path = 'b')) where secret_id = (select id from secrets where path = 'a')"), Cancel);
        await StageAsync(First);
        await First.SettleAsync();
        Assert.Equal([1, 2], (await GenerationsAsync()).Order());
        Assert.Equal(["2 active", "1 decrypt_only"], await StatesAsync());
        Assert.Contains(_store.ToWire(), Assert.Single(await First.Loop.LookAsync(Cancel)).Cause, StringComparison.Ordinal);
        Assert.Equal("two", await GetAsync(First, "b"));
        Assert.Single(await KindsAsync(), kind => kind == "keyring.integrity");
    }

    /// <summary>Whoever has the lease: round and round until nobody finds anything to do.</summary>
    async Task AllSettleAsync()
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var node in _nodes)
                await node.SettleAsync();
        }
    }

    async Task NodesAsync(int count)
    {
        for (var left = count - (count == 1 ? 0 : _nodes.Count); left > 0; left--)
            _nodes.Add(await TestKeyring.StartAsync(Db, 1L << 31, (RootKey.Variable, _root)));
    }

    Vault VaultOf(TestKeyring node) => new(
        Db, node.Keyring, new LedgerRows(node.Keyring), new ReadingBook(Db, new LedgerRows(node.Keyring)), Microsoft.Extensions.Options.Options.Create(new SecretOptions()), TimeProvider.System);

    Task<long> PutAsync(TestKeyring node, string path, string value) => Db.WriteAsync(tx => VaultOf(node).PutAsync(tx, _store, path, Encoding.UTF8.GetBytes(value), null, Actor), Cancel);

    async Task<string> GetAsync(TestKeyring node, string path, long version = 0) => Encoding.UTF8.GetString((await VaultOf(node).ReadAsync(_store, path, new(version, Label.Current), Actor, Cancel)).Value);

    Task<long> StageAsync(TestKeyring node) => Db.WriteAsync(tx => node.Rotation.StageAsync(tx, _store, Actor), Cancel);

    Task<IReadOnlyList<string>> RetireAsync(TestKeyring node, long generation, long lose = 0) => Db.WriteAsync(tx => node.Rotation.RetireAsync(tx, _store, generation, lose, Actor), Cancel);

    /// <summary>An order of nobody, whose buyer is sealed.</summary>
    Task<Guid> DocumentAsync(TestKeyring node, string person) => SealedOrder.AddAsync(Db, node.Keyring, _store, person);

    Task<string> OpenAsync(TestKeyring node, Guid row) => SealedOrder.OpenAsync(Db, node.Keyring, _store, row);

    async Task<List<string>> StatesAsync() =>
        [.. await Db.ReadAsync(tx => tx.QueryAsync<string>("select generation || ' ' || state || case when rewrapped_ms is null then '' else ' done' end from keks where store_id = @_store order by generation desc", new { _store }), Cancel)];

    async Task<List<int>> GenerationsAsync() =>
        [.. (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("select substr(envelope, 7, 4) from secret_versions union all select substr(person, 7, 4) from orders"), Cancel)).Select(header => (int)header[3])];

    async Task<List<string>> RowsAsync() =>
        [.. await Db.ReadAsync(tx => tx.QueryAsync<string>("select v.version || ' ' || v.created_ms || ' ' || s.updated_ms || ' ' || s.version from secret_versions v join secrets s on s.id = v.secret_id order by s.path, v.version"), Cancel)];

    async Task<List<string>> EnvelopesAsync() => [.. (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("select envelope from secret_versions union all select person from orders"), Cancel)).Select(Convert.ToHexString)];

    Task<IReadOnlyList<string>> KindsAsync() => Db.ReadAsync(tx => tx.QueryAsync<string>("select kind from ledger where store_id = @_store order by seq", new { _store }), Cancel);

    Task<long> WrapsAsync(long generation) => Db.ReadAsync(tx => tx.ScalarAsync<long>("select wraps from keks where store_id = @_store and generation = @generation", new { _store, generation }), Cancel);

    sealed class StoredVersion
    {
        public Guid SecretId { get; init; }

        public byte[] Envelope { get; init; } = [];
    }
}

public sealed class RotationOnSqlite() : RotationContract(Engine.Sqlite);

public sealed class RotationOnPostgres() : RotationContract(Engine.Postgres);
