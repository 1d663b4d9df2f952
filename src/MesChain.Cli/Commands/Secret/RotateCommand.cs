using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>The store's next key.</summary>
static class RotateCommand
{
    public static Command Make(Runner runner) => runner.Command("rotate", "Makes the next generation of the store's key; values are moved to it in the background.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Secrets.RotateKekAsync(new() { StoreId = await session.StoreIdAsync() }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"Generation {Terminal.Number(answer.Generation)} is staged; see: meschain secret status");
        return ExitCode.Fine;
    }
}
