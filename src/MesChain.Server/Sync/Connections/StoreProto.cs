using System.Text;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Sync.Connections;

/// <summary>Stores and connections, between wire and domain. Judges every field of a request.</summary>
static class StoreProto
{
    public const string StoreList = "stores";
    public const string ConnectionList = "connections";

    extension(CreateStoreRequest request)
    {
        public (Guid? RequestId, NewStore Store) ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.That(request.Slug.Length is >= 1 and <= 40 && request.Slug.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'), "slug", "must have 1 to 40 characters of a-z, 0-9 and '-'");
            check.Text(request.Name, "name", 1, 120);
            check.That(request.CurrencyCode is "" or "TRY", "currency_code", "must be TRY, the only currency served");
            check.ThrowIfAny();
            return (requestId, new(request.Slug, request.Name, "TRY"));
        }
    }

    extension(UpdateStoreRequest request)
    {
        public StoreChange ToDomain()
        {
            var check = new Check();
            if (request.HasName)
                check.Text(request.Name, "name", 1, 120);
            if (request.HasCallbackUrl && request.CallbackUrl.Length > 0)
            {
                check.Text(request.CallbackUrl, "callback_url", 1, 500);
                check.That(IsWebAddress(request.CallbackUrl), "callback_url", "must be an address with http or https, without user or fragment");
                check.Text(request.CallbackSecret, "callback_secret", 32, 128);
            }
            else
            {
                check.That(request.CallbackSecret.Length == 0, "callback_secret", "needs a callback_url beside it");
            }

            check.ThrowIfAny();
            return new(request.HasName ? request.Name : null, request.HasCallbackUrl ? request.CallbackUrl : null, Encoding.UTF8.GetBytes(request.CallbackSecret));
        }

        static bool IsWebAddress(string text) =>
            Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.UserInfo.Length == 0 && address.Fragment.Length == 0;
    }

    extension(ListStoresRequest request)
    {
        public (Guid? After, int Limit) ToDomain() => Page(request.PageSize, request.PageToken, StoreList);
    }

    extension(ListConnectionsRequest request)
    {
        public (Guid? After, int Limit) ToDomain() => Page(request.PageSize, request.PageToken, ConnectionList);
    }

    extension(CreateConnectionRequest request)
    {
        /// <param name="marketplaces">The codes that are served.</param>
        public (Guid? RequestId, NewConnection Connection) ToDomain(IEnumerable<string> marketplaces, SandboxAddress sandbox)
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            check.That(marketplaces.Contains(request.Marketplace, StringComparer.Ordinal), "marketplace", "must be one of: " + string.Join(", ", marketplaces));
            check.That(request.Environment is Contracts.Sync.V1.Environment.Sandbox or Contracts.Sync.V1.Environment.Production, "environment", "must be sandbox or production");
            check.Text(request.Name, "name", 1, 80);
            check.That(request.SellerId.Length is >= 1 and <= 20 && request.SellerId.All(char.IsAsciiDigit), "seller_id", "must have 1 to 20 digits");
            var keys = Keys(check, request.Credentials, required: true);
            if (request.Endpoint.Length > 0)
            {
                check.That(request.Environment != Contracts.Sync.V1.Environment.Production, "endpoint", "must be empty: a production connection's hosts are fixed");
                var refusal = sandbox.Refusal(request.Endpoint);
                check.That(refusal is null, "endpoint", refusal ?? "");
            }

            check.ThrowIfAny();
            var environment = request.Environment == Contracts.Sync.V1.Environment.Sandbox ? ConnectionRow.Sandbox : ConnectionRow.Production;
            return (requestId, new(request.Marketplace, environment, request.Name, request.SellerId, keys!, request.Endpoint));
        }
    }

    extension(TestConnectionRequest request)
    {
        public (Guid Connection, SellerKeys? Given) ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.ConnectionId, "connection_id");
            var keys = Keys(check, request.Credentials, required: false);
            check.ThrowIfAny();
            return (id, keys);
        }
    }

    extension(SetConnectionModeRequest request)
    {
        public (Guid Connection, string Mode) ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.ConnectionId, "connection_id");
            var mode = request.Mode switch
            {
                ConnectionMode.Shadow => ConnectionRow.Shadow,
                ConnectionMode.Live => ConnectionRow.Live,
                ConnectionMode.Paused => ConnectionRow.Paused,
                _ => "",
            };
            check.That(mode.Length > 0, "mode", "must be shadow, live or paused");
            check.ThrowIfAny();
            return (id, mode);
        }
    }

    extension(UpdateConnectionRequest request)
    {
        public (Guid Connection, ConnectionChange Change) ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.ConnectionId, "connection_id");
            if (request.HasName)
                check.Text(request.Name, "name", 1, 80);
            var keys = Keys(check, request.Credentials, required: false);
            check.That(request.Revision >= 0, "revision", "must not be negative");
            check.ThrowIfAny();
            return (id, new(
                request.HasName ? request.Name : null,
                keys,
                request.HasStockEnabled ? request.StockEnabled : null,
                request.HasPriceEnabled ? request.PriceEnabled : null,
                request.HasContentEnabled ? request.ContentEnabled : null,
                request.Revision));
        }
    }

    extension(DeleteConnectionRequest request)
    {
        public Guid ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.ConnectionId, "connection_id");
            check.ThrowIfAny();
            return id;
        }
    }

    extension(StoreRow row)
    {
        public Store ToProto() => new()
        {
            Id = row.Id.ToWire(),
            Slug = row.Slug,
            Name = row.Name,
            CurrencyCode = row.CurrencyCode,
            CallbackUrl = row.CallbackUrl,
            CreateTime = Instant(row.CreatedMs),
        };
    }

    extension(ConnectionRow row)
    {
        public Connection ToProto(IEnumerable<StateCount> offers)
        {
            var answer = new Connection
            {
                Id = row.Id.ToWire(),
                Marketplace = row.Marketplace,
                Environment = row.Environment == ConnectionRow.Sandbox ? Contracts.Sync.V1.Environment.Sandbox : Contracts.Sync.V1.Environment.Production,
                Mode = row.Mode switch
                {
                    ConnectionRow.Live => ConnectionMode.Live,
                    ConnectionRow.Paused => ConnectionMode.Paused,
                    _ => ConnectionMode.Shadow,
                },
                Health = row.Health switch
                {
                    ConnectionRow.Ok => ConnectionHealth.Ok,
                    ConnectionRow.Degraded => ConnectionHealth.Degraded,
                    ConnectionRow.Guarded => ConnectionHealth.Guarded,
                    ConnectionRow.NeedsReauth => ConnectionHealth.NeedsReauth,
                    _ => ConnectionHealth.Draft,
                },
                // A single failed read is noted long before the health changes.
                HealthDetail = row.Health == ConnectionRow.Ok ? "" : row.HealthDetail,
                Name = row.Name,
                SellerId = row.SellerId,
                StockEnabled = row.StockEnabled,
                PriceEnabled = row.PriceEnabled,
                ContentEnabled = row.ContentEnabled,
                CutoverTime = Instant(row.CutoverMs),
                LastOrderReadTime = Instant(row.OrdersReadStartedMs),
                LastConfirmedTime = Instant(row.ConfirmedMs),
                Endpoint = row.Endpoint,
                CreateTime = Instant(row.CreatedMs),
                Revision = row.Revision,
            };
            foreach (var count in offers)
                answer.OfferCounts[count.State] = count.Count;
            return answer;
        }
    }

    extension(TestReport report)
    {
        public IEnumerable<Probe> ToProto() => report.Probes.Select(probe => new Probe
        {
            Name = probe.Name,
            Passed = probe.Passed,
            Code = probe.Fault?.Code ?? "",
            Detail = probe.Fault?.Message ?? "",
            LatencyMs = (long)probe.Latency.TotalMilliseconds,
        });
    }

    internal static Timestamp? Instant(long? ms) => ms is { } known ? Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(known)) : null;

    static SellerKeys? Keys(Check check, Credentials? credentials, bool required)
    {
        check.That(!required || credentials is not null, "credentials", "are required");
        if (credentials is null)
            return null;
        check.Text(credentials.ApiKey, "credentials.api_key", 1, 200);
        check.Text(credentials.ApiSecret, "credentials.api_secret", 1, 400);
        return new(credentials.ApiKey, credentials.ApiSecret);
    }

    static (Guid? After, int Limit) Page(int size, string token, string list)
    {
        var check = new Check();
        var limit = check.PageSize(size);
        var after = PageToken.ReadId(check, token, list);
        check.ThrowIfAny();
        return (after, limit);
    }
}
