using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using WireQueue = MesChain.Contracts.Queue.V1.Queue;

namespace MesChain.Server.Queue;

/// <summary>Answers of the queue, to the wire.</summary>
static class QueueAnswers
{
    extension(QueueStatus status)
    {
        public WireQueue ToProto() => new()
        {
            Name = status.Policy.Name,
            Lease = Duration.FromTimeSpan(status.Policy.Lease),
            AttemptsMax = status.Policy.AttemptsMax,
            BackoffBase = Duration.FromTimeSpan(status.Policy.BackoffBase),
            BackoffCap = Duration.FromTimeSpan(status.Policy.BackoffCap),
            DedupeWindow = Duration.FromTimeSpan(status.Policy.DedupeWindow),
            DepthMax = status.Policy.DepthMax,
            FifoLanes = status.Policy.FifoLanes,
            Ready = status.Ready,
            Scheduled = status.Scheduled,
            Leased = status.Leased,
            Dead = status.Dead,
            OldestReadyTime = status.OldestMs is { } oldest ? Time(oldest) : null,
        };
    }

    extension(IReadOnlyList<QueueStatus> queues)
    {
        public ListQueuesResponse ToProto(int limit) => new()
        {
            Queues = { queues.Take(limit).Select(queue => queue.ToProto()) },
            NextPageToken = queues.Count > limit ? PageToken.Of(QueueProto.QueueList, queues[limit - 1].Policy.Name) : "",
        };
    }

    extension(IReadOnlyList<SendOutcome> outcomes)
    {
        public SendResponse ToProto() => new()
        {
            Results = { outcomes.Select(outcome => new SendResult { MessageId = outcome.MessageId.ToWire(), Duplicate = outcome.Duplicate, Coalesced = outcome.Coalesced }) },
        };
    }

    extension(Claim claim)
    {
        public ReceiveResponse ToProto()
        {
            var lease = Duration.FromTimeSpan(claim.Lease);
            var answer = new ReceiveResponse { Messages = { claim.Rows.Select(row => row.ToProto()) } };
            foreach (var message in answer.Messages)
                message.Lease = lease;
            return answer;
        }
    }

    extension(IReadOnlyList<Settled> settled)
    {
        public SettleResponse ToProto(IReadOnlyList<Verdict> verdicts) => new()
        {
            Results = { settled.Select((answer, i) => new SettleResult { MessageId = verdicts[i].MessageId.ToWire(), Ok = answer.Ok, Reason = answer.Reason, Recorded = answer.Recorded }) },
        };
    }

    extension(IReadOnlyList<bool> held)
    {
        public RenewLeasesResponse ToProto(Renewal renewal) => new()
        {
            Results =
            {
                held.Select((ok, i) => new SettleResult { MessageId = renewal.Leases[i].MessageId.ToWire(), Ok = ok, Reason = ok ? "" : Platform.Errors.Reasons.LeaseLost }),
            },
        };
    }

    extension(IReadOnlyList<MessageRow> rows)
    {
        public BrowseResponse ToProto(int limit) => new()
        {
            Messages = { rows.Take(limit).Select(row => row.ToProto()) },
            NextPageToken = rows.Count > limit ? PageToken.Of(QueueProto.MessageList, rows[limit - 1].Seq.ToString(CultureInfo.InvariantCulture)) : "",
        };
    }

    extension(MessageRow row)
    {
        Message ToProto() => new()
        {
            MessageId = row.Id.ToWire(),
            Kind = row.Kind,
            // The row is nobody else's: its bytes need no copy.
            Body = UnsafeByteOperations.UnsafeWrap(row.Body),
            Epoch = row.Epoch,
            Failures = row.Failures,
            Deliveries = row.Deliveries,
            Lane = row.Lane ?? "",
            Priority = row.Priority,
            Labels = { row.LabelMap().ToDictionary(StringComparer.Ordinal) },
            SendTime = Time(row.SentMs),
            DueTime = Time(row.DueMs),
            Sequence = row.Seq,
            State = row.State switch { 2 => MessageState.Leased, 3 => MessageState.Dead, 4 => MessageState.Done, _ => MessageState.Ready },
            LastError = row.LastError,
            DeadReason = row.DeadReason,
        };
    }

    static Timestamp Time(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}
