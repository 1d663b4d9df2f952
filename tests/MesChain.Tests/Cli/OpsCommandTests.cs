using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary><c>meschain ops keys</c> and <c>ops audit</c> against the real server.</summary>
public sealed class OpsCommandTests : IAsyncLifetime
{
    TestServer _server = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _shell = Shell.Of(_server);
        await _server.StoreAsync("shop");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_rotated_listed_and_revoked()
    {
        var made = await _shell.RunAsync("ops", "keys", "create", "till", "--scope", "sync:shop", "--store", "shop", "--days", "30");
        var token = made.Output.Trim().Split('\n')[^1];
        var id = token.Split('_')[1];
        Assert.Equal((0, $"Key {id} was made. This is shown once; nobody can show it again:"), (made.Code, made.Output.Split('\n')[0]));
        Assert.Equal(0, (await Shell.Of(_server, token).RunAsync("sync", "orders")).Code);

        var rotated = await _shell.RunAsync("ops", "keys", "rotate", id, "--grace-hours", "2");
        Assert.Equal(0, (await Shell.Of(_server, rotated.Output.Trim().Split('\n')[^1]).RunAsync("sync", "orders")).Code);
        var listed = await _shell.RunAsync("ops", "keys", "list");
        Assert.Matches($"│ {id} +│ till +│ .* │ sync:shop +│ two secrets until ", listed.Output);
        Assert.DoesNotContain(token.Split('_')[2], listed.Output, StringComparison.Ordinal);

        Assert.Equal((0, $"Key {id} (till) opens nothing any more."), ((await _shell.RunAsync("ops", "keys", "revoke", id)) is var revoked ? (revoked.Code, revoked.Output.Trim()) : default));
        Assert.Equal(1, (await Shell.Of(_server, token).RunAsync("sync", "orders")).Code);
        Assert.Matches($"│ {id} .* revoked ", (await _shell.RunAsync("ops", "keys", "list")).Output);
        Assert.EndsWith("[KEY_ENDED]", (await _shell.RunAsync("ops", "keys", "rotate", id)).Error.Trim(), StringComparison.Ordinal);
        Assert.Equal(2, (await _shell.RunAsync("ops", "keys", "rotate", id, "--grace-hours", "200")).Code);
    }

    [Fact]
    public async Task Health_names_what_is_not_well_with_its_cause_and_what_to_do()
    {
        var well = await _shell.RunAsync("ops", "health");
        Assert.Matches("^All [0-9]+ components are well.", well.Output);
        Assert.Contains("database", (await _shell.RunAsync("ops", "health", "--all")).Output, StringComparison.Ordinal);

        _server.Db.ClockOffset = TimeSpan.FromHours(1);
        var ill = await _shell.RunAsync("ops", "health", "--json");
        Assert.Equal(1, ill.Code);
        var clock = JsonDocument.Parse(ill.Output).RootElement.GetProperty("components").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "clock");
        Assert.Equal(("HEALTH_STATE_DEGRADED", "CLOCK_APART"), (clock.GetProperty("state").GetString(), clock.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task What_happened_is_listed_by_filter()
    {
        var json = JsonDocument.Parse((await _shell.RunAsync("ops", "keys", "create", "till", "--scope", "sync:shop", "--store", "shop", "--json")).Output).RootElement;
        var id = json.GetProperty("key").GetProperty("id").GetString()!;
        await _shell.RunAsync("ops", "keys", "create", "any", "--scope", "ops:read");
        await _shell.RunAsync("ops", "keys", "revoke", id);

        var shown = await _shell.RunAsync("ops", "audit");
        Assert.Matches($"│ 2 +│ .* │ key.revoked +│ key:{id} │ key:{_server.AdminKey.Split('_')[1]} │", shown.Output);
        Assert.Single(JsonDocument.Parse((await _shell.RunAsync("ops", "audit", "--kind", "key.made", "--json")).Output).RootElement.EnumerateArray());
        Assert.Equal("Nothing of that kind happened.", (await _shell.RunAsync("ops", "audit", "--subject", "key:nobody")).Output.Trim());
        Assert.Equal("Nothing of that kind happened.", (await _shell.RunAsync("ops", "audit", "--until", "2020-01-01T00:00:00Z")).Output.Trim());
        Assert.Single(JsonDocument.Parse((await _shell.RunAsync("ops", "audit", "--system", "--json")).Output).RootElement.EnumerateArray());
    }
}
