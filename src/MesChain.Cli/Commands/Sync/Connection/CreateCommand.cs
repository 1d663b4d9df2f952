using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>Adds a seller account.</summary>
static class CreateCommand
{
    static readonly Argument<string> Called = new("name") { Description = "A name for people, such as Trendyol" };
    static readonly Option<string> Seller = new("--seller") { Description = "The seller number, as the seller panel shows it", Required = true };
    static readonly Option<string> Marketplace = new("--marketplace") { Description = "The marketplace's code", DefaultValueFactory = _ => "trendyol" };
    static readonly Option<bool> Production = new("--production") { Description = "The real marketplace; without it the sandbox. This can never be changed" };
    static readonly Option<string> Endpoint = new("--endpoint") { Description = "The address of another sandbox than the server's own" };

    public static Command Make(Runner runner) => runner.Command(
        "create", "Adds a seller account. Its key and secret are asked for, or are the first two lines of standard input.", RunAsync, Called, Seller, Marketplace, Production, Endpoint, Accounts.KeyFile);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var answer = await session.Channel.Stores.CreateConnectionAsync(
            new()
            {
                StoreId = store,
                Marketplace = parsed.GetRequiredValue(Marketplace),
                Environment = parsed.GetValue(Production) ? Contracts.Sync.V1.Environment.Production : Contracts.Sync.V1.Environment.Sandbox,
                Name = parsed.GetRequiredValue(Called),
                SellerId = parsed.GetRequiredValue(Seller),
                Endpoint = parsed.GetValue(Endpoint) ?? "",
                Credentials = await Accounts.ReadKeyAsync(session, parsed),
            },
            cancellationToken: session.Stop);
        return Accounts.Show(session, answer.Connection, $"{answer.Connection.Name} is there, and sends nothing yet. Next: meschain sync connection test '{answer.Connection.Name}'");
    }
}
