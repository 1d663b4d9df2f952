using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>What the commands about the goods of a claim have in common: which units are meant, and what is said of them.</summary>
static class Goods
{
    static readonly Option<string[]> Item = new("--item") { Description = "Only this item of it, repeated for more; none means all that it can be said of" };

    /// <param name="from">Where units are that are meant when none is named.</param>
    public static Command Make(Runner runner, string name, string description, Custody to, params Custody[] from) =>
        runner.Command(name, description, (session, parsed) => RecordAsync(session, parsed, to, from), Decisions.Id, Item);

    static async Task<int> RecordAsync(Session session, ParseResult parsed, Custody to, Custody[] from)
    {
        var request = new RecordReturnRequest { StoreId = await session.StoreIdAsync(), ClaimId = parsed.GetRequiredValue(Decisions.Id) };
        var items = parsed.GetValue(Item) ?? [];
        if (items.Length == 0)
        {
            var stands = await session.Channel.Orders.GetClaimAsync(new() { StoreId = request.StoreId, ClaimId = request.ClaimId }, cancellationToken: session.Stop);
            items = [.. stands.Claim.Items.Where(item => from.Contains(item.Custody)).Select(item => item.ItemId)];
        }

        if (items.Length == 0)
            throw new UsageException("No unit of the claim is where this could be said of it: meschain sync claims");
        request.Items.AddRange(items.Select(item => new ReturnedItem { ItemId = item, Custody = to }));
        var claim = (await session.Channel.Orders.RecordReturnAsync(request, cancellationToken: session.Stop)).Claim;
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(ClaimsCommand.WithoutNotes(claim));
            return ExitCode.Fine;
        }

        session.Terminal.Line($"Claim {claim.Id}: {Terminal.Number(items.Length)} × {Terminal.Word(to)}. {Of(claim.Goods)}");
        if (claim.Items.Any(item => item.RestockBooking == RestockBooking.Waiting))
            session.Terminal.Line("The shop adds the unit to its stock when it next takes its orders: do not add it there as well.");
        if (claim.Items.Any(item => item.RestockBooking == RestockBooking.ByHand))
            session.Terminal.Line("The shop does not follow this order: add the unit to its stock there, by hand.");
        return ExitCode.Fine;
    }

    public static string Of(ClaimGoods goods) =>
        $"{goods.Received}/{goods.Advised} came"
        + (goods.Restocked > 0 ? $", {goods.Restocked} restocked" : "")
        + (goods.Scrapped > 0 ? $", {goods.Scrapped} scrapped" : "")
        + (goods.NotReturned > 0 ? $", {goods.NotReturned} not returned" : "");
}
