using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;

namespace MesChain.Cli.Commands.Ops;

/// <summary>What happened, newest first.</summary>
static class AuditCommand
{
    static readonly Option<string> Kind = new("--kind") { Description = "Only kinds that begin so: secret. is all of secrets" };
    static readonly Option<string> Subject = new("--subject") { Description = "Only subjects that begin so" };
    static readonly Option<string> Actor = new("--actor") { Description = "Only this actor, such as key:<id>" };
    static readonly Option<DateTimeOffset?> Since = new("--since") { Description = "Only from this time on" };
    static readonly Option<DateTimeOffset?> Until = new("--until") { Description = "Only before this time" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) => runner.Command("audit", "Lists what happened, newest first.", RunAsync, Kind, Subject, Actor, Since, Until, Max, OpsInputs.System);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var max = parsed.GetValue(Max);
        var request = new ListAuditEventsRequest
        {
            StoreId = await OpsInputs.StoreIdAsync(session, parsed),
            PageSize = Math.Clamp(max, 1, 200),
            Kind = parsed.GetValue(Kind) ?? "",
            Subject = parsed.GetValue(Subject) ?? "",
            Actor = parsed.GetValue(Actor) ?? "",
            StartTime = Time(parsed.GetValue(Since)),
            EndTime = Time(parsed.GetValue(Until)),
        };
        var events = await Session.PagesAsync(
            token => session.Channel.Ops.ListAuditEventsAsync(new(request) { PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Events,
            page => page.NextPageToken,
            max);
        session.Terminal.List(
            events,
            "Nothing of that kind happened.",
            ["row", "time", "what", "to what", "by"],
            row => [Terminal.Number(row.Seq), Terminal.Time(row.CreateTime), row.Kind, row.Subject, row.Actor]);
        return ExitCode.Fine;
    }

    static Timestamp? Time(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;
}
