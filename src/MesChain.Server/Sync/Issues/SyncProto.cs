using System.Globalization;
using System.Text.Json;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Issues;

/// <summary>Issues, events and the overview, between wire and domain. Judges every field of a request.</summary>
static class SyncProto
{
    const string IssueListName = "issues";
    const string Open = "open";
    const string Resolved = "resolved";

    extension(ListIssuesRequest request)
    {
        public IssueQuery ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var after = After(check, request.PageToken);
            check.That(Enum.IsDefined(request.State), "state", "is not a state of an issue");
            Guid? connection = request.ConnectionId.Length == 0 ? null : check.Id(request.ConnectionId, "connection_id");
            check.ThrowIfAny();
            var state = request.State switch
            {
                IssueState.Open => Open,
                IssueState.Resolved => Resolved,
                _ => "",
            };
            return new(after, limit, state, connection);
        }

        static IssueKey? After(Check check, string token)
        {
            if (PageToken.Read(check, token, IssueListName, 3) is not [var state, var last, var id])
                return null;
            if (state is Open or Resolved && Ids.TryParseWire(id, out var issue))
                return new(state, PageToken.Number(check, last), issue);
            PageToken.Refuse(check);
            return null;
        }
    }

    extension(ResolveIssueRequest request)
    {
        public Guid ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.IssueId, "issue_id");
            check.ThrowIfAny();
            return id;
        }
    }

    extension(WatchEventsRequest request)
    {
        /// <summary>Null begins with what happens from now on.</summary>
        public EventCursor? ToDomain()
        {
            if (request.Cursor.Length == 0)
                return null;
            var check = new Check();
            var cursor = EventCursor.Parse(request.Cursor);
            check.That(cursor is not null, "cursor", "must be one that this stream has answered");
            check.ThrowIfAny();
            return cursor;
        }
    }

    extension(IssueRow row)
    {
        public Issue ToProto()
        {
            var kind = IssueCatalog.Get(row.Code);
            var issue = new Issue
            {
                Id = row.Id.ToWire(),
                Code = row.Code,
                Severity = row.Severity switch
                {
                    "info" => IssueSeverity.Info,
                    "warning" => IssueSeverity.Warning,
                    _ => IssueSeverity.Error,
                },
                State = row.State == Open ? IssueState.Open : IssueState.Resolved,
                ConnectionId = row.ConnectionId?.ToWire() ?? "",
                Subject = row.Subject,
                Cause = kind.Cause,
                Fix = kind.Fix,
                FirstTime = StoreProto.Instant(row.FirstMs),
                LastTime = StoreProto.Instant(row.LastMs),
                Count = row.Count,
                MarketplaceText = row.MarketplaceText,
            };
            issue.Params.Add(Texts(row.Params));
            return issue;
        }

        public string ToPageToken() => PageToken.Of(IssueListName, row.State, row.LastMs.ToString(CultureInfo.InvariantCulture), row.Id.ToWire());
    }

    extension(EventStep step)
    {
        public WatchEventsResponse ToProto()
        {
            var answer = new WatchEventsResponse { Cursor = step.Cursor };
            if (step.Event is not { } row)
                return answer;
            answer.Event = new()
            {
                Cursor = step.Cursor,
                Kind = row.Kind,
                Time = StoreProto.Instant(row.AtMs),
                ConnectionId = row.ConnectionId?.ToWire() ?? "",
                Subject = row.Subject,
            };
            answer.Event.Params.Add(Texts(row.Params));
            return answer;
        }
    }

    extension(OverviewRow row)
    {
        public GetOverviewResponse ToProto()
        {
            var answer = new GetOverviewResponse
            {
                Store = row.Store.ToProto(),
                Connections = { row.Connections.Select(connection => connection.ToProto(row.OfferCounts[connection.Id])) },
                OffersWaiting = row.Waiting.Count,
                OldestWaitingTime = StoreProto.Instant(row.Waiting.OldestMs),
                PropagationP50Ms = row.P50Ms,
                PropagationP95Ms = row.P95Ms,
                OrdersUnacknowledged = row.Unacknowledged.Count,
                OldestUnacknowledgedTime = StoreProto.Instant(row.Unacknowledged.OldestMs),
                LastOrderTime = StoreProto.Instant(row.LastOrderMs),
                OrdersToday = row.OrdersToday,
                ReceiptsOpen = row.Receipts.Count,
                OldestReceiptTime = StoreProto.Instant(row.Receipts.OldestMs),
                IssuesOpen = row.IssuesOpen,
                Variants = row.Variants,
                AsOf = StoreProto.Instant(row.NowMs),
            };
            foreach (var count in row.OfferCounts.SelectMany(counts => counts))
                answer.OfferCounts[count.State] = count.Count + answer.OfferCounts.GetValueOrDefault(count.State);
            return answer;
        }
    }

    static Dictionary<string, string> Texts(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
}

/// <param name="State">As it stands in the table; empty means all.</param>
public sealed record IssueQuery(IssueKey? After, int Limit, string State, Guid? Connection);
