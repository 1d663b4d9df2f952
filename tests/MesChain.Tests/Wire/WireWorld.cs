using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Questions;
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
        world.Mine = await world.FurnishAsync("zq7mine");
        world.Other = await world.FurnishAsync("zq7other");
        return world;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Two of each, so that each list has a second page; the first is the one that requests name.</summary>
    async Task<Furnished> FurnishAsync(string word)
    {
        var id = await Server.StoreAsync(word);
        var store = id.ToWire();
        var stores = new StoreService.StoreServiceClient(Admin);
        var connections = new List<string>();
        foreach (var seller in new[] { "1001", "1003" })
        {
            var made = await stores.CreateConnectionAsync(new()
            {
                StoreId = store, Marketplace = "trendyol", Environment = Contracts.Sync.V1.Environment.Sandbox, Name = "Trendyol " + word, SellerId = seller,
                Credentials = new() { ApiKey = word + "-key", ApiSecret = word + "-secret" }, Endpoint = "http://127.0.0.1:9/",
            });
            connections.Add(made.Connection.Id);
        }

        var queues = new QueueService.QueueServiceClient(Admin);
        await queues.CreateQueueAsync(new() { StoreId = store, Queue = new() { Name = word } });
        await queues.CreateQueueAsync(new() { StoreId = store, Queue = new() { Name = word + "-2" } });
        var messages = await queues.SendAsync(new() { StoreId = store, Queue = word, Messages = { new NewMessage { Kind = word }, new NewMessage { Kind = word } } });
        var leased = (await queues.ReceiveAsync(new() { StoreId = store, Queue = word, Lease = new() { Seconds = 3600 } })).Messages[0];
        var secrets = new SecretService.SecretServiceClient(Admin);
        foreach (var path in (string[])["secret", "secret", "secret-2", "deleted", "deleted-2"])
            await secrets.PutSecretAsync(new() { StoreId = store, Path = $"{word}/{path}", Value = ByteString.CopyFromUtf8(word) });
        await new CatalogService.CatalogServiceClient(Admin).UpsertProductsAsync(new() { StoreId = store, Products = { Product(word), Product(word + "-2") } });
        await new OfferService.OfferServiceClient(Admin).ReportStockAsync(new() { StoreId = store, ShopSequence = 1, Levels = { new StockLevel { ShopVariantId = "v-" + word, Quantity = 3 } } });
        var order = await SellAsync(id, Parse(connections[0]), word);
        await SellAsync(id, Parse(connections[0]), word + "-2");
        var claim = await ClaimAsync(id, Parse(connections[0]), word);
        await ClaimAsync(id, Parse(connections[0]), word + "-2");
        var question = await AskAsync(id, Parse(connections[0]), word);
        await AskAsync(id, Parse(connections[0]), word + "-2");
        var entries = await new OrderService.OrderServiceClient(Admin).PullOrdersAsync(new() { StoreId = store });
        var issue = await new SyncService.SyncServiceClient(Admin).ListIssuesAsync(new() { StoreId = store });
        var key = await Server.KeyAsync(id, "*");
        return new(id, word, key, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["store_id"] = store,
            ["connection_id"] = connections[0],
            ["order_id"] = order.ToWire(),
            ["claim_id"] = claim.ToWire(),
            ["question_id"] = question.ToWire(),
            ["entry_id"] = entries.Entries[0].EntryId,
            ["issue_id"] = issue.Issues[0].Id,
            ["message_id"] = leased.MessageId,
            ["message_ids"] = messages.Results[1].MessageId,
            ["queue"] = word,
            ["path"] = word + "/secret",
            ["paths"] = word + "/secret",
            ["meschain.secret.v1.DeleteSecretRequest.path"] = word + "/deleted",
            ["meschain.secret.v1.UndeleteSecretRequest.path"] = word + "/deleted-2",
            ["shop_product_id"] = "p-" + word,
            ["shop_product_ids"] = "p-" + word,
            ["shop_variant_id"] = "v-" + word,
            ["shop_variant_ids"] = "v-" + word,
            ["order_number"] = word,
            ["meschain.ops.v1.RevokeApiKeyRequest.id"] = (await Server.KeyAsync(id, "ops:read")).Split('_')[1],
        });
    }

    /// <summary>An order that waits in the shop's feed, and an issue about it.</summary>
    async Task<Guid> SellAsync(Guid store, Guid connection, string number)
    {
        var order = Ids.New(TimeProvider.System);
        await Server.Db.WriteAsync(
            async tx =>
            {
                var person = await Server.Services.GetRequiredService<PersonVault>().SealAsync(tx, store, order, new Person { FirstName = number, Shipping = new(), Invoice = new() });
                await tx.ExecuteAsync(
                    $"""
                    insert into orders (store_id, id, connection_id, order_number, seq, trial, ordered_ms, changed_ms, currency_code, total_minor, gross_minor, discount_minor, person, created_ms)
                    values (@store, @order, @connection, @number, @seq, @yes, {tx.Db.Now}, {tx.Db.Now}, 'TRY', 100, 100, 0, @person, {tx.Db.Now})
                    """,
                    new { store, order, connection, number, yes = true, person, seq = await tx.NextAsync(store, "orders") });
                await tx.ExecuteAsync(
                    $"insert into feed_entries (store_id, id, seq, order_id, kind, created_ms) values (@store, @entry, @seq, @order, 'new', {tx.Db.Now})",
                    new { store, order, entry = Ids.New(TimeProvider.System), seq = await tx.NextAsync(store, "feed") });
                await Server.Services.GetRequiredService<IssueStore>().OpenAsync(tx, store, "LINK_CONFLICT", null, number, new Dictionary<string, string>());
            },
            default);
        return order;
    }

    /// <summary>A claim with one item that waits for the seller.</summary>
    async Task<Guid> ClaimAsync(Guid store, Guid connection, string word)
    {
        var claim = Ids.New(TimeProvider.System);
        await Server.Db.WriteAsync(
            async tx =>
            {
                var notes = await Server.Services.GetRequiredService<ClaimVault>().SealAsync(tx, store, claim, new Dictionary<string, string> { ["a"] = word });
                await tx.ExecuteAsync(
                    """
                    insert into claims (store_id, id, connection_id, external_id, seq, trial, order_number, package_id, claimed_ms, changed_ms, tracking_number, cargo_provider, tracking_url, notes)
                    values (@store, @claim, @connection, @word, @seq, @yes, @word, @word, 1, 1, '', '', '', @notes)
                    """,
                    new { store, claim, connection, word, yes = true, notes, seq = await tx.NextAsync(store, "claims") });
                await tx.ExecuteAsync(
                    """
                    insert into claim_items (store_id, claim_id, item_id, position, line_id, barcode, sku, title, state, marketplace_state, reason_code, reason_text, auto_accepted)
                    values (@store, @claim, 'a', 0, @word, @word, @word, @word, 'awaitingaction', @word, @word, @word, @no)
                    """,
                    new { store, claim, word, no = false });
            },
            default);
        return claim;
    }

    /// <summary>A question that waits for an answer.</summary>
    async Task<Guid> AskAsync(Guid store, Guid connection, string word)
    {
        var question = Ids.New(TimeProvider.System);
        await Server.Db.WriteAsync(
            async tx =>
            {
                var vault = Server.Services.GetRequiredService<QuestionVault>();
                var texts = new QuestionTexts(word, "", "", "");
                await tx.ExecuteAsync(
                    """
                    insert into questions (store_id, id, connection_id, external_id, seq, trial, asked_ms, product_main_id, product_title, link, is_public, state, marketplace_state, texts, texts_mac)
                    values (@store, @question, @connection, @word, @seq, @yes, 1, @word, @word, '', @yes, 'waiting', @word, @sealedTexts, @mac)
                    """,
                    new { store, question, connection, word, yes = true, seq = await tx.NextAsync(store, "questions"), sealedTexts = await vault.SealAsync(tx, store, question, texts), mac = vault.Mac(texts) });
            },
            default);
        return question;
    }

    static Product Product(string word) =>
        new() { ShopProductId = "p-" + word, Title = word, Variants = { new Variant { ShopVariantId = "v-" + word, Barcode = "869" + word } } };

    static Guid Parse(string id) => Ids.TryParseWire(id, out var parsed) ? parsed : throw new FormatException(id);
}

/// <summary>A store with something of everything.</summary>
/// <param name="Word">Stands in every name and text of this store, so that a leak is seen.</param>
/// <param name="Key">May do everything, in this store only.</param>
/// <param name="Names">How requests name its things, by field name or full name of the field.</param>
public sealed record Furnished(Guid Id, string Word, string Key, IReadOnlyDictionary<string, string> Names);
