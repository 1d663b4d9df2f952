using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>What a rejection may say.</summary>
static class ReasonsCommand
{
    static readonly Argument<string> Connection = new("connection") { Description = "The connection, by name or id" };

    public static Command Make(Runner runner) => runner.Command("reasons", "Lists the reasons that a rejection may give.", RunAsync, Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var connection = (await session.ConnectionsAsync(store, parsed.GetRequiredValue(Connection)))[0].Id;
        var answer = await session.Channel.Orders.ListClaimReasonsAsync(new() { StoreId = store, ConnectionId = connection }, cancellationToken: session.Stop);
        session.Terminal.List(answer.Reasons, "The marketplace was not asked yet.", ["reason", "text"], reason => [reason.ReasonId, reason.Text]);
        return ExitCode.Fine;
    }
}
