using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>Changes name, key or switches.</summary>
static class UpdateCommand
{
    static readonly Option<string> NewName = new("--name") { Description = "Another name" };
    static readonly Option<bool?> Stock = new("--stock") { Description = "Whether stock is sent while it is live" };
    static readonly Option<bool?> Prices = new("--prices") { Description = "Whether prices are sent while it is live" };
    static readonly Option<bool?> Content = new("--content") { Description = "Whether changed titles, descriptions, pictures and attributes of what was listed from here are sent while it is live" };
    static readonly Option<bool> NewKey = new("--new-key") { Description = "Another key and secret, asked for or from standard input; 'test --new-key' tries them first" };

    public static Command Make(Runner runner) => runner.Command(
        "update", "Changes a connection's name, key or what it sends.", RunAsync, Accounts.Name, NewName, Stock, Prices, Content, NewKey, Accounts.KeyFile);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (stock, prices, content, name) = (parsed.GetValue(Stock), parsed.GetValue(Prices), parsed.GetValue(Content), parsed.GetValue(NewName));
        var key = parsed.GetValue(NewKey) || parsed.GetValue(Accounts.KeyFile) is not null;
        if (stock is null && prices is null && content is null && name is null && !key)
            throw new UsageException("Nothing to change: give --name, --stock, --prices, --content or --new-key.");

        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var request = new UpdateConnectionRequest { StoreId = store, ConnectionId = connection.Id, Revision = connection.Revision, Credentials = key ? await Accounts.ReadKeyAsync(session, parsed) : null };
        if (name is not null)
            request.Name = name;
        if (stock is { } sendsStock)
            request.StockEnabled = sendsStock;
        if (prices is { } sendsPrices)
            request.PriceEnabled = sendsPrices;
        if (content is { } sendsContent)
            request.ContentEnabled = sendsContent;
        var now = (await session.Channel.Stores.UpdateConnectionAsync(request, cancellationToken: session.Stop)).Connection;
        return Accounts.Show(session, now, $"{now.Name} sends {(now.StockEnabled, now.PriceEnabled) switch
        {
            (true, true) => "stock and prices",
            (true, false) => "stock and no prices",
            (false, true) => "prices and no stock",
            _ => "neither stock nor prices",
        }}{(now.ContentEnabled ? ", and changed content," : "")} while it is live; it is {Terminal.Word(now.Mode)}.{(now.Mode == ConnectionMode.Live || now.StockEnabled ? "" : " Going live turns stock on.")}");
    }
}
