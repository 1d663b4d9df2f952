using System.CommandLine;
using System.Globalization;
using MesChain.Cli.Demo;
using MesChain.Client;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands;

/// <summary>Plays a shop against the server's sandbox until it is ended. Needs a key that may do everything: it makes a store and the shop's own key.</summary>
static class DemoCommand
{
    static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    static readonly Option<string> Http = new("--http") { Description = "The server's HTTP address, where its sandbox is", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
    static readonly Option<string> Books = new("--books") { Description = "Where the demo shop keeps its own records", DefaultValueFactory = _ => ".run/demo-shop.json" };

    public static Command Make(Runner runner) => runner.Command("demo", "Plays a shop with 60 products against the server's marketplace sandbox.", RunAsync, Http, Books);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Books);
        var books = DemoBooks.Read(path);
        if (books.Key.Length == 0)
            await OpenStoreAsync(session, books, path);

        using var backbone = MesChainChannel.Open(session.Options.With(books.Key));
        using var marketplace = new SandboxControl(ConnectionOptions.Address(parsed.GetRequiredValue(Http)), session.Options.Deadline);
        var shop = new DemoShop(backbone, marketplace, books, path, new Random(), text => Say(session, text));

        await shop.StockShelvesAsync(session.Stop);
        var connection = await shop.ConnectAsync(session.Stop);
        while (!await shop.LinkAsync(connection, session.Stop))
            await Task.Delay(Turn, TimeProvider.System, session.Stop);
        await shop.GoLiveAsync(connection, session.Stop);
        await TradeAsync(shop, session);
        return ExitCode.Fine;
    }

    static async Task TradeAsync(DemoShop shop, Session session)
    {
        for (var turn = 0; ; turn++)
        {
            try
            {
                await shop.BookOrdersAsync(session.Stop);
                if (turn % 3 == 2)
                    await shop.SellAsync(session.Stop);
                if (turn % 15 == 5)
                    await shop.BuyAtMarketplaceAsync(session.Stop);
                if (turn % 60 == 59)
                    await shop.RestockAsync(session.Stop);
            }
            catch (MesChainRpcException refused) when (!session.Stop.IsCancellationRequested)
            {
                // A shop goes on selling while the backbone is away; what could not be said is said at the next turn.
                Say(session, $"the backbone did not take it ({refused.StatusCode} {refused.Reason}); trying again");
            }

            await Task.Delay(Turn, TimeProvider.System, session.Stop);
        }
    }

    static async Task OpenStoreAsync(Session session, DemoBooks books, string path)
    {
        // Without its records the shop is another shop: it could not continue the sequence of the one before.
        var taken = (await session.StoresAsync()).Select(one => one.Slug).ToHashSet(StringComparer.Ordinal);
        var slug = Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? "demo" : string.Create(CultureInfo.InvariantCulture, $"demo-{number}")).First(free => !taken.Contains(free));
        var store = await session.Channel.Stores.CreateStoreAsync(new CreateStoreRequest { Slug = slug, Name = "Demo Dükkânı" }, cancellationToken: session.Stop);
        var key = await session.Channel.Ops.CreateApiKeyAsync(new() { Name = "demo shop", StoreId = store.Store.Id, Scopes = { "sync:shop" } }, cancellationToken: session.Stop);
        books.StoreId = store.Store.Id;
        books.Key = key.Token;
        books.Write(path);
        Say(session, $"store '{slug}' opened");
    }

    static void Say(Session session, string text) =>
        session.Terminal.Line($"{TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {text}");
}
