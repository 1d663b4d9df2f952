using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>Claims without what buyers wrote: that belongs to the shop's own pages.</summary>
static class ClaimsCommand
{
    static readonly Option<string> Connection = new("--connection") { Description = "Only this connection, by name or id" };
    static readonly Option<ClaimState> State = new("--state") { Description = "Only claims with an item in this state, such as AwaitingAction" };
    static readonly Option<string> Number = new("--order") { Description = "Only claims of the order with this number at the marketplace" };
    static readonly Option<bool> Unseen = new("--unseen") { Description = "Only claims that were accepted for goods that nobody has seen" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) => runner.Command("claims", "Lists what buyers want to give back, newest first.", RunAsync, Connection, State, Number, Unseen, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var connection = parsed.GetValue(Connection) is { } wanted ? (await session.ConnectionsAsync(store, wanted))[0].Id : "";
        var max = parsed.GetValue(Max);
        var claims = await Session.PagesAsync(
            token => session.Channel.Orders.ListClaimsAsync(
                new()
                {
                    StoreId = store, PageSize = Math.Clamp(max, 1, 100), PageToken = token, ConnectionId = connection, State = parsed.GetValue(State), OrderNumber = parsed.GetValue(Number) ?? "",
                    Unseen = parsed.GetValue(Unseen),
                },
                cancellationToken: session.Stop).ResponseAsync,
            page => page.Claims,
            page => page.NextPageToken,
            max);
        foreach (var claim in claims)
            WithoutNotes(claim);

        session.Terminal.List(
            claims,
            "There is no claim.",
            ["id", "order", "claimed", "items", "states", "goods", "decide by", "waits"],
            claim =>
            [
                claim.Id, claim.Trial ? claim.OrderNumber + " (trial)" : claim.OrderNumber, Terminal.Time(claim.ClaimTime), Terminal.Number(claim.Items.Count),
                string.Join(", ", claim.Items.Select(item => Terminal.Word(item.State)).Distinct(StringComparer.Ordinal)),
                Claim.Goods.Of(claim.Goods),
                Terminal.Time(claim.Items.Select(item => item.DecideByTime).Where(time => time is not null).OrderBy(time => time.ToDateTimeOffset()).FirstOrDefault()),
                claim.PendingDecision.Length > 0 ? claim.PendingDecision : "–",
            ]);
        return ExitCode.Fine;
    }

    /// <summary>The same claim, with nothing that its buyer wrote.</summary>
    public static Contracts.Sync.V1.Claim WithoutNotes(Contracts.Sync.V1.Claim claim)
    {
        foreach (var item in claim.Items)
            item.BuyerNote = "";
        return claim;
    }
}
