using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>What both decisions have in common: what they are about, and what is said when one is handed in.</summary>
static class Decisions
{
    public static readonly Argument<string> Id = new("id") { Description = "The claim, as the list shows it" };
    public static readonly Option<string[]> Item = new("--item") { Description = "Only this item of it, repeated for more; none means all that wait for you" };

    public static async Task<int> DecideAsync(Session session, ParseResult parsed, DecideClaimRequest request, string what)
    {
        request.StoreId = await session.StoreIdAsync();
        request.ClaimId = parsed.GetRequiredValue(Id);
        request.ItemIds.AddRange(parsed.GetValue(Item) ?? []);
        var answer = await session.Channel.Orders.DecideClaimAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(ClaimsCommand.WithoutNotes(answer.Claim));
        else
            session.Terminal.Line($"Claim {request.ClaimId}: {what}. It is done when the marketplace says so: meschain sync claims --order {answer.Claim.OrderNumber}");
        return ExitCode.Fine;
    }
}
