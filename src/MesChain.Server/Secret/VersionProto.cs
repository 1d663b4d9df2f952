using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Versions, labels and records between wire and domain.</summary>
static class VersionProto
{
    const string List = "versions";
    const string Records = "records";

    /// <summary>Path and version of a request that changes one.</summary>
    public static (string Path, long Version) ToDomain(string path, long version)
    {
        var check = new Check();
        check.Path(path);
        check.That(version >= 1, "version", "must be at least 1");
        check.ThrowIfAny();
        return (path, version);
    }

    extension(ListVersionsRequest request)
    {
        public (string Path, long Before, int Limit) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var before = PageToken.Read(check, request.PageToken, List, 1) is [var version] ? PageToken.Number(check, version) : long.MaxValue;
            check.Path(request.Path);
            check.ThrowIfAny();
            return (request.Path, before, limit);
        }
    }

    extension(SetLabelRequest request)
    {
        public (Guid? RequestId, string Path, Label Label, long Version, long? Cas) ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.Path(request.Path);
            var label = check.Label(request.Label);
            check.That(request.Version >= 0, "version", "must not be negative");
            check.That(request.Version != 0 || request.Label is SecretLabel.Previous or SecretLabel.Pending, "version", "must be at least 1: a secret always has a current version");
            check.That(!request.HasCas || request.Cas >= 0, "cas", "must not be negative");
            check.ThrowIfAny();
            return (requestId, request.Path, label, request.Version, request.HasCas ? request.Cas : null);
        }
    }

    extension(DeleteSecretRequest request)
    {
        public (string Path, long? Cas) ToDomain()
        {
            var check = new Check();
            check.Path(request.Path);
            check.That(!request.HasCas || request.Cas >= 0, "cas", "must not be negative");
            check.ThrowIfAny();
            return (request.Path, request.HasCas ? request.Cas : null);
        }
    }

    extension(UndeleteSecretRequest request)
    {
        public string ToDomain()
        {
            var check = new Check();
            check.Path(request.Path);
            check.ThrowIfAny();
            return request.Path;
        }
    }

    extension(ListAuditRecordsRequest request)
    {
        public (string Path, long? Before, int Limit) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            long? before = PageToken.Read(check, request.PageToken, Records, 1) is [var seq] ? PageToken.Number(check, seq) : null;
            if (request.Path.Length > 0)
                check.Path(request.Path);
            check.ThrowIfAny();
            return (request.Path, before, limit);
        }
    }

    extension((SecretRow Secret, IReadOnlyList<VersionRow> Versions) page)
    {
        public ListVersionsResponse ToProto(int limit) => new()
        {
            Versions = { page.Versions.Take(limit).Select(version => One(page.Secret, version)) },
            NextPageToken = page.Versions.Count > limit ? PageToken.Of(List, FormattableString.Invariant($"{page.Versions[limit - 1].Version}")) : "",
        };
    }

    extension(VersionChange change)
    {
        public VersionInfo ToProto() => One(change.Secret, change.Version);
    }

    extension(LedgerPage page)
    {
        public ListAuditRecordsResponse ToProto() => new()
        {
            Records = { page.Rows.Select(row => new AuditRecord { Seq = row.Seq, Kind = row.Kind, Subject = row.Subject, Actor = row.Actor, Time = SecretProto.Time(row.AtMs) }) },
            NextPageToken = page.Next is { } next ? PageToken.Of(Records, FormattableString.Invariant($"{next}")) : "",
        };
    }

    static VersionInfo One(SecretRow secret, VersionRow version)
    {
        var info = new VersionInfo
        {
            Version = version.Version,
            State = version.State switch { VersionRow.Enabled => VersionState.Enabled, VersionRow.Disabled => VersionState.Disabled, _ => VersionState.Destroyed },
            CreateTime = SecretProto.Time(version.CreatedMs),
            NotBeforeTime = SecretProto.Time(version.NotBeforeMs),
            ExpireTime = SecretProto.Time(version.ExpireMs),
            Advisory = version.Advisory,
            DestroyTime = SecretProto.Time(version.DestroyMs),
        };
        foreach (var (label, at) in new[] { (SecretLabel.Current, secret.CurrentVersion), (SecretLabel.Previous, secret.PreviousVersion), (SecretLabel.Pending, secret.PendingVersion) })
        {
            if (at == version.Version)
                info.Labels.Add(label);
        }

        return info;
    }
}
