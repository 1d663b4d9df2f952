using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Grpc.Net.Client.Web;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Client;

/// <summary>
/// One connection to a server, with a client for each of its services. Make one and keep it: it is safe for any number of
/// threads, reconnects by itself, and calls on it carry key, deadline and retries.
/// </summary>
public sealed class MesChainChannel : IDisposable
{
    // Everything else is a read, is idempotent by nature, or carries a request id (the interceptor sees to that). A repeated
    // Receive would leave the first batch leased and unseen; a repeated Send without dedupe ids would send twice.
    static readonly string[] NeverRepeated = [nameof(QueueService.QueueServiceClient.Receive), nameof(QueueService.QueueServiceClient.Send)];

    static readonly ServiceDescriptor[] Services =
    [
        StoreService.Descriptor, CatalogService.Descriptor, OfferService.Descriptor, OrderService.Descriptor, SyncService.Descriptor,
        QueueService.Descriptor, SecretService.Descriptor, OpsService.Descriptor,
    ];

    readonly GrpcChannel _channel;

    MesChainChannel(GrpcChannel channel, CallInvoker calls)
    {
        _channel = channel;
        Stores = new(calls);
        Catalog = new(calls);
        Offers = new(calls);
        Orders = new(calls);
        Sync = new(calls);
        Queue = new(calls);
        Secrets = new(calls);
        Ops = new(calls);
    }

    public StoreService.StoreServiceClient Stores { get; }

    public CatalogService.CatalogServiceClient Catalog { get; }

    public OfferService.OfferServiceClient Offers { get; }

    public OrderService.OrderServiceClient Orders { get; }

    public SyncService.SyncServiceClient Sync { get; }

    public QueueService.QueueServiceClient Queue { get; }

    public SecretService.SecretServiceClient Secrets { get; }

    public OpsService.OpsServiceClient Ops { get; }

    /// <summary>Opens a channel. Nothing is sent before the first call.</summary>
    public static MesChainChannel Open(MesChainClientOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AttemptsMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.AttemptsMax, 5, nameof(options));

        HttpMessageHandler handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A connection that a router forgot is noticed here, not by the next call.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        };
        if (options.Web)
            handler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, handler);
        var channel = GrpcChannel.ForAddress(options.Server, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            HttpVersion = options.Web ? new Version(1, 1) : null,
            ServiceConfig = options.AttemptsMax == 1 ? null : Retries(options),
            MaxReceiveMessageSize = 64 << 20,
        });
        return new(channel, channel.Intercept(new CallInterceptor(options)));
    }

    public void Dispose() => _channel.Dispose();

    static ServiceConfig Retries(MesChainClientOptions options)
    {
        var repeated = new MethodConfig
        {
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = options.AttemptsMax,
                InitialBackoff = options.BackoffBase,
                MaxBackoff = TimeSpan.FromSeconds(5),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        foreach (var method in Services.SelectMany(service => service.Methods).Where(method => !method.IsClientStreaming && !NeverRepeated.Contains(method.Name, StringComparer.Ordinal)))
            repeated.Names.Add(new MethodName { Service = method.Service.FullName, Method = method.Name });
        return new() { MethodConfigs = { repeated } };
    }
}
