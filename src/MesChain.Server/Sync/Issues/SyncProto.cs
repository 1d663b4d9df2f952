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
    const string TimelineName = "timeline";

    /// <summary>No thing has more entries of one millisecond: a token that says so is not ours.</summary>
    const int SameInstantMax = 10_000;
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

    extension(GetTimelineRequest request)
    {
        /// <summary>Whose timeline, from where, and how many entries.</summary>
        public (TimelineQuery Query, int Limit) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var from = check.Instant(request.FromTime, "from_time") ?? 0;
            var to = check.Instant(request.ToTime, "to_time") ?? long.MaxValue;
            check.That(to >= from, "to_time", "must not be before from_time");
            var after = Onward(check, request.PageToken);
            TimelineQuery query = new(null, null, null, from, to - 1, after);
            query = request.AboutCase switch
            {
                GetTimelineRequest.AboutOneofCase.ShopVariantId => query with { ShopVariantId = check.Text(request.ShopVariantId, "shop_variant_id", 1, 100) },
                GetTimelineRequest.AboutOneofCase.OrderNumber => query with { OrderNumber = check.Text(request.OrderNumber, "order_number", 1, 100) },
                GetTimelineRequest.AboutOneofCase.ConnectionId => query with { ConnectionId = check.Id(request.ConnectionId, "connection_id") },
                _ => query,
            };
            check.That(request.AboutCase is not GetTimelineRequest.AboutOneofCase.None, "about", "must name a variant, an order or a connection");
            check.ThrowIfAny();
            return (query, limit);
        }

        static (long AtMs, int Given)? Onward(Check check, string token)
        {
            if (PageToken.Read(check, token, TimelineName, 2) is not [var at, var given])
                return null;
            var count = PageToken.Number(check, given);
            if (count is >= 0 and <= SameInstantMax)
                return (PageToken.Number(check, at), (int)count);
            PageToken.Refuse(check);
            return null;
        }
    }

    extension(IReadOnlyList<TimelineRow> rows)
    {
        /// <summary>One page of rows that were read one further.</summary>
        public GetTimelineResponse ToProto(TimelineQuery query, int limit)
        {
            var answer = new GetTimelineResponse { Entries = { rows.Take(limit).Select(Entry) } };
            if (rows.Count <= limit)
                return answer;
            var last = rows[limit - 1].AtMs;
            var given = rows.Take(limit).Count(row => row.AtMs == last) + (query.After is { } before && before.AtMs == last ? before.Given : 0);
            answer.NextPageToken = PageToken.Of(TimelineName, last.ToString(CultureInfo.InvariantCulture), given.ToString(CultureInfo.InvariantCulture));
            return answer;
        }

        static TimelineEntry Entry(TimelineRow row)
        {
            var entry = new TimelineEntry { Time = StoreProto.Instant(row.AtMs), Kind = row.Kind, ConnectionId = row.ConnectionId?.ToWire() ?? "", Subject = row.Subject };
            entry.Params.Add(Texts(row.Params));
            return entry;
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
