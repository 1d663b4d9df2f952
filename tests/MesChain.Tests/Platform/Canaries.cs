using System.Net;
using System.Net.Http.Json;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>
/// Secrets and a buyer that are recognised wherever they come out, brought in through every door of a running server, rightly and
/// wrongly; and the search for them.
/// </summary>
sealed class Canaries : IDisposable
{
    public const string Word = "kanarya7f3c";
    const string Barcode = "8690000000012";

    /// <summary>Everything there is to be logged (what each library is asked for at least is in appsettings.json), and something to sell.</summary>
    public static readonly string[] Loud =
    [
        .. new[] { "Default", "Microsoft", "Microsoft.Hosting.Lifetime", "Grpc", "System", "Polly" }.Select(name => $"--Logging:LogLevel:{name}=Trace"),
        "--MesChain:Sandbox:Enabled=true", "--MesChain:Sync:OrdersEvery=00:00:05",
    ];

    readonly GrpcChannel _channel;
    readonly HttpClient _http;
    readonly string _key;
    string _store = "";

    /// <param name="key">May do everything.</param>
    public Canaries(Uri grpc, Uri http, string key)
    {
        _channel = GrpcChannel.ForAddress(grpc);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = http };
        _key = key;
    }

    /// <summary>What callers were told, and who reads metrics.</summary>
    public StringBuilder Said { get; } = new();

    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }

    /// <param name="more">Other secrets that must not be there either.</param>
    public static void AssertNoneIn(string text, params string[] more)
    {
        foreach (var form in Forms.Concat(more))
        {
            var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
            Assert.True(at < 0, $"said: {(at < 0 ? "" : text.Substring(Math.Max(0, at - 300), Math.Min(600, text.Length - Math.Max(0, at - 300))))}");
        }
    }

    /// <summary>What a thief of the disk would read.</summary>
    public static async Task AssertNoneInFilesAsync(string folder, CancellationToken cancel, params string[] more)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content, cancel);
            // Each byte a character, so that text is found among what is none.
            var text = Encoding.Latin1.GetString(content);
            Assert.All(Forms.Concat(more), form => Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"{Path.GetFileName(file)} holds a planted secret"));
        }
    }

    public async Task PlantAsync(CancellationToken cancel)
    {
        await PlantSecretsAsync(cancel);
        await PlantConnectionsAsync(cancel);
        await PlantKeysAsync(cancel);
        await PlantBadBodiesAsync(cancel);
        await PlantBuyerAsync(cancel);
        Said.AppendLine(await _http.GetStringAsync("/metrics", cancel));
    }

    /// <summary>A secret's value and a connection's credentials, to a server that cannot store them.</summary>
    public async Task FailAsync(CancellationToken cancel)
    {
        var store = await StoreAsync(cancel);
        await RefusedAsync(new SecretService.SecretServiceClient(With(_key)).PutSecretAsync(Secret(store, "a/c"), cancellationToken: cancel));
        await RefusedAsync(new StoreService.StoreServiceClient(With(_key)).CreateConnectionAsync(Connection(store, "1002"), cancellationToken: cancel));
        Assert.Contains("Internal", Said.ToString(), StringComparison.Ordinal);
    }

    public async Task<string> StoreAsync(CancellationToken cancel)
    {
        if (_store.Length == 0)
            _store = (await new StoreService.StoreServiceClient(With(_key)).CreateStoreAsync(new() { Slug = "a", Name = "A" }, cancellationToken: cancel)).Store.Id;
        return _store;
    }

    static IEnumerable<string> Forms => [Word, Convert.ToHexString(Encoding.UTF8.GetBytes(Word)), Convert.ToBase64String(Encoding.UTF8.GetBytes(Word))[..^4]];

    async Task PlantSecretsAsync(CancellationToken cancel)
    {
        var store = await StoreAsync(cancel);
        var secrets = new SecretService.SecretServiceClient(With(_key));
        await secrets.PutSecretAsync(Secret(store, "a/b"), cancellationToken: cancel);
        await secrets.GetSecretAsync(new() { StoreId = store, Path = "a/b" }, cancellationToken: cancel);
        Said.AppendLine((await secrets.ListSecretsAsync(new() { StoreId = store }, cancellationToken: cancel)).ToString());
        await RefusedAsync(secrets.PutSecretAsync(Secret(store, " bad "), cancellationToken: cancel));

        using var json = new HttpRequestMessage(HttpMethod.Post, "/v1/secret/GetSecret") { Content = JsonContent.Create(new { storeId = store, path = "a/b" }), Headers = { { "Authorization", "Bearer " + _key } } };
        using var read = await _http.SendAsync(json, cancel);
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(Word)), await read.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }

    async Task PlantConnectionsAsync(CancellationToken cancel)
    {
        var store = await StoreAsync(cancel);
        var stores = new StoreService.StoreServiceClient(With(_key));
        var made = await stores.CreateConnectionAsync(Connection(store, "1001"), cancellationToken: cancel);
        Said.AppendLine(made.ToString());
        Said.AppendLine((await stores.TestConnectionAsync(new() { StoreId = store, ConnectionId = made.Connection.Id }, cancellationToken: cancel)).ToString());
        await RefusedAsync(stores.CreateConnectionAsync(Connection(store, ""), cancellationToken: cancel));
    }

    /// <summary>A key of the right form with a wrong secret, one of no form, a forged session, and a form with a wrong key and the right one.</summary>
    async Task PlantKeysAsync(CancellationToken cancel)
    {
        var wrong = "mck_0000000000000000_" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Word)).PadRight(64, '0');
        await RefusedAsync(new OpsService.OpsServiceClient(With(wrong)).GetVersionAsync(new(), cancellationToken: cancel));
        await RefusedAsync(new OpsService.OpsServiceClient(With(Word)).GetVersionAsync(new(), cancellationToken: cancel));
        foreach (var (key, expected) in new[] { (Word, HttpStatusCode.Unauthorized), (wrong, HttpStatusCode.Unauthorized), (_key, HttpStatusCode.Redirect) })
        {
            using var form = new HttpRequestMessage(HttpMethod.Post, "/login")
            {
                Content = new FormUrlEncodedContent([new("key", key)]), Headers = { { "Origin", _http.BaseAddress!.GetLeftPart(UriPartial.Authority) }, { "Cookie", "meschain_session=" + Word } },
            };
            using var answer = await _http.SendAsync(form, cancel);
            Assert.Equal(expected, answer.StatusCode);
            Said.AppendLine(await answer.Content.ReadAsStringAsync(cancel));
        }
    }

    async Task PlantBadBodiesAsync(CancellationToken cancel)
    {
        foreach (var body in new[] { $"{{\"path\":\"{Word}", $"{{\"value\":[\"{Word}\"]}}", $"{{\"{Word}\":1}}", Word })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/secret/PutSecret") { Content = content, Headers = { { "Authorization", "Bearer " + _key } } };
            using var bad = await _http.SendAsync(request, cancel);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            // Whoever misspells a field is told which one: the name is his own, and no value.
            if (!body.Contains($"\"{Word}\":", StringComparison.Ordinal))
                Said.AppendLine(await bad.Content.ReadAsStringAsync(cancel));
        }

        // A field of text that is no UTF-8, and one that says it is longer than it is; the word is in both.
        foreach (var broken in new byte[][] { [0x1a, 0x0d, 0xff, 0xfe, .. Encoding.UTF8.GetBytes(Word)], [0x22, 0x7f, .. Encoding.UTF8.GetBytes(Word)] })
        {
            var answer = await With(_key).AskAsync(Method("PutSecret"), broken, TimeSpan.Zero, cancel);
            Assert.NotEqual(Google.Rpc.Code.Ok, answer.Code);
            Said.AppendLine(answer.Status.ToString());
        }
    }

    /// <summary>An order of the sandbox, bought by somebody whose every word is a canary, on its way into the shop and back.</summary>
    async Task PlantBuyerAsync(CancellationToken cancel)
    {
        await SandboxAsync("items", new ItemsRequest { Items = [new() { Barcode = Barcode, Title = "T", Quantity = 3, Price = 129.90m }] }, cancel);
        var created = await new OpsService.OpsServiceClient(With(_key)).CreateApiKeyAsync(new() { Name = "shop", StoreId = await StoreAsync(cancel), Scopes = { "sync:shop" } }, cancellationToken: cancel);
        var shop = With(created.Token);
        var stores = new StoreService.StoreServiceClient(shop);
        var wanted = Connection("", TrendyolSandbox.DemoSellerId);
        wanted.Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret };
        var connection = (await stores.CreateConnectionAsync(wanted, cancellationToken: cancel)).Connection.Id;
        Assert.True((await stores.TestConnectionAsync(new() { ConnectionId = connection }, cancellationToken: cancel)).Passed);
        await stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Live }, cancellationToken: cancel);
        var order = new OrderRequest
        {
            Lines = [new() { Barcode = Barcode, Quantity = 1 }],
            Buyer = new() { FirstName = Word + "-ad", LastName = Word + "-soyad", Email = Word + "@example.com", Phone = Word + "-tel", Address = Word + "-sokak" },
        };
        await SandboxAsync("orders", order, cancel);

        var orders = new OrderService.OrderServiceClient(shop);
        using var watch = new SyncService.SyncServiceClient(shop).WatchEvents(new(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: cancel);
        await watch.ResponseHeadersAsync;
        PullOrdersResponse pulled;
        while ((pulled = await orders.PullOrdersAsync(new(), cancellationToken: cancel)).Entries.Count == 0)
            Assert.True(await watch.ResponseStream.MoveNext(cancel));
        var entry = pulled.Entries[0];
        Assert.Contains(Word, entry.Order.ShippingAddress.ToString(), StringComparison.Ordinal);
        Assert.Contains(Word, entry.Order.Buyer.Email, StringComparison.Ordinal);
        var failed = new Acknowledgement { EntryId = entry.EntryId, Outcome = AcknowledgeOutcome.Failed, Detail = "no such zone" };
        Said.AppendLine((await orders.AcknowledgeOrdersAsync(new() { Acknowledgements = { failed } }, cancellationToken: cancel)).ToString());
        Said.AppendLine((await new SyncService.SyncServiceClient(shop).ListIssuesAsync(new(), cancellationToken: cancel)).ToString());
        await RefusedAsync(orders.UpdateOrderAsync(new() { OrderId = entry.Order.Id, Pick = new() { PackageId = "0" } }, cancellationToken: cancel));
    }

    async Task SandboxAsync<T>(string what, T body, CancellationToken cancel)
    {
        using var answer = await _http.PostAsJsonAsync("/_sandbox/trendyol/" + what, body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    async Task RefusedAsync<T>(AsyncUnaryCall<T> call) =>
        Said.AppendLine((await Assert.ThrowsAsync<RpcException>(async () => await call)).ToString());

    CallInvoker With(string key) => _channel.Intercept(headers =>
    {
        headers.Add("authorization", "Bearer " + key);
        return headers;
    });

    static PutSecretRequest Secret(string store, string path) => new() { StoreId = store, Path = path, Value = ByteString.CopyFromUtf8(Word) };

    static CreateConnectionRequest Connection(string store, string seller) => new()
    {
        StoreId = store, Marketplace = "trendyol", Environment = Contracts.Sync.V1.Environment.Sandbox, SellerId = seller, Name = "t",
        Credentials = new() { ApiKey = Word + "-key", ApiSecret = Word + "-secret" },
    };

    static MethodDescriptor Method(string name) => SecretService.Descriptor.FindMethodByName(name);
}
