using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using WireQueue = MesChain.Contracts.Queue.V1.Queue;

namespace MesChain.Server.Queue;

/// <summary>Requests of the queue, from the wire. The only door, and it names every bad field at once.</summary>
static class QueueProto
{
    public const string QueueList = "queues";
    public const string MessageList = "messages";

    extension(CreateQueueRequest request)
    {
        public QueuePolicy ToDomain()
        {
            var check = new Check();
            var queue = request.Queue ?? new WireQueue();
            check.That(request.Queue is not null, "queue", "is required");
            var defaults = new QueuePolicy("");
            var policy = new QueuePolicy(Name(check, queue.Name, "queue.name"))
            {
                Lease = Span(check, queue.Lease, "queue.lease", QueueLimits.LeaseMin, QueueLimits.LeaseMax) ?? defaults.Lease,
                AttemptsMax = queue.AttemptsMax == 0 ? defaults.AttemptsMax : queue.AttemptsMax,
                BackoffBase = Span(check, queue.BackoffBase, "queue.backoff_base", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)) ?? defaults.BackoffBase,
                BackoffCap = Span(check, queue.BackoffCap, "queue.backoff_cap", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24)) ?? defaults.BackoffCap,
                DedupeWindow = Span(check, queue.DedupeWindow, "queue.dedupe_window", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(7)) ?? defaults.DedupeWindow,
                DepthMax = queue.DepthMax == 0 ? defaults.DepthMax : queue.DepthMax,
                FifoLanes = queue.FifoLanes,
            };
            check.That(policy.AttemptsMax is >= 1 and <= 100, "queue.attempts_max", "must be from 1 to 100");
            check.That(policy.DepthMax is >= 1 and <= QueueLimits.DepthMax, "queue.depth_max", "must be from 1 to 10,000,000");
            check.ThrowIfAny();
            return policy;
        }
    }

    extension(GetQueueRequest request)
    {
        public string ToDomain() => Checked(check => Name(check, request.Queue, "queue"));
    }

    extension(ListQueuesRequest request)
    {
        public (string After, int Limit) ToDomain() => Checked(check => (PageToken.ReadText(check, request.PageToken, QueueList) ?? "", check.PageSize(request.PageSize)));
    }

    extension(SendRequest request)
    {
        public IReadOnlyList<Draft> ToDomain(DateTimeOffset now) =>
            Checked(check =>
            {
                Name(check, request.Queue, "queue");
                Count(check, request.Messages.Count, "messages");
                return request.Messages.Select((message, i) => ToDraft(check, message, Invariant($"messages[{i}]"), now)).ToList();
            });
    }

    extension(ReceiveRequest request)
    {
        public Asked ToDomain() =>
            Checked(check =>
            {
                check.That(request.Max is >= 0 and <= QueueLimits.BatchMax, "max", $"must be from 0 to {QueueLimits.BatchMax}");
                check.Text(request.Holder, "holder", 0, QueueLimits.NameMax);
                check.That(!request.Holder.StartsWith(DurableQueue.InProcess, StringComparison.Ordinal), "holder", $"must not begin with {DurableQueue.InProcess}");
                return new Asked(
                    Name(check, request.Queue, "queue"),
                    Math.Max(1, request.Max),
                    Span(check, request.Wait, "wait", TimeSpan.Zero, QueueLimits.WaitMax) ?? TimeSpan.Zero,
                    Span(check, request.Lease, "lease", QueueLimits.LeaseMin, QueueLimits.LeaseMax),
                    request.Holder);
            });
    }

    extension(SettleRequest request)
    {
        public IReadOnlyList<Verdict> ToDomain() =>
            Checked(check =>
            {
                Name(check, request.Queue, "queue");
                Count(check, request.Settlements.Count, "settlements");
                var named = new HashSet<Guid>();
                return request.Settlements.Select((settlement, i) => ToVerdict(check, settlement, Invariant($"settlements[{i}]"), named)).ToList();
            });
    }

    extension(RenewLeasesRequest request)
    {
        public Renewal ToDomain() =>
            Checked(check =>
            {
                Count(check, request.Leases.Count, "leases");
                var named = new HashSet<Guid>();
                var leases = new List<(Guid, long)>(request.Leases.Count);
                for (var i = 0; i < request.Leases.Count; i++)
                    leases.Add((LeasedId(check, request.Leases[i].MessageId, request.Leases[i].Epoch, Invariant($"leases[{i}]"), named), request.Leases[i].Epoch));
                return new Renewal(Name(check, request.Queue, "queue"), leases, Span(check, request.Lease, "lease", QueueLimits.LeaseMin, QueueLimits.LeaseMax));
            });
    }

    extension(BrowseRequest request)
    {
        /// <summary>Asks for one more than a page holds: that one says whether there is a next page.</summary>
        public (Browse Asked, int Limit) ToDomain() =>
            Checked(check =>
            {
                var limit = check.PageSize(request.PageSize);
                check.Text(request.Lane, "lane", 0, QueueLimits.KeyMax);
                string[] states = request.State switch
                {
                    MessageState.Unspecified => [],
                    MessageState.Ready => [State.Scheduled, State.Ready],
                    MessageState.Leased => [State.Leased],
                    MessageState.Dead => [State.Dead],
                    MessageState.Done => [State.Done],
                    _ => null!,
                };
                check.That(states is not null, "state", "must be a state that exists");
                var after = PageToken.ReadText(check, request.PageToken, MessageList) is { } text ? PageToken.Number(check, text) : 0;
                return (new Browse(Name(check, request.Queue, "queue"), states ?? [], request.Lane, after, limit + 1), limit);
            });
    }

    extension(RedriveRequest request)
    {
        public (Guid? RequestId, Redrive Redrive) ToDomain() =>
            Checked(check =>
            {
                check.That(request.MessageIds.Count <= QueueLimits.BatchMax, "message_ids", $"must hold at most {QueueLimits.BatchMax} ids");
                var ids = request.MessageIds.Select((id, i) => check.Id(id, Invariant($"message_ids[{i}]"))).ToList();
                check.Text(request.Reason, "reason", 0, QueueLimits.NameMax);
                check.That(request.Max is >= 0 and <= QueueLimits.RedriveMax, "max", $"must be from 0 to {QueueLimits.RedriveMax}");
                var spread = Span(check, request.Spread, "spread", TimeSpan.Zero, TimeSpan.FromHours(1)) ?? TimeSpan.Zero;
                var redrive = new Redrive(Name(check, request.Queue, "queue"), ids, request.Reason, request.Max == 0 ? 1000 : request.Max, spread);
                return (check.RequestId(request.RequestId), redrive);
            });
    }

    static Draft ToDraft(Check check, NewMessage message, string field, DateTimeOffset now)
    {
        check.Text(message.Kind, field + ".kind", 1, QueueLimits.NameMax);
        check.That(message.Body.Length <= QueueLimits.BodyMax, field + ".body", $"must have at most {QueueLimits.BodyMax} bytes");
        check.Text(message.DedupeId, field + ".dedupe_id", 0, QueueLimits.KeyMax);
        check.Text(message.CoalesceKey, field + ".coalesce_key", 0, QueueLimits.KeyMax);
        check.Text(message.Lane, field + ".lane", 0, QueueLimits.KeyMax);
        check.That(message.Priority is >= 0 and <= QueueLimits.PriorityMax, field + ".priority", $"must be from 0 to {QueueLimits.PriorityMax}");
        check.That(message.Labels.Count <= QueueLimits.LabelsMax, field + ".labels", $"must hold at most {QueueLimits.LabelsMax} labels");
        foreach (var (name, value) in message.Labels)
        {
            check.Text(name, field + ".labels", 1, QueueLimits.LabelMax);
            check.Text(value, field + ".labels", 0, QueueLimits.LabelMax);
        }

        return new(
            new(message.Kind)
            {
                Body = message.Body.ToByteArray(),
                DedupeId = NullIfEmpty(message.DedupeId),
                CoalesceKey = NullIfEmpty(message.CoalesceKey),
                Lane = NullIfEmpty(message.Lane),
                Priority = message.Priority,
                Labels = message.Labels.Count == 0 ? MessageRow.NoLabels : new Dictionary<string, string>(message.Labels, StringComparer.Ordinal),
            },
            Due(check, message.DueTime, field + ".due_time", now));
    }

    static Verdict ToVerdict(Check check, Settlement settlement, string field, HashSet<Guid> named)
    {
        var id = LeasedId(check, settlement.MessageId, settlement.Epoch, field, named);
        switch (settlement.OutcomeCase)
        {
            case Settlement.OutcomeOneofCase.Complete:
                return new(id, settlement.Epoch, new Outcome.Complete());
            case Settlement.OutcomeOneofCase.Release:
                return new(id, settlement.Epoch, new Outcome.Release());
            case Settlement.OutcomeOneofCase.Retry:
                check.Text(settlement.Retry.Error, field + ".retry.error", 0, QueueLimits.ErrorMax);
                var after = Span(check, settlement.Retry.After, field + ".retry.after", TimeSpan.Zero, QueueLimits.DueMax);
                return new(id, settlement.Epoch, new Outcome.Retry(after, settlement.Retry.Error, !settlement.Retry.Uncounted));
            case Settlement.OutcomeOneofCase.Dead:
                check.Text(settlement.Dead.Reason, field + ".dead.reason", 1, QueueLimits.NameMax);
                check.Text(settlement.Dead.Error, field + ".dead.error", 0, QueueLimits.ErrorMax);
                return new(id, settlement.Epoch, new Outcome.Dead(settlement.Dead.Reason, settlement.Dead.Error));
            default:
                check.That(false, field + ".outcome", "is required: complete, retry, release or dead");
                return new(id, settlement.Epoch, new Outcome.Release());
        }
    }

    static Guid LeasedId(Check check, string text, long epoch, string field, HashSet<Guid> named)
    {
        var id = check.Id(text, field + ".message_id");
        check.That(named.Add(id), field + ".message_id", "stands twice in this call");
        check.That(epoch >= 1, field + ".epoch", "must be 1 or more");
        return id;
    }

    static T Checked<T>(Func<Check, T> read)
    {
        var check = new Check();
        var value = read(check);
        check.ThrowIfAny();
        return value;
    }

    static void Count(Check check, int count, string field) =>
        check.That(count is >= 1 and <= QueueLimits.BatchMax, field, $"must hold 1 to {QueueLimits.BatchMax} entries");

    static string Name(Check check, string name, string field)
    {
        check.That(
            name.Length is >= 1 and <= QueueLimits.NameMax && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-'),
            field, $"must have 1 to {QueueLimits.NameMax} characters of a-z, 0-9, '.', '_' and '-'");
        return name;
    }

    /// <summary>Null when absent. Judged before it is converted: a malformed duration would throw.</summary>
    static TimeSpan? Span(Check check, Duration? duration, string field, TimeSpan min, TimeSpan max)
    {
        if (duration is null)
            return null;
        var sound = duration.Nanos is > -1_000_000_000 and < 1_000_000_000 && Math.Abs(Math.Sign(duration.Seconds) - Math.Sign(duration.Nanos)) < 2
                    && duration.Seconds >= 0 && duration.Seconds <= (long)max.TotalSeconds + 1;
        var span = sound ? duration.ToTimeSpan() : TimeSpan.MinValue;
        check.That(sound && span >= min && span <= max, field, string.Create(CultureInfo.InvariantCulture, $"must be from {min.TotalSeconds} s to {max.TotalSeconds} s"));
        return span;
    }

    static long? Due(Check check, Timestamp? time, string field, DateTimeOffset now)
    {
        if (time is null)
            return null;
        var latest = now + QueueLimits.DueMax;
        var sound = time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds >= 0 && time.Seconds <= latest.ToUnixTimeSeconds();
        check.That(sound, field, "must be a time from 1970 to ten years from now");
        return sound ? time.ToDateTimeOffset().ToUnixTimeMilliseconds() : null;
    }

    static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
