using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Wire;

/// <summary>One server with two stores that each have one of everything that a request can name.</summary>
public sealed class WireWorld : IAsyncDisposable
{
    WireWorld(TestServer server) => Server = server;

    public static IEnumerable<MethodDescriptor> Methods => WireServices.All.SelectMany(service => service.Methods);

    public TestServer Server { get; }

    public Furnished Mine { get; private set; } = null!;

    public Furnished Other { get; private set; } = null!;

    /// <summary>One connection to the gRPC door, with the admin key.</summary>
    public CallInvoker Admin { get; private set; } = null!;

    public static async Task<WireWorld> OpenAsync(Engine engine, params string[] settings)
    {
        var world = new WireWorld(await TestServer.StartAsync(
            engine, settings: ["--MesChain:Auth:FailuresPerMinute=10000", "--MesChain:Sync:EventHeartbeat=00:00:01", "--MesChain:Rpc:UnaryMax=00:00:10", .. settings]));
        world.Admin = world.Server.Channel.CreateCallInvoker();
        world.Mine = await world.FurnishAsync("mine");
        world.Other = await world.FurnishAsync("other");
        return world;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    async Task<Furnished> FurnishAsync(string word)
    {
        var id = await Server.StoreAsync(word);
        var store = id.ToWire();
        var connection = await new StoreService.StoreServiceClient(Admin).CreateConnectionAsync(new()
        {
            StoreId = store, Marketplace = "trendyol", Environment = Contracts.Sync.V1.Environment.Sandbox, Name = "Trendyol " + word, SellerId = "1001",
            Credentials = new() { ApiKey = word + "-key", ApiSecret = word + "-secret" }, Endpoint = "http://127.0.0.1:9/",
        });
        var queues = new QueueService.QueueServiceClient(Admin);
        await queues.CreateQueueAsync(new() { StoreId = store, Queue = new() { Name = word } });
        var messages = await queues.SendAsync(new() { StoreId = store, Queue = word, Messages = { new NewMessage { Kind = word }, new NewMessage { Kind = word } } });
        var leased = (await queues.ReceiveAsync(new() { StoreId = store, Queue = word, Lease = new() { Seconds = 3600 } })).Messages[0];
        await new SecretService.SecretServiceClient(Admin).PutSecretAsync(new() { StoreId = store, Path = word + "/secret", Value = ByteString.CopyFromUtf8(word) });
        await new CatalogService.CatalogServiceClient(Admin).UpsertProductsAsync(new()
        {
            StoreId = store,
            Products = { new Product { ShopProductId = "p-" + word, Title = word, Variants = { new Variant { ShopVariantId = "v-" + word, Barcode = "869" + word } } } },
        });
        var key = await Server.KeyAsync(id, "*");
        var issues = Server.Services.GetRequiredService<IssueStore>();
        var order = Ids.New(TimeProvider.System);
        var person = new Person { FirstName = word, Shipping = new(), Invoice = new() };
        await Server.Db.WriteAsync(
            async tx =>
            {
                await issues.OpenAsync(tx, id, "LINK_CONFLICT", null, word, new Dictionary<string, string>());
                await tx.ExecuteAsync(
                    $"""
                    insert into orders (store_id, id, connection_id, order_number, seq, trial, ordered_ms, changed_ms, currency_code, total_minor, gross_minor, discount_minor, person, created_ms)
                    values (@id, @order, @connection, @word, @seq, @yes, {tx.Db.Now}, {tx.Db.Now}, 'TRY', 100, 100, 0, @person, {tx.Db.Now})
                    """,
                    new { id, order, connection = Parse(connection.Connection.Id), word, yes = true, person = await Server.Services.GetRequiredService<PersonVault>().SealAsync(tx, id, order, person), seq = await tx.NextAsync(id, "orders") });
                await tx.ExecuteAsync(
                    $"insert into feed_entries (store_id, id, seq, order_id, kind, created_ms) values (@id, @entry, @seq, @order, 'new', {tx.Db.Now})",
                    new { id, order, entry = Ids.New(TimeProvider.System), seq = await tx.NextAsync(id, "feed") });
            },
            default);
        var entries = await new OrderService.OrderServiceClient(Admin).PullOrdersAsync(new() { StoreId = store });
        var issue = await new SyncService.SyncServiceClient(Admin).ListIssuesAsync(new() { StoreId = store });
        return new(id, word, key, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["store_id"] = store,
            ["connection_id"] = connection.Connection.Id,
            ["order_id"] = order.ToWire(),
            ["entry_id"] = entries.Entries[0].EntryId,
            ["issue_id"] = issue.Issues[0].Id,
            ["message_id"] = leased.MessageId,
            ["message_ids"] = messages.Results[1].MessageId,
            ["queue"] = word,
            ["path"] = word + "/secret",
            ["shop_product_id"] = "p-" + word,
            ["shop_product_ids"] = "p-" + word,
            ["shop_variant_id"] = "v-" + word,
            ["shop_variant_ids"] = "v-" + word,
            ["order_number"] = word,
            ["meschain.ops.v1.RevokeApiKeyRequest.id"] = (await Server.KeyAsync(id, "ops:read")).Split('_')[1],
        });
    }

    static Guid Parse(string id) => Ids.TryParseWire(id, out var parsed) ? parsed : throw new FormatException(id);
}

/// <summary>A store with one of everything.</summary>
/// <param name="Word">Stands in every name and text of this store, so that a leak is seen.</param>
/// <param name="Key">May do everything, in this store only.</param>
/// <param name="Names">How requests name its things, by field name or full name of the field.</param>
public sealed record Furnished(Guid Id, string Word, string Key, IReadOnlyDictionary<string, string> Names);
