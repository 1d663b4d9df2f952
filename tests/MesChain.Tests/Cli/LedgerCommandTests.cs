using System.Text.Json;
using Google.Protobuf;
using MesChain.Client;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Cli;

/// <summary><c>meschain ops ledger …</c> against the real server, and on files without one.</summary>
public sealed class LedgerCommandTests : IAsyncLifetime
{
    static readonly Shell Offline = new(new Dictionary<string, string>(StringComparer.Ordinal));

    readonly string _folder = Directory.CreateTempSubdirectory("meschain-ledger-").FullName;
    TestServer _server = null!;
    MesChainChannel _channel = null!;
    Shell _shell = null!;
    string _store = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _channel = MesChainChannel.Open(new() { Server = _server.GrpcAddress, Key = _server.AdminKey });
        _shell = Shell.Of(_server);
        _store = (await _channel.Stores.CreateStoreAsync(new() { Slug = "shop", Name = "Dükkân" })).Store.Id;
        await WriteAsync(3);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_export_is_verified_without_a_server_and_a_changed_row_is_named()
    {
        var file = Path.Combine(_folder, "ledger.jsonl");
        var exported = await _shell.RunAsync("ops", "ledger", "export", file);
        Assert.Equal((0, $"3 rows in {file}. Check them with: meschain ops ledger verify ledger.jsonl"), (exported.Code, exported.Output.Trim()));
        Assert.Equal(2, (await _shell.RunAsync("ops", "ledger", "export", file)).Code);

        var whole = await Offline.RunAsync("ops", "ledger", "verify", file);
        Assert.Equal(0, whole.Code);
        Assert.StartsWith("Whole: rows 1 to 3 of 3", whole.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"row\":2,", "\"row\":2, ", StringComparison.Ordinal).Replace("@2\"", "@9\"", StringComparison.Ordinal));
        var changed = await Offline.RunAsync("ops", "ledger", "verify", file);
        Assert.Equal((1, "NOT WHOLE at row 2: Row 2 was changed: it does not hash to what was sealed. [row_changed]"), (changed.Code, changed.Output.Trim()));
        var json = JsonDocument.Parse((await Offline.RunAsync("ops", "ledger", "verify", file, "--json")).Output).RootElement;
        Assert.Equal(("row_changed", 2, false), (json.GetProperty("finding").GetString(), json.GetProperty("at").GetInt64(), json.GetProperty("whole").GetBoolean()));
    }

    [Fact]
    public async Task S24_The_servers_ledger_is_verified_against_a_head_that_was_kept()
    {
        var (note, json) = (Path.Combine(_folder, "head.txt"), Path.Combine(_folder, "head.json"));
        var head = await _shell.RunAsync("ops", "ledger", "head");
        Assert.Contains("\n3\n", head.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(note, head.Output);
        await File.WriteAllTextAsync(json, (await _shell.RunAsync("ops", "ledger", "head", "--json")).Output);
        var key = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement.GetProperty("verifier_key").GetString()!;
        await WriteAsync(2);

        foreach (var kept in new[] { note, json })
            Assert.Equal(0, (await _shell.RunAsync("ops", "ledger", "verify", "--earlier", kept, "--trust", key)).Code);
        Assert.Contains("[other_key]", (await _shell.RunAsync("ops", "ledger", "verify", "--trust", key[..^2] + "x=")).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(note, head.Output.Replace("\n3\n", "\n4\n", StringComparison.Ordinal));
        Assert.Contains("[earlier_forged]", (await _shell.RunAsync("ops", "ledger", "verify", "--earlier", note)).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await _shell.RunAsync("ops", "ledger", "verify", Path.Combine(_folder, "nothing"))).Code);
    }

    [Fact]
    public async Task A_key_that_may_only_audit_reaches_its_own_stores_ledger()
    {
        var audit = Shell.Of(_server, await _server.KeyAsync(Guid.Parse(_store), "ops:audit"));
        Assert.Equal(0, (await audit.RunAsync("ops", "ledger", "verify")).Code);
        Assert.Equal(1, (await audit.RunAsync("ops", "ledger", "verify", "--system")).Code);
    }

    async Task WriteAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await _channel.Secrets.PutSecretAsync(new() { StoreId = _store, Path = "a/b", Value = ByteString.CopyFromUtf8("v") });
        _server.Db.ClockOffset += TimeSpan.FromMinutes(2);
        await _server.Services.GetRequiredService<Sealer>().RunOnceAsync(default);
    }
}
