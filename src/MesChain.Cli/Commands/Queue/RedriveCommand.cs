using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Cli.Commands.Queue;

/// <summary>Puts dead messages back to work.</summary>
static class RedriveCommand
{
    static readonly Argument<string> Queue = new("queue") { Description = "The queue's name" };
    static readonly Argument<string[]> Ids = new("ids") { Description = "These messages; none means by filter", Arity = ArgumentArity.ZeroOrMore };
    static readonly Option<string> Reason = new("--reason") { Description = "Only those dead for this reason" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many, up to 10000", DefaultValueFactory = _ => 1000 };
    static readonly Option<int> Spread = new("--spread") { Description = "Spread them over this many seconds, so that they are no stampede", DefaultValueFactory = _ => 60 };

    public static Command Make(Runner runner) => runner.Command("redrive", "Puts dead messages back to work.", RunAsync, Queue, Ids, Reason, Max, Spread);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var request = new RedriveRequest
        {
            StoreId = await session.StoreIdAsync(),
            Queue = parsed.GetRequiredValue(Queue),
            Reason = parsed.GetValue(Reason) ?? "",
            Max = parsed.GetValue(Max),
            Spread = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(Spread))),
        };
        request.MessageIds.AddRange(parsed.GetValue(Ids) ?? []);
        var answer = await session.Channel.Queue.RedriveAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"{answer.Redriven} messages went back to work.");
        return ExitCode.Fine;
    }
}
