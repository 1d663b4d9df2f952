using System.Text.Json;
using MesChain.Client;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>Every command against the real server.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    TestServer _server = null!;
    MesChainChannel _channel = null!;
    Shell _shell = null!;
    string _store = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _channel = MesChainChannel.Open(new() { Server = _server.GrpcAddress, Key = _server.AdminKey });
        _shell = Shell.Of(_server);
        _store = (await _channel.Stores.CreateStoreAsync(new() { Slug = "shop", Name = "Dükkân" })).Store.Id;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Status_says_version_components_and_stores()
    {
        var said = await _shell.RunAsync("status");
        Assert.Contains("MesChain-Sync", said.Output, StringComparison.Ordinal);
        Assert.Contains("sqlite", said.Output, StringComparison.Ordinal);
        Assert.Contains("database", said.Output, StringComparison.Ordinal);
        Assert.Contains("shop", said.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await _shell.RunAsync("status", "--json")).Output).RootElement;
        Assert.Equal("sqlite", json.GetProperty("version").GetProperty("engine").GetString());
        Assert.Equal("shop", json.GetProperty("stores")[0].GetProperty("store").GetProperty("slug").GetString());
        Assert.Equal(json.GetProperty("health").TryGetProperty("healthy", out var healthy) && healthy.GetBoolean() ? 0 : 1, said.Code);
    }

    [Fact]
    public async Task A_dead_message_is_listed_peeked_and_redriven()
    {
        await MakeDeadAsync();

        Assert.Matches(@"│ work +│ 0 +│ 0 +│ 0 +│ 1 ", (await _shell.RunAsync("queue", "list")).Output);
        var peeked = await _shell.RunAsync("queue", "peek", "work", "--state", "dead");
        Assert.Contains("dead (BROKEN)", peeked.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a customer", peeked.Output, StringComparison.Ordinal);
        Assert.Contains("There is no such message.", (await _shell.RunAsync("queue", "peek", "work", "--state", "ready")).Output, StringComparison.Ordinal);

        var redriven = await _shell.RunAsync("queue", "redrive", "work", "--reason", "BROKEN", "--spread", "0");
        Assert.Equal((0, "1 messages went back to work."), (redriven.Code, redriven.Output.Trim()));
        var json = JsonDocument.Parse((await _shell.RunAsync("queue", "peek", "work", "--json")).Output).RootElement;
        Assert.Equal("MESSAGE_STATE_READY", json[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Connections_offers_and_orders_of_a_new_store_are_empty_lists()
    {
        foreach (var (list, empty) in new[] { ("connections", "There is no connection yet."), ("offers", "There is no such offer."), ("orders", "There is no order yet.") })
        {
            var said = await _shell.RunAsync("sync", list);
            Assert.Equal((0, empty, ""), (said.Code, said.Output.Trim(), said.Error));
            Assert.Equal("[]", (await _shell.RunAsync("sync", list, "--json")).Output.Trim());
        }
    }

    [Fact]
    public async Task A_connection_is_shown_by_name_and_an_unknown_one_is_a_sentence()
    {
        await _channel.Stores.CreateConnectionAsync(new()
        {
            StoreId = _store,
            Marketplace = "trendyol",
            Environment = Contracts.Sync.V1.Environment.Sandbox,
            Name = "Deneme",
            SellerId = "4321",
            Credentials = new() { ApiKey = "canary-key", ApiSecret = "canary-secret" },
        });
        var shown = await _shell.RunAsync("sync", "connections");
        Assert.Matches("│ Deneme +│ trendyol +│ sandbox +│ shadow +│ draft ", shown.Output);
        Assert.DoesNotContain("canary", shown.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await _shell.RunAsync("sync", "offers", "--connection", "Deneme")).Code);
        var unknown = await _shell.RunAsync("sync", "offers", "--connection", "other");
        Assert.Equal((2, "There is no connection 'other'. There are: Deneme"), (unknown.Code, unknown.Error.Trim()));
    }

    [Fact]
    public async Task With_several_stores_one_has_to_be_named()
    {
        await _channel.Stores.CreateStoreAsync(new() { Slug = "second", Name = "İkinci" });
        var said = await _shell.RunAsync("sync", "offers");
        Assert.Equal((2, "There are 2 stores; name one with --store: shop, second"), (said.Code, said.Error.Trim()));
        Assert.Equal(0, (await _shell.RunAsync("sync", "offers", "--store", "second")).Code);
        Assert.Equal(0, (await _shell.RunAsync("sync", "offers", "--store", _store)).Code);
        Assert.Equal(2, (await _shell.RunAsync("sync", "offers", "--store", "third")).Code);
    }

    [Fact]
    public async Task A_key_of_a_store_needs_no_store_named()
    {
        await _channel.Stores.CreateStoreAsync(new() { Slug = "second", Name = "İkinci" });
        var shop = Shell.Of(_server, await _server.KeyAsync(Guid.Parse(_store), "sync:shop"));
        Assert.Equal(0, (await shop.RunAsync("sync", "offers")).Code);
    }

    [Fact]
    public async Task What_goes_wrong_is_one_sentence_and_an_exit_code()
    {
        var refused = await Shell.Of(_server, "mck_0000000000000000_nobody").RunAsync("queue", "list");
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("The server refuses the key", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Trim().Split('\n'));

        var unknown = await _shell.RunAsync("queue", "peek", "nowhere");
        Assert.Equal(1, unknown.Code);
        Assert.EndsWith("[UNKNOWN_RESOURCE]", unknown.Error.Trim(), StringComparison.Ordinal);

        var wrong = await _shell.RunAsync("queue", "redrive", "work", "--max", "-1");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("max ", wrong.Error, StringComparison.Ordinal);
    }

    async Task MakeDeadAsync()
    {
        await _channel.Queue.CreateQueueAsync(new() { StoreId = _store, Queue = new Contracts.Queue.V1.Queue { Name = "work" } });
        await _channel.Queue.SendAsync(new() { StoreId = _store, Queue = "work", Messages = { new NewMessage { Kind = "mail", Body = Google.Protobuf.ByteString.CopyFromUtf8("a customer") } } });
        var received = await _channel.Queue.ReceiveAsync(new() { StoreId = _store, Queue = "work" });
        var settlement = Settle.Dead("BROKEN", "cannot be done");
        (settlement.MessageId, settlement.Epoch) = (received.Messages[0].MessageId, received.Messages[0].Epoch);
        await _channel.Queue.SettleAsync(new() { StoreId = _store, Queue = "work", Settlements = { settlement } });
    }
}
