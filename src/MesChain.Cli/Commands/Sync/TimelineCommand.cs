using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>What happened to one variant, order or connection, newest first.</summary>
static class TimelineCommand
{
    static readonly Option<string> Variant = new("--variant") { Description = "Of this variant, by the shop's id" };
    static readonly Option<string> Order = new("--order") { Description = "Of the order with this number at the marketplace" };
    static readonly Option<string> Connection = new("--connection") { Description = "Of this connection, by name or id" };
    static readonly Option<DateTimeOffset?> Since = new("--since") { Description = "Only from this time on, such as 2026-11-24T14:00:00+03:00" };
    static readonly Option<DateTimeOffset?> Until = new("--until") { Description = "Only before this time" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) =>
        runner.Command("timeline", "Shows what happened to one variant, order or connection, newest first.", RunAsync, Variant, Order, Connection, Since, Until, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        if (new[] { parsed.GetValue(Variant), parsed.GetValue(Order), parsed.GetValue(Connection) }.Count(name => name is not null) != 1)
            throw new UsageException("Name one of --variant, --order and --connection.");
        var max = parsed.GetValue(Max);
        var request = new GetTimelineRequest
        {
            StoreId = await session.StoreIdAsync(),
            FromTime = Time(parsed.GetValue(Since)),
            ToTime = Time(parsed.GetValue(Until)),
            PageSize = Math.Clamp(max, 1, 200),
        };
        if (parsed.GetValue(Variant) is { } variant)
            request.ShopVariantId = variant;
        else if (parsed.GetValue(Order) is { } order)
            request.OrderNumber = order;
        else
            request.ConnectionId = (await session.ConnectionsAsync(request.StoreId, parsed.GetValue(Connection)))[0].Id;

        var names = (await session.ConnectionsAsync(request.StoreId)).ToDictionary(one => one.Id, one => one.Name, StringComparer.Ordinal);
        var entries = await Session.PagesAsync(
            token => session.Channel.Sync.GetTimelineAsync(new(request) { PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Entries,
            page => page.NextPageToken,
            max);
        session.Terminal.List(
            entries,
            "Nothing happened to it in that time.",
            ["time", "what", "where", "to what", "with"],
            entry =>
            [
                Terminal.Time(entry.Time), entry.Kind, names.GetValueOrDefault(entry.ConnectionId, "–"), entry.Subject,
                string.Join(", ", entry.Params.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key} {value.Value}")),
            ]);
        return ExitCode.Fine;
    }

    static Timestamp? Time(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;
}
