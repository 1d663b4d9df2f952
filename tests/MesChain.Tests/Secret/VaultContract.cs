using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Secret;

namespace MesChain.Tests.Secret;

/// <summary>The vault, on each engine.</summary>
public abstract class VaultContract(Engine engine) : IAsyncLifetime
{
    VaultRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await VaultRig.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_version_is_answered_as_it_was_stored()
    {
        Assert.Equal(1, await _rig.PutAsync("one"));
        Assert.Equal(2, await _rig.PutAsync("two"));
        Assert.Equal("two", await _rig.GetAsync());
        Assert.Equal("one", await _rig.GetAsync(version: 1));
        Assert.Equal("secret version", (await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync(version: 3))).Kind);
        Assert.Equal("secret", (await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync("nothing"))).Kind);
        Assert.Equal("secret", (await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync(store: Ids.SystemStore))).Kind);
    }

    [Fact]
    public async Task S01_Of_racing_first_writes_one_wins_and_the_others_learn_the_version()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                return await _rig.PutAsync($"value {i}", cas: 0);
            }
            catch (ConflictException conflict)
            {
                Assert.Equal((Reasons.VersionConflict, "1"), (conflict.Reason, conflict.Metadata["current_version"]));
                return 0;
            }
        }));
        Assert.Equal(1, outcomes.Sum());
    }

    [Fact]
    public async Task Only_who_saw_the_newest_version_may_replace_it()
    {
        await _rig.PutAsync("one");
        Assert.Equal(2, await _rig.PutAsync("two", cas: 1));
        Assert.Equal("2", (await Assert.ThrowsAsync<ConflictException>(() => _rig.PutAsync("three", cas: 1))).Metadata["current_version"]);
        Assert.Equal("two", await _rig.GetAsync());
    }

    [Fact]
    public async Task What_the_program_itself_deletes_is_gone_with_all_its_versions_and_its_name_is_free_at_once()
    {
        await _rig.PutAsync("one");
        await _rig.PutAsync("two");
        await _rig.Db.WriteAsync(tx => _rig.Vault.DeleteAsync(tx, _rig.StoreId, VaultRig.Path, VaultRig.Actor), default);
        await _rig.Db.WriteAsync(tx => _rig.Vault.DeleteAsync(tx, _rig.StoreId, VaultRig.Path, VaultRig.Actor), default);
        await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.GetAsync());
        Assert.Equal(1, await _rig.PutAsync("new", cas: 0));
        Assert.Equal("new", await _rig.GetAsync());
    }

    [Fact]
    public async Task S15_A_flipped_bit_anywhere_is_found_and_put_on_the_ledger()
    {
        await _rig.PutAsync("a value");
        var envelope = (await _rig.Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("select envelope from secret_versions"), default))!;
        var step = engine == Engine.Sqlite ? 1 : 7;
        for (var at = 0; at < envelope.Length; at += step)
        {
            var broken = envelope.ToArray();
            broken[at] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
            await _rig.ExecuteAsync("update secret_versions set envelope = @broken", new { broken });
            await Assert.ThrowsAsync<IntegrityException>(() => _rig.GetAsync());
        }

        await _rig.ExecuteAsync("update secret_versions set envelope = @envelope", new { envelope = envelope[..^1] });
        await Assert.ThrowsAsync<IntegrityException>(() => _rig.GetAsync());
        await _rig.ExecuteAsync("update secret_versions set envelope = @envelope", new { envelope });
        Assert.Equal("a value", await _rig.GetAsync());

        var ledger = await _rig.LedgerAsync();
        Assert.Equal("secret.write", ledger[0].Kind);
        Assert.Equal("secret.read", ledger[^1].Kind);
        Assert.All(ledger.Skip(1).SkipLast(1), row => Assert.Equal("secret.integrity", row.Kind));
    }

    [Fact]
    public async Task S15_A_row_copied_between_versions_secrets_or_stores_does_not_open()
    {
        var other = Ids.New(TimeProvider.System);
        await _rig.PutAsync("one");
        await _rig.PutAsync("two");
        await _rig.PutAsync("three", path: "other");
        await _rig.PutAsync("four", store: other);

        // Version 1's envelope as version 2; then another secret's, another store's.
        foreach (var source in (string[])["version = 1 and secret_id = (select id from secrets where store_id = @StoreId and path = @Path)", "secret_id = (select id from secrets where path = 'other')", "store_id = @other"])
        {
            await _rig.ExecuteAsync(
                $"""
                update secret_versions set envelope = (select envelope from secret_versions where {source})
                where version = 2
                """,
                new { _rig.StoreId, VaultRig.Path, other });
            await Assert.ThrowsAsync<IntegrityException>(() => _rig.GetAsync());
        }
    }

    [Fact]
    public async Task S15_A_name_pointed_at_another_secret_is_found()
    {
        await _rig.PutAsync("mine");
        await _rig.PutAsync("theirs", path: "other");
        // Whole rows change places: uuid and digest of one under the name of the other.
        await _rig.ExecuteAsync("update secrets set path = case path when 'other' then 'swap' else path end");
        await _rig.ExecuteAsync("update secrets set path = 'other' where path = @Path", new { VaultRig.Path });
        await _rig.ExecuteAsync("update secrets set path = @Path where path = 'swap'", new { VaultRig.Path });
        await Assert.ThrowsAsync<IntegrityException>(() => _rig.GetAsync());
        await Assert.ThrowsAsync<IntegrityException>(() => _rig.GetAsync("other"));
        await Assert.ThrowsAsync<IntegrityException>(() => _rig.PutAsync("over it"));
    }

    [Fact]
    public async Task S22_When_the_ledger_cannot_be_written_nothing_is_answered_until_it_can_again()
    {
        await _rig.PutAsync("a value");
        await _rig.ExecuteAsync("alter table ledger rename to ledger_away");
        foreach (var actor in (string[])[VaultRig.Actor, "system:sync"])
            Assert.Equal(Reasons.LedgerUnavailable, (await Assert.ThrowsAsync<BusyException>(() => _rig.GetAsync(actor: actor))).Reason);
        await _rig.ExecuteAsync("alter table ledger_away rename to ledger");
        Assert.Equal("a value", await _rig.GetAsync());
        Assert.Equal("a value", await _rig.GetAsync(actor: "system:sync"));
        Assert.Equal(2, (await _rig.LedgerAsync()).Count(row => row.Kind == "secret.read"));
    }

    [Fact]
    public async Task Every_reading_of_a_caller_is_on_the_ledger_and_the_programs_own_once_an_hour_and_version()
    {
        await _rig.PutAsync("one");
        for (var i = 0; i < 3; i++)
        {
            await _rig.GetAsync();
            await _rig.GetAsync(actor: "system:sync");
        }

        Assert.Equal(3, (await ReadsAsync()).Count(actor => actor == VaultRig.Actor));
        Assert.Equal(1, (await ReadsAsync()).Count(actor => actor == "system:sync"));

        _rig.Db.ClockOffset += TimeSpan.FromHours(1);
        await _rig.GetAsync(actor: "system:sync");
        await _rig.GetAsync(actor: "system:sync");
        await _rig.PutAsync("two");
        await _rig.GetAsync(actor: "system:sync");
        Assert.Equal(3, (await ReadsAsync()).Count(actor => actor == "system:sync"));
        Assert.Equal(Enumerable.Range(1, 8).Select(seq => (long)seq), (await _rig.LedgerAsync()).Select(row => row.Seq));

        async Task<List<string>> ReadsAsync() => [.. (await _rig.LedgerAsync()).Where(row => row.Kind == "secret.read").Select(row => row.Actor)];
    }

    [Fact]
    public async Task S26_Neither_ledger_nor_tables_tell_the_value_or_an_unkeyed_digest_of_it()
    {
        const string value = "canary-7f3a";
        await _rig.PutAsync(value);
        await _rig.GetAsync();
        await _rig.Db.WriteAsync(tx => _rig.Vault.DeleteAsync(tx, _rig.StoreId, "nothing", VaultRig.Actor), default);
        var plain = Encoding.UTF8.GetBytes(value);
        var tell = new[] { plain, SHA256.HashData(plain), SHA384.HashData(plain), SHA512.HashData(plain) }.Select(Convert.ToHexString).ToList();
        var rows = await _rig.Db.ReadAsync(
            async tx => (await tx.QueryAsync<byte[]>("select digest from ledger union all select envelope from secret_versions union all select mac from secrets union all select wrapped from keks"))
                .Concat((await tx.QueryAsync<string>("select kind || subject || actor from ledger")).Select(Encoding.UTF8.GetBytes)).ToList(),
            default);
        Assert.All(rows, row => Assert.DoesNotContain(tell, told => Convert.ToHexString(row).Contains(told, StringComparison.Ordinal)));
        Assert.Equal("(secret)", (await _rig.Vault.ReadAsync(_rig.StoreId, VaultRig.Path, new(0, Label.Current), VaultRig.Actor, default)).ToString());
        Assert.Equal("(secret)", (await _rig.Vault.GetAsync(_rig.StoreId, VaultRig.Path, VaultRig.Actor, default)).ToString());
        Assert.Equal("p", new NewSecret("p", plain, null, null).ToString());
    }

    [Fact]
    public async Task An_expired_version_is_refused_by_the_databases_clock()
    {
        var now = await _rig.Db.ReadAsync(tx => tx.NowMsAsync(), default);
        await _rig.PutAsync("short-lived", expireMs: now + 60_000);
        Assert.Equal("short-lived", await _rig.GetAsync());
        _rig.Db.ClockOffset += TimeSpan.FromSeconds(61);
        Assert.Equal(Reasons.SecretExpired, (await Assert.ThrowsAsync<PreconditionException>(() => _rig.GetAsync())).Reason);
        await _rig.PutAsync("renewed");
        Assert.Equal("renewed", await _rig.GetAsync());
    }

    [Fact]
    public async Task Names_are_listed_by_path_and_prefix_without_values()
    {
        foreach (var path in (string[])["a_b/1", "a-b/1", "a_b/2", "axb/1"])
            await _rig.PutAsync("v", path: path);
        Assert.Equal(["a_b/1", "a_b/2"], (await _rig.Vault.ListAsync(_rig.StoreId, "a_b/", "", false, 10, default)).Select(info => info.Path));
        var all = await _rig.Vault.ListAsync(_rig.StoreId, "", "", false, 10, default);
        Assert.Equal(4, all.Count);
        Assert.Equal(all.Skip(1).Select(info => info.Path), (await _rig.Vault.ListAsync(_rig.StoreId, "", all[0].Path, false, 10, default)).Select(info => info.Path));
    }
}

public sealed class VaultOnSqlite() : VaultContract(Engine.Sqlite);

public sealed class VaultOnPostgres() : VaultContract(Engine.Postgres);

public sealed class SecretPathTests
{
    [Theory]
    [InlineData("connections/0193/credentials", true)]
    [InlineData("a", true)]
    [InlineData("a..b/._-", true)]
    [InlineData("", false)]
    [InlineData("/a", false)]
    [InlineData("a/", false)]
    [InlineData("a//b", false)]
    [InlineData("a/../b", false)]
    [InlineData("./a", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("ı", false)]
    [InlineData("1/2/3/4/5/6/7/8/9/10", true)]
    [InlineData("1/2/3/4/5/6/7/8/9/10/11", false)]
    public void S20_A_path_has_one_spelling(string path, bool fine) => Assert.Equal(fine, SecretProto.IsPath(path));
}
