using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>What is wrong, why, and what to do; with --watch also what comes and goes from now on.</summary>
static class IssuesCommand
{
    const int PageSize = 200;

    static readonly Option<string> Connection = new("--connection") { Description = "Only issues of this connection, by name or id" };
    static readonly Option<bool> All = new("--all") { Description = "Resolved ones too" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };
    static readonly Option<bool> Watch = new("--watch") { Description = "Go on, and say what opens and what is resolved until it is ended (Ctrl-C)" };

    public static Command Make(Runner runner) => runner.Command("issues", "Lists what is wrong, newest first: why, and what to do.", RunAsync, Connection, All, Max, Watch);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var connection = parsed.GetValue(Connection) is { } wanted ? (await session.ConnectionsAsync(store, wanted))[0].Id : "";
        // Before the list, so that nothing falls between the two.
        using var watching = parsed.GetValue(Watch) ? session.Channel.Sync.WatchEvents(new() { StoreId = store }, cancellationToken: session.Stop) : null;
        if (watching is not null)
            await watching.ResponseHeadersAsync;

        var issues = await FindAsync(session, store, connection, parsed.GetValue(All) ? IssueState.Unspecified : IssueState.Open, parsed.GetValue(Max));
        session.Terminal.List(
            issues,
            parsed.GetValue(All) ? "There was never an issue." : "Nothing is wrong.",
            ["what", "about", "times", "last", "why", "what to do", "id"],
            one => [one.State == IssueState.Open ? one.Code : one.Code + " (resolved)", one.Subject, Terminal.Number(one.Count), Terminal.Time(one.LastTime), one.Cause, one.Fix, one.Id]);
        if (watching is not null)
            await FollowAsync(session, store, connection, watching.ResponseStream);
        return ExitCode.Fine;
    }

    static async Task FollowAsync(Session session, string store, string connection, Grpc.Core.IAsyncStreamReader<WatchEventsResponse> stream)
    {
        while (await stream.MoveNext(session.Stop))
        {
            if (stream.Current.Event is not { } happened || happened.Kind is not ("issue.opened" or "issue.resolved") || (connection.Length > 0 && happened.ConnectionId != connection))
                continue;
            if (session.Terminal.Json)
            {
                session.Terminal.WriteJson(happened);
                continue;
            }

            var code = happened.Params.GetValueOrDefault("code", "");
            session.Terminal.Line($"{Terminal.Time(happened.Time)} {(happened.Kind == "issue.opened" ? "opened" : "resolved")} {code} {happened.Subject}");
            var state = happened.Kind == "issue.opened" ? IssueState.Open : IssueState.Resolved;
            if (state == IssueState.Open && (await FindAsync(session, store, connection, state, PageSize)).Find(one => one.Code == code && one.Subject == happened.Subject) is { } issue)
                session.Terminal.Line($"  {issue.Cause} {issue.Fix}");
        }
    }

    public static Task<List<Contracts.Sync.V1.Issue>> FindAsync(Session session, string store, string connection, IssueState state, int max) => Session.PagesAsync(
        token => session.Channel.Sync.ListIssuesAsync(
            new() { StoreId = store, ConnectionId = connection, State = state, PageSize = Math.Clamp(max, 1, PageSize), PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
        page => page.Issues,
        page => page.NextPageToken,
        max);
}
