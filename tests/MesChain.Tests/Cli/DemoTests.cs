using MesChain.Cli;
using MesChain.Client;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>The shop of <c>make run</c>: both directions, and again after a stop.</summary>
public sealed class DemoTests
{
    [Fact(Timeout = 600_000)]
    public async Task The_demo_shop_sells_both_ways_and_goes_on_after_a_stop()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, settings: "--MesChain:Sandbox:Enabled=true");
        var books = Path.Combine(server.DataFolder, "demo-shop.json");
        using var channel = MesChainChannel.Open(new() { Server = server.GrpcAddress, Key = server.AdminKey });

        await TradeAsync(server, books, "booked ", TestContext.Current.CancellationToken);
        var store = Assert.Single((await channel.Stores.ListStoresAsync(new())).Stores);
        var overview = await channel.Sync.GetOverviewAsync(new() { StoreId = store.Id });
        Assert.Equal(60, overview.Variants);
        Assert.Equal(60, overview.OfferCounts.Sum(state => state.Value));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(books));

        var said = await TradeAsync(server, books, "booked ", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("opened", said, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", said, StringComparison.Ordinal);
        Assert.Single((await channel.Stores.ListStoresAsync(new())).Stores);
        Assert.Single((await channel.Stores.ListConnectionsAsync(new() { StoreId = store.Id })).Connections);
    }

    /// <summary>Trades until a line of the shop holds <paramref name="until"/>, then ends it as Ctrl-C does.</summary>
    static async Task<string> TradeAsync(TestServer server, string books, string until, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var output = new Watched(until, stop);
        var error = new StringWriter();
        var code = await CommandLine.RunAsync(
            ["demo", "--server", server.GrpcAddress.ToString(), "--key", server.AdminKey, "--http", server.HttpAddress.ToString(), "--books", books], _ => null, output, error, stop.Token);
        Assert.Equal((0, ""), (code, error.ToString()));
        return output.ToString();
    }

    sealed class Watched(string until, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(until, StringComparison.Ordinal) == true)
                stop.Cancel();
        }
    }
}
