using System.CommandLine;
using Google.Protobuf;
using MesChain.Cli.Commands.Sync.Connection;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>What both decisions name, and how both are taken.</summary>
static class Decision
{
    public static readonly Argument<int> Seen = new("offers") { Description = "How many would go to zero, as 'sync waves' showed it; when another number waits by now, nothing is done" };

    /// <param name="decide">Takes store, connection and offers; answers what the server said and how many offers it was about.</param>
    /// <param name="done">What is so now, behind that number and the connection's name.</param>
    public static async Task<int> TakeAsync(Session session, ParseResult parsed, Func<string, string, int, Task<(IMessage Answer, int Offers)>> decide, string done)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var (answer, offers) = await decide(store, connection.Id, parsed.GetRequiredValue(Seen));
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(offers == 0 ? "Nothing waited any more." : $"{Terminal.Number(offers)} offers of {connection.Name} {done}");
        return ExitCode.Fine;
    }
}
