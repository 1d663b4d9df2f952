using System.CommandLine;
using System.Globalization;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>How far what is wanted has come at each marketplace, and how long the rest will take at the pace of now.</summary>
static class ProgressCommand
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    static readonly Option<bool> Watch = new("--watch") { Description = "Go on, and say how it moves, until nothing waits or is on its way any more" };

    public static Command Make(Runner runner) => runner.Command("progress", "Says how many stock values of each connection wait, are on their way, and are confirmed.", RunAsync, Watch);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        using var watching = parsed.GetValue(Watch) ? session.Channel.Sync.WatchEvents(new() { StoreId = store }, cancellationToken: session.Stop) : null;
        if (watching is not null)
            await watching.ResponseHeadersAsync;

        var first = await ReadAsync(session, store);
        session.Terminal.List(
            first.Connections,
            "There is no connection yet.",
            ["connection", "mode", "waiting", "held", "on their way", "in doubt", "refused", "confirmed", "last confirmed"],
            one =>
            [
                one.Name, Terminal.Word(one.Mode), Of(one, "dirty"), Of(one, "held"), Of(one, "in_flight", "awaiting"), Of(one, "uncertain", "diverged"), Of(one, "failed"), Of(one, "clean"),
                Terminal.Time(one.LastConfirmedTime),
            ]);
        if (watching is not null)
            await FollowAsync(session, store, first, watching.ResponseStream);
        return ExitCode.Fine;
    }

    /// <summary>What happened after the last look is a reason for another one, and so is a heartbeat.</summary>
    static async Task FollowAsync(Session session, string store, GetOverviewResponse first, Grpc.Core.IAsyncStreamReader<WatchEventsResponse> stream)
    {
        var (seen, said) = (first, first);
        while (Moving(seen) > 0 && await stream.MoveNext(session.Stop))
        {
            if (stream.Current.Event is { } happened && happened.Time.ToDateTimeOffset() < seen.AsOf.ToDateTimeOffset())
                continue;
            seen = await ReadAsync(session, store);
            if (Moving(seen) > 0 && seen.AsOf.ToDateTimeOffset() - said.AsOf.ToDateTimeOffset() < Between)
                continue;
            said = seen;
            if (session.Terminal.Json)
                session.Terminal.WriteJson(seen);
            else
                session.Terminal.Line(Sentence(first, seen));
        }
    }

    static string Sentence(GetOverviewResponse first, GetOverviewResponse now)
    {
        var (left, done, passed) = (Moving(now), Moving(first) - Moving(now), now.AsOf.ToDateTimeOffset() - first.AsOf.ToDateTimeOffset());
        if (left == 0)
            return $"{Terminal.Time(now.AsOf)} nothing waits any more.";
        if (done <= 0 || passed <= TimeSpan.Zero)
            return $"{Terminal.Time(now.AsOf)} {Terminal.Number(left)} left.";
        var pace = done / passed.TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{Terminal.Time(now.AsOf)} {left} left, {pace:0.0} a second; at this pace done at {now.AsOf.ToDateTimeOffset().AddSeconds(left / pace):HH:mm:ss}Z.");
    }

    static Task<GetOverviewResponse> ReadAsync(Session session, string store) =>
        session.Channel.Sync.GetOverviewAsync(new() { StoreId = store }, cancellationToken: session.Stop).ResponseAsync;

    /// <summary>Values that are not where they should be yet, and go there by themselves.</summary>
    static long Moving(GetOverviewResponse overview) =>
        overview.Connections.Where(one => one.Mode == ConnectionMode.Live && one.StockEnabled).Sum(one => Sum(one, "dirty", "in_flight", "awaiting", "uncertain", "diverged"));

    static string Of(Contracts.Sync.V1.Connection connection, params string[] states) => Terminal.Number(Sum(connection, states));

    static long Sum(Contracts.Sync.V1.Connection connection, params string[] states) => states.Sum(state => connection.OfferCounts.GetValueOrDefault(state));
}
