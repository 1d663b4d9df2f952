using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;
using System.Globalization;
using LedgerHead = MesChain.Server.Platform.Ledger.LedgerHead;

namespace MesChain.Server.Ops;

/// <summary>Wire and domain of the ledger's calls, and the judging of their input.</summary>
static class LedgerProto
{
    const string List = "audit_events";
    const int KindMax = 64;
    const int NameMax = 200;

    extension(GetInclusionProofRequest request)
    {
        public (Guid Store, long Seq, long Size) ToDomain(Caller caller)
        {
            var store = caller.Store(request.StoreId);
            var check = new Check();
            check.That(request.Seq >= 1, "seq", "must be from 1");
            check.That(request.TreeSize == 0 || request.TreeSize >= request.Seq, "tree_size", "must be zero or at least seq");
            check.ThrowIfAny();
            return (store, request.Seq, request.TreeSize);
        }
    }

    extension(GetConsistencyProofRequest request)
    {
        public (Guid Store, long First, long Second) ToDomain(Caller caller)
        {
            var store = caller.Store(request.StoreId);
            var check = new Check();
            check.That(request.FirstSize >= 1, "first_size", "must be from 1");
            check.That(request.SecondSize == 0 || request.SecondSize >= request.FirstSize, "second_size", "must be zero or at least first_size");
            check.ThrowIfAny();
            return (store, request.FirstSize, request.SecondSize);
        }
    }

    extension(ExportProofRequest request)
    {
        public (Guid Store, long First, long Last) ToDomain(Caller caller)
        {
            var store = caller.Store(request.StoreId);
            var check = new Check();
            check.That(request.FirstSeq >= 0, "first_seq", "must not be negative");
            check.That(request.LastSeq == 0 || request.LastSeq >= Math.Max(1, request.FirstSeq), "last_seq", "must be zero or at least first_seq");
            check.ThrowIfAny();
            return (store, Math.Max(1, request.FirstSeq), request.LastSeq);
        }
    }

    extension(ListAuditEventsRequest request)
    {
        public (Guid Store, LedgerFilter Filter) ToDomain(Caller caller)
        {
            var store = caller.Store(request.StoreId);
            var check = new Check();
            var size = check.PageSize(request.PageSize);
            var before = PageToken.Read(check, request.PageToken, List, 1) is [var text] ? PageToken.Number(check, text) : (long?)null;
            check.Text(request.Kind, "kind", 0, KindMax);
            check.Text(request.Subject, "subject", 0, NameMax);
            check.Text(request.Actor, "actor", 0, NameMax);
            var start = request.StartTime?.ToMilliseconds(check, "start_time");
            var end = request.EndTime?.ToMilliseconds(check, "end_time");
            check.That(start is null || end is null || start <= end, "end_time", "must not be before start_time");
            check.ThrowIfAny();
            return (store, new(request.Kind, request.Subject, request.Actor, start ?? 0, end ?? long.MaxValue, before, size));
        }
    }

    extension(LedgerHead head)
    {
        public Contracts.Ops.V1.LedgerHead ToProto(string verifierKey) => new()
        {
            Size = head.Size,
            RootHash = ByteString.CopyFrom(head.Root),
            SignTime = Time(head.AtMs),
            Note = head.Note,
            VerifierKey = verifierKey,
        };
    }

    extension(InclusionProof proof)
    {
        public GetInclusionProofResponse ToProto(string verifierKey) => new()
        {
            Event = proof.Row.ToProto(),
            LeafHash = ByteString.CopyFrom(proof.Leaf),
            TreeSize = proof.Size,
            Hashes = { proof.Hashes.Select(hash => ByteString.CopyFrom(hash)) },
            Head = proof.Head.ToProto(verifierKey),
        };
    }

    extension(ConsistencyProof proof)
    {
        public GetConsistencyProofResponse ToProto(string verifierKey) => new()
        {
            FirstSize = proof.First,
            SecondSize = proof.Second,
            Hashes = { proof.Hashes.Select(hash => ByteString.CopyFrom(hash)) },
            Head = proof.Head.ToProto(verifierKey),
        };
    }

    extension(LedgerPage page)
    {
        public ListAuditEventsResponse ToProto() => new()
        {
            Events = { page.Rows.Select(row => row.ToProto()) },
            NextPageToken = page.Next is { } next ? PageToken.Of(List, next.ToString(CultureInfo.InvariantCulture)) : "",
        };
    }

    extension(LedgerRow row)
    {
        public AuditEvent ToProto() => new()
        {
            Seq = row.Seq,
            CreateTime = Time(row.AtMs),
            Kind = row.Kind,
            Subject = row.Subject,
            Actor = row.Actor,
            Digest = ByteString.CopyFrom(row.Digest),
        };
    }

    static Timestamp Time(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}
