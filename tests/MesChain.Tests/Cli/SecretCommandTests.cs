using System.Text.Json;
using MesChain.Client;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Cli;

/// <summary>The secret commands against the real server.</summary>
public sealed class SecretCommandTests : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    TestServer _server = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _shell = Shell.Of(_server);
        using var channel = MesChainChannel.Open(new() { Server = _server.GrpcAddress, Key = _server.AdminKey });
        await channel.Stores.CreateStoreAsync(new() { Slug = "shop", Name = "Dükkân" }, cancellationToken: Cancel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_value_goes_in_by_standard_input_and_comes_out_as_it_was()
    {
        Assert.Equal((0, "app/token has version 1 now."), Told(await _shell.RunAsync("gizli değer", ["secret", "put", "app/token", "--cas", "0"])));
        Assert.Equal((0, "gizli değer"), Told(await _shell.RunAsync("secret", "get", "app/token")));
        var refused = await _shell.RunAsync("other", ["secret", "put", "app/token", "--cas", "0"]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("VERSION_CONFLICT", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("second", ["secret", "put", "app/token", "--pending"])).Code);
        Assert.Equal((0, "gizli değer"), Told(await _shell.RunAsync("secret", "get", "app/token")));
        Assert.Equal((0, "second"), Told(await _shell.RunAsync("secret", "get", "app/token", "--label", "pending")));
        Assert.Equal((0, "gizli değer"), Told(await _shell.RunAsync("secret", "get", "app/token", "--version-number", "1")));

        Assert.Matches("│ app/token +│ 1 +│ – +│ 2 +│ 2 ", (await _shell.RunAsync("secret", "list")).Output);
        Assert.Equal("There is no such secret.", (await _shell.RunAsync("secret", "list", "--deleted")).Output.Trim());
        var versions = await _shell.RunAsync("secret", "versions", "app/token");
        Assert.Matches("│ 2 +│ pending +│ enabled ", versions.Output);
        Assert.Matches("│ 1 +│ current +│ enabled ", versions.Output);
        foreach (var said in (Said[])[versions, await _shell.RunAsync("secret", "list", "--json")])
            Assert.DoesNotContain("gizli", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S04_S05_A_version_is_promoted_disabled_enabled_and_destroyed_by_command()
    {
        await _shell.RunAsync("first", ["secret", "put", "app/token"]);
        await _shell.RunAsync("second", ["secret", "put", "app/token", "--pending"]);
        Assert.Contains("VERSION_CONFLICT", (await _shell.RunAsync("secret", "label", "app/token", "current", "2", "--cas", "2")).Error, StringComparison.Ordinal);
        Assert.Equal((0, "app/token: current 2, previous 1, pending –."), Told(await _shell.RunAsync("secret", "label", "app/token", "current", "2", "--cas", "1")));
        Assert.Equal((0, "second"), Told(await _shell.RunAsync("secret", "get", "app/token")));

        Assert.Equal((0, "Version 1 of app/token is not answered any more."), Told(await _shell.RunAsync("secret", "disable", "app/token", "1")));
        Assert.Contains("VERSION_DISABLED", (await _shell.RunAsync("secret", "get", "app/token", "--version-number", "1")).Error, StringComparison.Ordinal);
        Assert.Equal((0, "Version 1 of app/token is answered again."), Told(await _shell.RunAsync("secret", "enable", "app/token", "1")));
        Assert.Equal((0, "first"), Told(await _shell.RunAsync("secret", "get", "app/token", "--version-number", "1")));

        // The one in use is refused; another goes later, and says how to keep it.
        Assert.Contains("VERSION_LABELLED", (await _shell.RunAsync("secret", "destroy", "app/token", "2")).Error, StringComparison.Ordinal);
        var destroyed = await _shell.RunAsync("secret", "destroy", "app/token", "1");
        Assert.Matches(@"^The value of version 1 of app/token goes at \d{4}-.*Z; until then: meschain secret enable app/token 1$", destroyed.Output.Trim());
        Assert.Contains("VERSION_DISABLED", (await _shell.RunAsync("secret", "get", "app/token", "--version-number", "1")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("secret", "enable", "app/token", "1")).Code);
        Assert.Equal((0, "first"), Told(await _shell.RunAsync("secret", "get", "app/token", "--version-number", "1")));

        var json = JsonDocument.Parse((await _shell.RunAsync("secret", "disable", "app/token", "1", "--json")).Output).RootElement;
        Assert.Equal("VERSION_STATE_DISABLED", json.GetProperty("version").GetProperty("state").GetString());
        Assert.Equal("0", JsonDocument.Parse((await _shell.RunAsync("secret", "label", "app/token", "previous", "0", "--json")).Output).RootElement.GetProperty("secret").TryGetProperty("previous_version", out var previous) ? previous.GetString() : "0");
    }

    [Fact]
    public async Task S03_A_secret_is_deleted_and_brought_back_by_command()
    {
        await _shell.RunAsync("value", ["secret", "put", "app/token"]);
        Assert.Contains("VERSION_CONFLICT", (await _shell.RunAsync("secret", "delete", "app/token", "--cas", "2")).Error, StringComparison.Ordinal);
        Assert.Equal((0, "value"), Told(await _shell.RunAsync("secret", "get", "app/token")));
        Assert.Matches(@"^app/token is deleted; until \d{4}-.*Z: meschain secret undelete app/token$", (await _shell.RunAsync("secret", "delete", "app/token", "--cas", "1")).Output.Trim());
        Assert.Equal(1, (await _shell.RunAsync("secret", "get", "app/token")).Code);
        Assert.Matches("│ app/token ", (await _shell.RunAsync("secret", "list", "--deleted")).Output);
        Assert.Equal((0, "app/token is back; its current version is 1."), Told(await _shell.RunAsync("secret", "undelete", "app/token")));
        Assert.Equal((0, "value"), Told(await _shell.RunAsync("secret", "get", "app/token")));
        Assert.Equal("app/token", JsonDocument.Parse((await _shell.RunAsync("secret", "delete", "app/token", "--json")).Output).RootElement.GetProperty("secret").GetProperty("path").GetString());
        Assert.Equal(1, (await _shell.RunAsync("secret", "undelete", "app/other")).Code);
    }

    [Fact]
    public async Task Keys_are_rotated_looked_at_verified_and_retired()
    {
        Assert.Contains("no key yet", (await _shell.RunAsync("secret", "status")).Output, StringComparison.Ordinal);
        await _shell.RunAsync("v", ["secret", "put", "a"]);
        Assert.Contains("Generation 2 is staged", (await _shell.RunAsync("secret", "rotate")).Output, StringComparison.Ordinal);
        // The program's own loop turns as well: what one finds nothing of, the other may be in the middle of.
        var status = "";
        for (var turn = 0; !status.Contains("may be retired", StringComparison.Ordinal); turn++)
        {
            Assert.True(turn < 100, status);
            await _server.Services.GetRequiredService<KeyringLoop>().RunOnceAsync(Cancel);
            status = (await _shell.RunAsync("secret", "status")).Output;
        }

        Assert.Matches("│ 2 +│ active +│ 1 ", status);
        Assert.Matches(@"│ 1 +│ decrypt only \(may be retired\) +│ 0 +│ 1 ", status);
        Assert.Contains(Environment.MachineName, status, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse((await _shell.RunAsync("secret", "status", "--json")).Output).RootElement.GetProperty("generations").GetArrayLength());

        Assert.Equal((0, "1 values were tried; 0 things are damaged."), Told(await _shell.RunAsync("secret", "verify")));
        Assert.Equal(1, (await _shell.RunAsync("secret", "retire", "2")).Code);
        Assert.Equal((0, "It is destroyed."), Told(await _shell.RunAsync("secret", "retire", "1")));
        Assert.Contains("ROOT_KEY_MISSING", (await _shell.RunAsync("secret", "rotate-root", new string('a', 16))).Error, StringComparison.Ordinal);

        await _server.Db.WriteAsync(tx => tx.ExecuteAsync("update secrets set path = 'b'"), Cancel);
        var damaged = await _shell.RunAsync("secret", "verify");
        Assert.Equal(1, damaged.Code);
        Assert.Contains("damaged: secrets.mac ", damaged.Output, StringComparison.Ordinal);
    }

    static (int, string) Told(Said said) => (said.Code, said.Output.Trim());
}
