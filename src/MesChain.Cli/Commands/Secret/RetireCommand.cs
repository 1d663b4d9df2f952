using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Destroys an old key.</summary>
static class RetireCommand
{
    static readonly Argument<long> Generation = new("generation") { Description = "The generation to destroy" };
    static readonly Option<long> Lose = new("--lose") { Description = "How many values that are still sealed under it you give up; they are lost for ever, and named" };

    public static Command Make(Runner runner) => runner.Command("retire", "Destroys an old generation of the store's key, and what old backups hold under it.", RunAsync, Generation, Lose);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Secrets.RetireKekAsync(
            new() { StoreId = await session.StoreIdAsync(), Generation = parsed.GetRequiredValue(Generation), LoseValues = parsed.GetValue(Lose) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(answer);
            return ExitCode.Fine;
        }

        session.Terminal.Line("It is destroyed.");
        foreach (var lost in answer.Lost)
            session.Terminal.Line("lost: " + lost);
        return ExitCode.Fine;
    }
}
