using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using WireInfo = MesChain.Contracts.Secret.V1.SecretInfo;

namespace MesChain.Server.Secret;

/// <summary>Secrets between wire and domain. Judges every field of a request; never names a value.</summary>
static class SecretProto
{
    public const int PathMax = 200;
    public const int SegmentsMax = 10;
    public const int ValueMax = 64 * 1024;
    public const int PathsMax = 100;

    const string List = "secrets";
    const string PathRule = "must be 1 to 10 segments of a-z, 0-9, '.', '_' and '-', joined by '/', at most 200 characters, none of them '.' or '..'";

    /// <summary>9999-12-31: what a timestamp can say.</summary>

    extension(PutSecretRequest request)
    {
        public (Guid? RequestId, NewSecret Secret) ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.Path(request.Path);
            check.That(request.Value.Length is >= 1 and <= ValueMax, "value", $"must have 1 to {ValueMax} bytes");
            check.That(!request.HasCas || request.Cas >= 0, "cas", "must not be negative");
            var expires = check.Instant(request.ExpireTime, "expire_time");
            var begins = check.Instant(request.NotBeforeTime, "not_before_time");
            check.That(!(expires <= begins), "not_before_time", "must be before expire_time");
            check.ThrowIfAny();
            return (requestId, new(request.Path, request.Value.Memory, request.HasCas ? request.Cas : null, expires) { NotBeforeMs = begins, Advisory = request.Advisory, Pending = request.Pending });
        }
    }

    extension(GetSecretRequest request)
    {
        public (string Path, Wanted Wanted) ToDomain()
        {
            var check = new Check();
            check.Path(request.Path);
            check.That(request.Version >= 0, "version", "must not be negative");
            var label = request.Label == SecretLabel.Unspecified ? Secret.Label.Current : check.Label(request.Label);
            check.ThrowIfAny();
            return (request.Path, new(request.Version, label));
        }
    }

    extension(GetSecretsRequest request)
    {
        public IReadOnlyList<string> ToDomain()
        {
            var check = new Check();
            check.That(request.Paths.Count is >= 1 and <= PathsMax, "paths", $"must hold 1 to {PathsMax} entries");
            for (var i = 0; i < Math.Min(request.Paths.Count, PathsMax); i++)
                check.That(IsPath(request.Paths[i]), $"paths[{i}]", PathRule);
            check.ThrowIfAny();
            return request.Paths;
        }
    }

    extension(ListSecretsRequest request)
    {
        public (string Prefix, string After, bool Deleted, int Limit) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadText(check, request.PageToken, List) ?? "";
            check.That(request.Prefix.Length <= PathMax && request.Prefix.All(c => c == '/' || IsPathCharacter(c)), "prefix", "must hold characters of a path only, at most 200");
            check.ThrowIfAny();
            return (request.Prefix, after, request.Deleted, limit);
        }
    }

    extension(SecretInfo info)
    {
        public WireInfo ToProto() => new()
        {
            Path = info.Path,
            Version = info.Version,
            UpdateTime = Time(info.UpdatedMs),
            ExpireTime = Time(info.ExpireMs),
            CurrentVersion = info.CurrentVersion,
            PreviousVersion = info.PreviousVersion,
            PendingVersion = info.PendingVersion,
            DeleteTime = Time(info.DeletedMs),
            PurgeTime = Time(info.PurgeMs),
        };
    }

    extension(Reading reading)
    {
        public GetSecretResponse ToProto() => new() { Secret = reading.Info.ToProto(), Version = reading.Version, Value = UnsafeByteOperations.UnsafeWrap(reading.Value), Warning = reading.Warning };
    }

    extension(IReadOnlyList<ReadingResult> results)
    {
        public GetSecretsResponse ToProto() => new() { Results = { results.Select(One) } };
    }

    extension(IReadOnlyList<SecretInfo> secrets)
    {
        public ListSecretsResponse ToProto(int limit) => new()
        {
            Secrets = { secrets.Take(limit).Select(secret => secret.ToProto()) },
            NextPageToken = secrets.Count > limit ? PageToken.Of(List, secrets[limit - 1].Path) : "",
        };
    }

    static SecretResult One(ReadingResult result) => result.Reading is { } reading
        ? new() { Path = result.Path, Secret = reading.Info.ToProto(), Version = reading.Version, Value = UnsafeByteOperations.UnsafeWrap(reading.Value), Warning = reading.Warning }
        : new() { Path = result.Path, Reason = result.Refusal!.Reason };

    /// <summary>Null for what has not happened.</summary>
    public static Timestamp? Time(long? ms) => ms is { } at ? Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(at)) : null;

    extension(Check check)
    {
        public void Path(string path) => check.That(IsPath(path), "path", PathRule);

        public Label Label(SecretLabel label)
        {
            check.That(label is SecretLabel.Current or SecretLabel.Previous or SecretLabel.Pending, "label", "must be current, previous or pending");
            return label switch { SecretLabel.Previous => Secret.Label.Previous, SecretLabel.Pending => Secret.Label.Pending, _ => Secret.Label.Current };
        }
    }

    /// <summary>One spelling of each path: no empty segment, no '.' or '..', no case (S-20).</summary>
    public static bool IsPath(string path)
    {
        var segments = path.Split('/');
        return path.Length is >= 1 and <= PathMax && segments.Length <= SegmentsMax
            && Array.TrueForAll(segments, segment => segment.Length > 0 && segment is not ("." or "..") && segment.All(IsPathCharacter));
    }

    static bool IsPathCharacter(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
}
