using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Tries everything that the store has sealed.</summary>
static class VerifyCommand
{
    public static Command Make(Runner runner) => runner.Command("verify", "Tries everything that is sealed and names what does not open; exit code 1 if there is any.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var tried = 0;
        var damaged = await Session.PagesAsync(
            token => session.Channel.Secrets.VerifySecretsAsync(new() { StoreId = store, PageSize = 1_000, PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page =>
            {
                tried += page.CheckedValues;
                return page.Damaged;
            },
            page => page.NextPageToken);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(("checked_values", Terminal.Number(tried)), ("damaged", System.Text.Json.JsonSerializer.Serialize(damaged)));
        }
        else
        {
            foreach (var name in damaged)
                session.Terminal.Line("damaged: " + name);
            session.Terminal.Line($"{Terminal.Number(tried)} values were tried; {Terminal.Number(damaged.Count)} things are damaged.");
        }

        return damaged.Count > 0 ? ExitCode.Failed : ExitCode.Fine;
    }
}
