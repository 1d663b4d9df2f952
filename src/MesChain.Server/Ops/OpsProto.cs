using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Rpc;
using ApiKey = MesChain.Server.Platform.Keys.ApiKey;

namespace MesChain.Server.Ops;

/// <summary>Wire and domain of the ops slice, and the judging of its input.</summary>
static class OpsProto
{
    const int NameMax = 80;
    const int ScopesMax = 20;

    static readonly TimeSpan LifeMin = TimeSpan.FromMinutes(1);
    static readonly TimeSpan GraceDefault = TimeSpan.FromHours(24);
    static readonly TimeSpan GraceMax = TimeSpan.FromDays(7);

    extension(CreateApiKeyRequest request)
    {
        public NewKey ToDomain(Caller caller, TimeProvider clock)
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.Text(request.Name, "name", 1, NameMax);
            check.That(request.Scopes.Count is >= 1 and <= ScopesMax, "scopes", $"must hold 1 to {ScopesMax} scopes");
            for (var i = 0; i < Math.Min(request.Scopes.Count, ScopesMax); i++)
                check.That(Rights.Scopes.Contains(request.Scopes[i]), $"scopes[{i}]", "is not a scope; see docs/api");
            if (request.StoreId.Length > 0)
                check.Id(request.StoreId, "store_id");
            var expires = request.ExpireTime?.ToMilliseconds(check, "expire_time");
            check.That(expires is null || expires >= (clock.GetUtcNow() + LifeMin).ToUnixTimeMilliseconds(), "expire_time", "must be at least a minute ahead");
            check.ThrowIfAny();
            return new(requestId, request.Name, request.StoreId.Length == 0 ? caller.BoundStore : caller.Store(request.StoreId), [.. request.Scopes.Distinct(StringComparer.Ordinal)], expires);
        }
    }

    extension(ListApiKeysRequest request)
    {
        public (KeyCursor After, int Size) ToDomain()
        {
            var check = new Check();
            var size = check.PageSize(request.PageSize);
            var after = KeyCursor.Parse(request.PageToken);
            check.That(after is not null, "page_token", "is not a token of this list");
            check.ThrowIfAny();
            return (after!, size);
        }
    }

    extension(RotateApiKeyRequest request)
    {
        public (string Id, TimeSpan Grace, Guid? RequestId) ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            var id = check.Text(request.Id, "id", 1, 40);
            var grace = request.Grace ?? Duration.FromTimeSpan(GraceDefault);
            var good = grace.Nanos is >= 0 and < 1_000_000_000 && grace.Seconds >= 0 && grace.Seconds <= (long)GraceMax.TotalSeconds;
            check.That(good && grace.ToTimeSpan() <= GraceMax, "grace", "must be from 0 to 7 days");
            check.ThrowIfAny();
            return (id, grace.ToTimeSpan(), requestId);
        }
    }

    extension(RevokeApiKeyRequest request)
    {
        public string ToDomain()
        {
            var check = new Check();
            var id = check.Text(request.Id, "id", 1, 40);
            check.ThrowIfAny();
            return id;
        }
    }

    extension(ApiKey key)
    {
        public Contracts.Ops.V1.ApiKey ToProto() => new()
        {
            Id = key.Id,
            Name = key.Name,
            StoreId = key.StoreId?.ToWire() ?? "",
            Scopes = { key.Scopes.Split(' ') },
            CreateTime = Time(key.CreatedMs),
            ExpireTime = key.ExpiresMs is { } expires ? Time(expires) : null,
            RevokeTime = key.RevokedMs is { } revoked ? Time(revoked) : null,
            RotateTime = key.RotatedMs is { } rotated ? Time(rotated) : null,
            PreviousExpireTime = key.PreviousUntilMs is { } until ? Time(until) : null,
            LastUseTime = key.UsedMs is { } used ? Time(used) : null,
        };
    }

    extension(IReadOnlyList<ApiKey> found)
    {
        /// <summary>A page of at most <paramref name="size"/>; one more row was asked for, to know whether there is another page.</summary>
        public ListApiKeysResponse ToProto(int size)
        {
            var page = found.Take(size).ToList();
            var response = new ListApiKeysResponse { Keys = { page.Select(key => key.ToProto()) } };
            if (found.Count > size)
                response.NextPageToken = new KeyCursor(page[^1].CreatedMs, page[^1].Id).ToString();
            return response;
        }
    }

    extension(IReadOnlyList<ComponentState> components)
    {
        /// <param name="whole">False for a key of one store: details may name what belongs to another.</param>
        public GetHealthResponse ToProto(bool whole) => new()
        {
            Healthy = components.All(component => component.Healthy),
            Components = { components.Select(component => component.ToProto(whole)) },
        };
    }

    extension(ComponentState component)
    {
        public ComponentHealth ToProto(bool whole) => new()
        {
            Name = component.Name,
            Healthy = component.Healthy,
            State = component.Level switch { HealthLevel.Failed => HealthState.Failed, HealthLevel.Degraded => HealthState.Degraded, _ => HealthState.Well },
            Code = component.Found?.Code ?? "",
            Cause = whole ? component.Cause : component.Found?.Meaning ?? "",
            Fix = component.Fix,
        };
    }

    extension(Timestamp time)
    {
        /// <summary>Refuses what protobuf calls a timestamp but no calendar does (nanoseconds below zero, year 10000).</summary>
        public long? ToMilliseconds(Check check, string field)
        {
            const long secondsMin = -62_135_596_800;
            const long secondsMax = 253_402_300_799;
            var good = time.Seconds is >= secondsMin and <= secondsMax && time.Nanos is >= 0 and < 1_000_000_000;
            check.That(good, field, "must be a time between the years 1 and 9999");
            return good ? (time.Seconds * 1000) + (time.Nanos / 1_000_000) : null;
        }
    }

    static Timestamp Time(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}
