using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Secret;

namespace MesChain.Tests.Secret;

/// <summary>Labels, states, dates, deletion and destruction of secrets, on each engine.</summary>
public abstract class VersionContract(Engine engine) : IAsyncLifetime
{
    const string Path = VaultRig.Path;

    private protected static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    VaultRig _rig = null!;

    private protected VaultRig Rig => _rig;

    public async ValueTask InitializeAsync() => _rig = await VaultRig.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task S03_A_deleted_name_takes_a_new_version_at_once_and_the_old_ones_keep_their_states()
    {
        for (var i = 1; i <= 4; i++)
            await _rig.PutAsync("v" + i);
        await _rig.Transitions.EnableAsync(_rig.StoreId, Path, 2, enabled: false, VaultRig.Actor, Cancel);
        var deleted = await DeleteAsync();
        Assert.Equal((long)TimeSpan.FromDays(30).TotalMilliseconds, deleted.PurgeMs!.Value - deleted.DeletedMs!.Value);
        Assert.Equal(deleted, (await DeleteAsync()) with { UpdatedMs = deleted.UpdatedMs });
        Assert.Equal(Reasons.SecretDeleted, await ReasonAsync(() => _rig.GetAsync()));
        Assert.Empty(await _rig.Vault.ListAsync(_rig.StoreId, "", "", false, 10, Cancel));
        Assert.Single(await _rig.Vault.ListAsync(_rig.StoreId, "", "", true, 10, Cancel));

        var conflict = await Assert.ThrowsAsync<ConflictException>(() => _rig.PutAsync("no", cas: 0));
        Assert.Equal(("4", "true"), (conflict.Metadata["current_version"], conflict.Metadata["deleted"]));
        await Assert.ThrowsAsync<ConflictException>(() => _rig.Db.WriteAsync(tx => _rig.Vault.PutAsync(tx, _rig.StoreId, new(Path, "x"u8.ToArray(), null, null), VaultRig.Actor, mayUndelete: false), Cancel));
        Assert.Equal(5, await _rig.PutAsync("v5", cas: 4));
        Assert.Equal("v5", await _rig.GetAsync());
        Assert.Equal("v1", await _rig.GetAsync(version: 1));
        Assert.Equal(Reasons.VersionDisabled, await ReasonAsync(() => _rig.GetAsync(version: 2)));

        await DeleteAsync();
        Assert.Equal(6, await _rig.PutAsync("v6"));
        Assert.Equal("v6", await _rig.GetAsync());
    }

    [Fact]
    public async Task A_deleted_secret_comes_back_as_it_was_until_its_time_has_come()
    {
        await _rig.PutAsync("v1");
        await DeleteAsync();
        await _rig.Transitions.UndeleteAsync(_rig.StoreId, Path, VaultRig.Actor, Cancel);
        await _rig.Transitions.UndeleteAsync(_rig.StoreId, Path, VaultRig.Actor, Cancel);
        Assert.Equal("v1", await _rig.GetAsync());
        await Assert.ThrowsAsync<ConflictException>(() => _rig.Transitions.DeleteAsync(_rig.StoreId, Path, 7, VaultRig.Actor, Cancel));

        await DeleteAsync();
        _rig.Db.ClockOffset += TimeSpan.FromDays(30) - TimeSpan.FromSeconds(30);
        await _rig.Sweep.RunOnceAsync(Cancel);
        Assert.Equal(Reasons.SecretDeleted, await ReasonAsync(() => _rig.GetAsync()));
        _rig.Db.ClockOffset += TimeSpan.FromSeconds(31);
        await _rig.Sweep.RunOnceAsync(Cancel);
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync());
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.Transitions.UndeleteAsync(_rig.StoreId, Path, VaultRig.Actor, Cancel));
        Assert.Equal(1, await _rig.PutAsync("anew", cas: 0));
        Assert.Equal(["secret.delete", "secret.undelete", "secret.delete", "secret.purge"], (await _rig.LedgerAsync()).Select(row => row.Kind).Where(kind => kind.Contains("del", StringComparison.Ordinal) || kind == "secret.purge"));
    }

    [Fact]
    public async Task S04_A_destroyed_version_says_so_to_whoever_asks_and_stays_known()
    {
        _rig.Options.DestroyDelay = TimeSpan.Zero;
        for (var i = 1; i <= 3; i++)
            await _rig.PutAsync("v" + i);
        Assert.Equal(Reasons.VersionLabelled, await ReasonAsync(() => DestroyAsync(3)));
        await DestroyAsync(2);
        await DestroyAsync(2);
        Assert.Equal(Reasons.VersionDestroyed, await ReasonAsync(() => _rig.GetAsync(version: 2)));
        Assert.Equal(Reasons.VersionDestroyed, await ReasonAsync(() => _rig.Transitions.EnableAsync(_rig.StoreId, Path, 2, true, VaultRig.Actor, Cancel)));
        Assert.Equal(Reasons.VersionDestroyed, await ReasonAsync(() => LabelAsync(Label.Current, 2)));
        await Assert.ThrowsAsync<UnknownResourceException>(() => DestroyAsync(4));
        var (_, versions) = await _rig.Vault.VersionsAsync(_rig.StoreId, Path, long.MaxValue, 10, Cancel);
        Assert.Equal([(3, "enabled"), (2, "destroyed"), (1, "enabled")], versions.Select(version => (version.Version, version.State)));
        Assert.Single(await _rig.LedgerAsync(), row => row.Kind == "secret.destroy" && row.Subject.EndsWith("@2", StringComparison.Ordinal));
        Assert.Equal("v1", await _rig.GetAsync(version: 1));
        // A deleted secret's current version may go too.
        await DeleteAsync();
        await DestroyAsync(3);
    }

    [Fact]
    public async Task A_destruction_waits_for_its_time_and_can_be_taken_back_until_then()
    {
        await _rig.PutAsync("v1");
        await _rig.PutAsync("v2");
        await DestroyAsync(1);
        Assert.Equal(Reasons.VersionDisabled, await ReasonAsync(() => _rig.GetAsync(version: 1)));
        _rig.Db.ClockOffset += TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1);
        await _rig.Sweep.RunOnceAsync(Cancel);
        await _rig.Transitions.EnableAsync(_rig.StoreId, Path, 1, true, VaultRig.Actor, Cancel);
        Assert.Equal("v1", await _rig.GetAsync(version: 1));
        _rig.Db.ClockOffset += TimeSpan.FromDays(8);
        await _rig.Sweep.RunOnceAsync(Cancel);
        Assert.Equal("v1", await _rig.GetAsync(version: 1));

        await DestroyAsync(1);
        _rig.Db.ClockOffset += TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1);
        await _rig.Sweep.RunOnceAsync(Cancel);
        Assert.Equal(Reasons.VersionDestroyed, await ReasonAsync(() => _rig.GetAsync(version: 1)));
    }

    [Fact]
    public async Task S05_Of_two_promotions_one_wins_and_a_reader_sees_one_current_at_every_instant()
    {
        for (var i = 1; i <= 4; i++)
            await _rig.PutAsync("v" + i);
        Assert.Equal(5, await PendingAsync("v5"));
        Assert.Equal("v4", await _rig.GetAsync());
        Assert.Equal("v5", Encoding.UTF8.GetString((await _rig.Vault.ReadAsync(_rig.StoreId, Path, new(0, Label.Pending), VaultRig.Actor, Cancel)).Value));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? PromoteAsync() : SeenAsync()));
        Assert.Equal(1, outcomes.Count(outcome => outcome == "promoted"));
        Assert.Equal(3, outcomes.Count(outcome => outcome == "5"));
        Assert.Equal(4, outcomes.Count(outcome => outcome is "v4" or "v5"));
        var secret = Assert.Single(await _rig.Vault.ListAsync(_rig.StoreId, "", "", false, 10, Cancel));
        Assert.Equal((5, 4, 0), (secret.CurrentVersion, secret.PreviousVersion, secret.PendingVersion));

        async Task<string> PromoteAsync()
        {
            try
            {
                await LabelAsync(Label.Current, 5, cas: 4);
                return "promoted";
            }
            catch (ConflictException conflict)
            {
                return conflict.Metadata["current_version"];
            }
        }

        async Task<string> SeenAsync() => await _rig.GetAsync();
    }

    [Fact]
    public async Task Labels_move_and_go_and_none_points_at_nothing()
    {
        await PendingAsync("v1");
        Assert.Equal("secret version", (await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync())).Kind);
        await LabelAsync(Label.Current, 1, cas: 0);
        Assert.Equal("v1", await _rig.GetAsync());
        await Assert.ThrowsAsync<UnknownResourceException>(() => LabelAsync(Label.Current, 2));
        await _rig.PutAsync("v2");
        // Back to the one before, in one step.
        var back = await LabelAsync(Label.Current, 1, cas: 2);
        Assert.Equal((1, 2), (back.CurrentVersion, back.PreviousVersion));
        Assert.Equal(0, (await LabelAsync(Label.Previous, 0)).PreviousVersion);
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.Vault.ReadAsync(_rig.StoreId, Path, new(0, Label.Previous), VaultRig.Actor, Cancel));
    }

    [Fact]
    public async Task S06_A_version_with_a_label_outlives_those_that_are_pruned()
    {
        _rig.Options.VersionsMax = 10;
        for (var i = 1; i <= 9; i++)
            await _rig.PutAsync("v" + i);
        await LabelAsync(Label.Previous, 2);
        for (var i = 10; i <= 13; i++)
            await PendingAsync("v" + i);
        var (_, versions) = await _rig.Vault.VersionsAsync(_rig.StoreId, Path, long.MaxValue, 100, Cancel);
        Assert.Equal([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 2], versions.Select(version => version.Version));
        Assert.Equal("v2", await _rig.GetAsync(version: 2));
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync(version: 3));
    }

    [Fact]
    public async Task S08_Dates_refuse_by_the_databases_clock_or_warn_where_they_are_advisory()
    {
        var now = await _rig.Db.ReadAsync(tx => tx.NowMsAsync(), Cancel);
        await DatedAsync("strict", advisory: false);
        await DatedAsync("lenient", advisory: true);
        Assert.Equal(Reasons.SecretNotYetValid, await ReasonAsync(() => _rig.GetAsync("strict")));
        Assert.Equal(Reasons.SecretNotYetValid, await WarningAsync());
        _rig.Db.ClockOffset += TimeSpan.FromSeconds(61);
        Assert.Equal("v", await _rig.GetAsync("strict"));
        Assert.Equal("", await WarningAsync());
        _rig.Db.ClockOffset += TimeSpan.FromSeconds(60);
        Assert.Equal(Reasons.SecretExpired, await ReasonAsync(() => _rig.GetAsync("strict")));
        Assert.Equal(Reasons.SecretExpired, await WarningAsync());

        Task<long> DatedAsync(string path, bool advisory) => _rig.Db.WriteAsync(
            tx => _rig.Vault.PutAsync(tx, _rig.StoreId, new(path, "v"u8.ToArray(), null, now + 120_000) { NotBeforeMs = now + 60_000, Advisory = advisory }, VaultRig.Actor), Cancel);
        async Task<string> WarningAsync() => (await _rig.Vault.ReadAsync(_rig.StoreId, "lenient", new(0, Label.Current), VaultRig.Actor, Cancel)).Warning;
    }

    [Fact]
    public async Task Several_secrets_are_read_at_one_instant_and_each_is_on_the_ledger_or_says_why_not()
    {
        await _rig.PutAsync("a1", path: "a");
        await _rig.PutAsync("b1", path: "b");
        await _rig.PutAsync("c1", path: "c");
        await _rig.ExecuteAsync("update secrets set mac = @mac where path = 'c'", new { mac = new byte[32] });
        var results = await _rig.Vault.ReadAsync(_rig.StoreId, ["a", "nothing", "c", "b"], new(0, Label.Current), VaultRig.Actor, Cancel);
        Assert.Equal(["a1", "UNKNOWN_RESOURCE", "INTEGRITY", "b1"], results.Select(result => result.Refusal?.Reason ?? Encoding.UTF8.GetString(result.Reading!.Value)));
        Assert.Equal(["secret.read", "secret.integrity", "secret.read"], (await _rig.LedgerAsync()).Skip(3).Select(row => row.Kind));
    }

    [Fact]
    public async Task S23_Readings_that_come_together_share_their_commits()
    {
        await _rig.PutAsync("v");
        const int readers = 1_000;
        var begun = TimeProvider.System.GetTimestamp();
        var waits = await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(async () =>
        {
            var asked = TimeProvider.System.GetTimestamp();
            await _rig.GetAsync();
            return TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds;
        })));
        var (commits, rows) = _rig.Readings.Written;
        Assert.Equal(readers, rows);
        Assert.True(rows >= 20 * commits, $"{rows} rows in {commits} commits");
        Assert.Equal(readers, (await _rig.LedgerAsync()).Count(row => row.Kind == "secret.read"));
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant($"{engine}: {rows / commits} rows a commit, {readers / TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} reads/s, p99 {waits.Order().ElementAt(readers * 99 / 100):0} ms of all at once"));
    }

    Task<long> PendingAsync(string value) =>
        _rig.Db.WriteAsync(tx => _rig.Vault.PutAsync(tx, _rig.StoreId, new(Path, Encoding.UTF8.GetBytes(value), null, null) { Pending = true }, VaultRig.Actor), Cancel);

    Task<SecretInfo> LabelAsync(Label label, long version, long? cas = null) =>
        _rig.Db.WriteAsync(tx => _rig.Transitions.LabelAsync(tx, _rig.StoreId, Path, label, version, cas, VaultRig.Actor), Cancel);

    private protected Task<VersionChange> DestroyAsync(long version) => _rig.Transitions.DestroyAsync(_rig.StoreId, Path, version, VaultRig.Actor, Cancel);

    Task<SecretInfo> DeleteAsync() => _rig.Transitions.DeleteAsync(_rig.StoreId, Path, null, VaultRig.Actor, Cancel);

    static async Task<string> ReasonAsync(Func<Task> call) => (await Assert.ThrowsAsync<PreconditionException>(call)).Reason;
}

public sealed class VersionsOnSqlite() : VersionContract(Engine.Sqlite)
{
    /// <summary>What is behind the database's name: nothing, and of its log.</summary>
    static readonly string[] Files = ["", "-wal"];

    [Fact]
    public async Task S17_S18_What_is_destroyed_is_in_no_page_of_the_file_and_not_in_its_log()
    {
        Rig.Options.DestroyDelay = TimeSpan.Zero;
        for (var i = 1; i <= 4; i++)
            await Rig.PutAsync(new string((char)('a' + i), 3_000));
        var envelope = (await Rig.Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("select envelope from secret_versions where version = 2"), Cancel))!;
        var wrapped = envelope.AsMemory(SealedFormat.HeaderLength, 72);
        var tail = envelope.AsMemory(envelope.Length - 64);
        Assert.True(Holds(wrapped) && Holds(tail));
        await DestroyAsync(2);
        Assert.False(Holds(wrapped) || Holds(tail));

        bool Holds(ReadOnlyMemory<byte> part) => Files.Any(suffix =>
        {
            using var stream = new FileStream(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(Rig.Db.ConnectionString).DataSource + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content.AsSpan().IndexOf(part.Span) >= 0;
        });
    }
}

// PostgreSQL keeps its pages and its log as its operator set it up: docs/operating.md says what that means for what was destroyed.
public sealed class VersionsOnPostgres() : VersionContract(Engine.Postgres);
