using MesChain.Client;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>Seller accounts by command, against the real server and its sandbox.</summary>
public sealed class ConnectionCommandTests : IAsyncLifetime
{
    const string Key = TrendyolSandbox.DemoApiKey + "\n" + TrendyolSandbox.DemoApiSecret + "\n";

    static readonly string[] Create = ["sync", "connection", "create", "Deneme", "--seller", TrendyolSandbox.DemoSellerId];

    TestServer _server = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite, settings: "--MesChain:Sandbox:Enabled=true");
        _shell = Shell.Of(_server);
        using var channel = MesChainChannel.Open(new() { Server = _server.GrpcAddress, Key = _server.AdminKey });
        await channel.Stores.CreateStoreAsync(new() { Slug = "shop", Name = "Dükkân" });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_connection_is_made_tested_taken_live_changed_and_forgotten_by_command()
    {
        var made = await _shell.RunAsync(Key, Create);
        Assert.Equal((0, "Deneme is there, and sends nothing yet. Next: meschain sync connection test 'Deneme'"), (made.Code, made.Output.Trim()));
        Assert.Contains("CONNECTION_EXISTS", (await _shell.RunAsync(Key, Create)).Error, StringComparison.Ordinal);
        Assert.Contains("CONNECTION_NOT_TESTED", (await _shell.RunAsync("sync", "connection", "mode", "Deneme", "live")).Error, StringComparison.Ordinal);

        var tested = await _shell.RunAsync("sync", "connection", "test", "Deneme");
        Assert.Equal(0, tested.Code);
        foreach (var probe in (string[])["reach", "credential", "orders"])
            Assert.Matches($"│ {probe} +│ well ", tested.Output);
        Assert.Contains("connection mode 'Deneme' live", tested.Output, StringComparison.Ordinal);

        Assert.StartsWith("Deneme is live: stock goes out, orders come in.", (await _shell.RunAsync("sync", "connection", "mode", "Deneme", "live")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await _shell.RunAsync("sync", "connection", "update", "Deneme")).Code);
        Assert.Equal(
            "Çınar sends stock and prices while it is live; it is live.", (await _shell.RunAsync("sync", "connection", "update", "Deneme", "--prices", "true", "--name", "Çınar")).Output.Trim());
        Assert.Equal(
            "Çınar sends stock and prices, and changed content, while it is live; it is live.", (await _shell.RunAsync("sync", "connection", "update", "Çınar", "--content", "true")).Output.Trim());
        Assert.Matches("│ Çınar +│ live +│ 0 ", (await _shell.RunAsync("sync", "progress")).Output);

        var asked = await _shell.RunAsync("sync", "connection", "delete", "Çınar");
        Assert.Equal(2, asked.Code);
        Assert.Contains("0 offers of Çınar and their links are forgotten.", asked.Error, StringComparison.Ordinal);
        Assert.Contains("CONNECTION_NOT_PAUSED", (await _shell.RunAsync("sync", "connection", "delete", "Çınar", "--yes")).Error, StringComparison.Ordinal);
        Assert.StartsWith("Çınar is paused: nothing is read or sent.", (await _shell.RunAsync("sync", "connection", "mode", "Çınar", "paused")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("sync", "connection", "delete", "Çınar", "--yes")).Code);
        Assert.Equal("There is no connection yet.", (await _shell.RunAsync("sync", "connections")).Output.Trim());
        Assert.Equal(2, (await _shell.RunAsync("sync", "connection", "test", "Çınar")).Code);
    }

    [Fact]
    public async Task A_key_comes_from_standard_input_or_a_file_and_is_never_said()
    {
        foreach (var half in (string[])["", "only-the-key\n", "\n\n"])
        {
            var lacking = await _shell.RunAsync(half, Create);
            Assert.Equal(2, lacking.Code);
            Assert.Contains("API secret", lacking.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await _shell.RunAsync("canary-key\r\ncanary-secret\r\n", Create)).Code);
        var refused = await _shell.RunAsync("sync", "connection", "test", "Deneme");
        Assert.Equal(1, refused.Code);
        Assert.Matches("│ credential +│ CREDENTIAL_REFUSED ", refused.Output);
        Assert.Matches("│ orders +│ not asked ", refused.Output);

        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllTextAsync(file, Key);
            var mended = await _shell.RunAsync("sync", "connection", "test", "Deneme", "--key-file", file, "--json");
            Assert.Equal(0, mended.Code);
            Assert.Contains("\"passed\": true", mended.Output, StringComparison.Ordinal);
            Assert.Equal(0, (await _shell.RunAsync("sync", "connection", "test", "Deneme")).Code);
            foreach (var said in (Said[])[refused, mended, await _shell.RunAsync("canary-key\ncanary-secret", ["sync", "connection", "update", "Deneme", "--new-key", "--json"]), await _shell.RunAsync("sync", "connections", "--json")])
            {
                Assert.DoesNotContain("canary", said.Output + said.Error, StringComparison.Ordinal);
                Assert.DoesNotContain(TrendyolSandbox.DemoApiSecret, said.Output + said.Error, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }

        var nowhere = await _shell.RunAsync("sync", "connection", "test", "Deneme", "--key-file", "/nowhere/key");
        Assert.Equal(2, nowhere.Code);
        Assert.StartsWith("The key file cannot be read", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_connections_of_one_name_are_told_apart_by_id()
    {
        await _shell.RunAsync(Key, Create);
        await _shell.RunAsync(Key, ["sync", "connection", "create", "Deneme", "--seller", "1"]);
        var unclear = await _shell.RunAsync("sync", "connection", "test", "Deneme");
        Assert.Equal((2, "Several connections are called 'Deneme'; name one by its id: meschain sync connections"), (unclear.Code, unclear.Error.Trim()));
    }
}
