using MesChain.Sandbox;
using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Tests.Sync.Work;

/// <summary>Stock and price on their way to the marketplace.</summary>
public abstract class PushContract(Engine engine) : WorkContract(engine)
{
    [Fact]
    public async Task A_change_reaches_the_marketplace_and_is_confirmed_by_its_receipt()
    {
        var variant = await SellingAsync("a", 7);
        var offer = await Rig.OfferAsync(variant);
        Assert.Equal((AxisStates.Clean, OfferValue.Units(7), offer.Stock.DesiredVersion), (offer.Stock.State, offer.Stock.Acked, offer.Stock.AckedVersion));
        Assert.DoesNotContain(Rig.Sandbox.Calls(), call => call.Body.Contains("salePrice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Accepted_is_not_done()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync();
        Assert.Equal(AxisStates.Awaiting, (await Rig.OfferAsync(variant)).Stock.State);
    }

    [Fact]
    public async Task Nothing_is_sent_in_shadow_and_what_would_be_sent_is_known()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update connections set mode = 'shadow' where store_id = @StoreId", new { Rig.StoreId }), default);
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        var offer = await Rig.OfferAsync(variant);
        Assert.Equal((AxisStates.Dirty, OfferValue.Units(4), 7), (offer.Stock.State, offer.Stock.Desired, Rig.Sandbox.QuantityOf("869a")));
    }

    [Fact]
    public async Task A_refused_value_fails_with_the_marketplaces_words_and_the_next_one_is_tried()
    {
        var variant = await SellingAsync("a", 7);
        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "869a", Title = "a", Quantity = 7, Price = 129.90m, Approved = false }] });
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        var offer = await Rig.OfferAsync(variant);
        Assert.Equal(AxisStates.Failed, offer.Stock.State);
        Assert.NotEmpty(await Rig.ScalarAsync<string>("select marketplace_text from issues where store_id = @StoreId and code = @IssueCode", new { Rig.StoreId, offer.IssueCode }) ?? "");

        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "869a", Title = "a", Quantity = 7, Price = 129.90m }] });
        await Rig.ReportAsync(3, [new("a", 3)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        Assert.Equal((AxisStates.Clean, ""), ((await Rig.OfferAsync(variant)).Stock.State, (await Rig.OfferAsync(variant)).IssueCode));
        Assert.Equal("resolved", await IssueAsync(offer.IssueCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_whose_answer_is_lost_is_read_back_before_it_is_repeated(bool applied)
    {
        var variant = await SellingAsync("a", 7);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Drop, Endpoint = "price-and-inventory", AfterApplying = applied });
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync();
        Assert.Equal(AxisStates.Uncertain, (await Rig.OfferAsync(variant)).Stock.State);
        var before = Rig.Sandbox.Calls().Count(call => call.Endpoint == "price-and-inventory");
        await Rig.PumpAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5));
        Assert.Contains(Rig.Sandbox.Calls(), call => call.Endpoint == "approved-products");
        if (applied)
            Assert.Equal(before, Rig.Sandbox.Calls().Count(call => call.Endpoint == "price-and-inventory"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        Assert.Equal((AxisStates.Clean, 4), ((await Rig.OfferAsync(variant)).Stock.State, Rig.Sandbox.QuantityOf("869a")));
    }

    [Fact]
    public async Task A_sale_there_is_read_back_and_not_sent_again_because_sending_could_put_back_the_next_one()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
        var last = Rig.Sandbox.Calls()[^1].Sequence;
        Buy("a", 2);
        await ReadOrdersAsync();
        Assert.DoesNotContain(Rig.Sandbox.Calls(last), call => call.Endpoint == "price-and-inventory");
        var offer = await Rig.OfferAsync(variant);
        Assert.Equal((AxisStates.Clean, OfferValue.Units(5), 5, offer.Stock.DesiredVersion), (offer.Stock.State, offer.Stock.Acked, Rig.Sandbox.QuantityOf("869a"), offer.Stock.AckedVersion));
    }

    [Fact]
    public async Task A_sale_that_the_marketplace_did_not_take_from_its_number_is_taken_from_it()
    {
        await SellingAsync("a", 7);
        Buy("a", 2);
        Rig.Sandbox.SetQuantity(new() { Barcode = "869a", Quantity = 7 });
        await ReadOrdersAsync();
        Assert.Equal(5, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task A_change_down_does_not_wait_for_what_became_of_the_request_before_it()
    {
        var variant = await SellingAsync("a", 7);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Drop, Endpoint = "price-and-inventory", AfterApplying = true });
        await Rig.ReportAsync(2, [new("a", 9)]);
        await Rig.PumpAsync();
        Assert.Equal(AxisStates.Uncertain, (await Rig.OfferAsync(variant)).Stock.State);
        await Rig.ReportAsync(3, [new("a", 2)]);
        await Rig.PumpAsync();
        await Rig.PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(2, Rig.Sandbox.QuantityOf("869a"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        Assert.Equal((AxisStates.Clean, 2), ((await Rig.OfferAsync(variant)).Stock.State, Rig.Sandbox.QuantityOf("869a")));
    }

    [Fact]
    public async Task A_batch_that_was_being_sent_when_the_program_died_counts_as_unknown()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.Db.WriteAsync(
            async tx =>
            {
                var offer = Assert.Single(await Rig.Get<OfferStore>().StockToSendAsync(tx, Rig.StoreId, Rig.ConnectionId, 10, fresh: true));
                var batch = new Batch { StoreId = Rig.StoreId, Id = Ids.New(Rig.Clock), ConnectionId = Rig.ConnectionId, Axis = BatchStore.Stock, BodyHash = [1], SentMs = await tx.NowMsAsync(), ExpiresMs = await tx.NowMsAsync() + 1000 };
                await Rig.Get<BatchStore>().AddAsync(tx, batch, [new() { StoreId = Rig.StoreId, BatchId = batch.Id, VariantId = variant, Barcode = offer.Barcode, Quantity = 4, Version = offer.Stock.DesiredVersion }]);
                offer.Stock.Send(OfferValue.Units(4));
                await Rig.Get<OfferStore>().SaveAsync(tx, [offer]);
            },
            default);
        await Rig.PumpAsync();
        Assert.Equal(AxisStates.Uncertain, (await Rig.OfferAsync(variant)).Stock.State);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(20));
        Assert.Equal((AxisStates.Clean, 4), ((await Rig.OfferAsync(variant)).Stock.State, Rig.Sandbox.QuantityOf("869a")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_value_whose_fate_an_outage_hid_is_on_sale_soon_after_and_never_none_at_all(bool alone)
    {
        var variant = await SellingAsync("a", 7);
        if (!alone)
            await SellingAsync("b", 8, sequence: 2);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 503, Count = 0 });
        await Rig.ReportAsync(3, [new("a", 4)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(15));
        Assert.Equal((AxisStates.Uncertain, 7), ((await Rig.OfferAsync(variant)).Stock.State, Rig.Sandbox.QuantityOf("869a")));

        Rig.Sandbox.ClearFaults();
        for (var seconds = 0; seconds < 60; seconds += 5)
        {
            await Rig.PumpAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
            Assert.InRange(Rig.Sandbox.QuantityOf("869a") ?? 0, 3, 7);
        }

        // Alone, the same body cannot be another one yet: one unit stays back until it may be said again.
        Assert.Equal(alone ? 3 : 4, Rig.Sandbox.QuantityOf("869a"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(30));
        Assert.Equal((AxisStates.Clean, 4), ((await Rig.OfferAsync(variant)).Stock.State, Rig.Sandbox.QuantityOf("869a")));
    }

    [Fact]
    public async Task I5_Stock_is_not_raised_while_orders_cannot_be_read_and_is_lowered_all_the_same()
    {
        var variant = await SellingAsync("a", 7);
        await SellingAsync("b", 7, sequence: 2);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Endpoint = "orders-stream", Status = 503, Count = 0 });
        await Rig.PassAsync(TimeSpan.FromMinutes(2));
        await Rig.ReportAsync(3, [new("a", 9), new("b", 2)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(20));
        Assert.Equal((7, 2), (Rig.Sandbox.QuantityOf("869a"), Rig.Sandbox.QuantityOf("869b")));

        await Rig.PumpAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
        Assert.Equal("degraded", await HealthAsync());
        Assert.Equal("open", await IssueAsync("ORDERS_NOT_READ"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(1));
        // Last units are no longer offered by whom we cannot hear.
        Assert.Equal(("guarded", 0), (await HealthAsync(), Rig.Sandbox.QuantityOf("869b")));

        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        Assert.Equal(("ok", "resolved"), (await HealthAsync(), await IssueAsync("ORDERS_NOT_READ")));
        Assert.Equal((9, 2, AxisStates.Clean), (Rig.Sandbox.QuantityOf("869a"), Rig.Sandbox.QuantityOf("869b"), (await Rig.OfferAsync(variant)).Stock.State));
    }

    [Fact]
    public async Task A_sale_does_not_wait_for_the_window_of_the_value_before_it()
    {
        await SellingAsync("a", 9);
        // Sold there and restocked here: nine again, which may not be sent a second time yet.
        Rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = 1 }] });
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15));
        await Rig.ReportAsync(10, [new("a", 10)]);
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15));
        Assert.Equal(8, Rig.Sandbox.QuantityOf("869a"));

        await Rig.ReportAsync(11, [new("a", 6)]);
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15));
        Assert.Equal(5, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task A_higher_number_than_the_confirmed_one_is_pushed_down_and_told()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
        Rig.Sandbox.SetQuantity(new() { Barcode = "869a", Quantity = 50 });
        await Rig.Db.WriteAsync(tx => Rig.Get<Nudges>().SendAsync(tx, Rig.StoreId, Rig.ConnectionId, JobKinds.ReadItems), default);
        await Rig.PumpAsync();
        Assert.Equal("open", await IssueAsync("OFFER_DIVERGED"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        Assert.Equal((7, AxisStates.Clean, "resolved"), (Rig.Sandbox.QuantityOf("869a"), (await Rig.OfferAsync(variant)).Stock.State, await IssueAsync("OFFER_DIVERGED")));
    }

    [Fact]
    public async Task A_lower_number_that_no_order_explains_is_sent_again_after_orders_were_read()
    {
        var variant = await SellingAsync("a", 7);
        await SellingAsync("b", 3, sequence: 2);
        Rig.Sandbox.SetQuantity(new() { Barcode = "869a", Quantity = 5 });
        await Rig.Db.WriteAsync(tx => Rig.Get<Nudges>().SendAsync(tx, Rig.StoreId, Rig.ConnectionId, JobKinds.ReadItems), default);
        await Rig.PumpAsync();
        Assert.Equal((5, AxisStates.Clean), (Rig.Sandbox.QuantityOf("869a"), (await Rig.OfferAsync(variant)).Stock.State));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        Assert.Equal((7, AxisStates.Clean), (Rig.Sandbox.QuantityOf("869a"), (await Rig.OfferAsync(variant)).Stock.State));
        Assert.Null(await IssueAsync("OFFER_DIVERGED"));
    }

    [Fact]
    public async Task Decided_batches_are_forgotten_after_a_day_and_open_ones_are_not()
    {
        await SellingAsync("a", 7);
        Assert.NotEqual(0, await Rig.ScalarAsync<long>("select count(*) from push_items"));
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync();
        await Rig.PassAsync(TimeSpan.FromHours(25));
        await Rig.Get<BatchSweep>().RunOnceAsync(default);
        Assert.Equal("awaiting", await Rig.ScalarAsync<string>("select max(state) from push_batches"));
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count(*) from push_items"));
    }

    [Fact]
    public async Task A_price_takes_its_own_road()
    {
        var variant = await SellingAsync("a", 7);
        await Rig.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update variants set price_minor = 9990, list_price_minor = 11990 where store_id = @StoreId and id = @variant", new { Rig.StoreId, variant });
                await Rig.Get<Desire>().RepriceAsync(tx, Rig.StoreId, [variant]);
            },
            default);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        var offer = await Rig.OfferAsync(variant);
        Assert.Equal((AxisStates.Clean, OfferValue.Price(9990, 11990)), (offer.Price.State, offer.Price.Acked));
        Assert.Equal(7, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task A_connection_that_changed_hands_takes_nothing_more_from_its_old_node()
    {
        await SellingAsync("a", 7);
        var owners = Rig.Get<Owners>();
        var epoch = await owners.TakeAsync(Rig.StoreId, Rig.ConnectionId, default);
        Assert.NotNull(epoch);
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update connection_owner set owner = @other, epoch = epoch + 1 where store_id = @StoreId", new { Rig.StoreId, other = Ids.New(Rig.Clock) }), default);
        await Assert.ThrowsAsync<OwnerLostException>(() => Rig.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update offers set priority = 77 where store_id = @StoreId", new { Rig.StoreId });
                await owners.DemandAsync(tx, Rig.StoreId, Rig.ConnectionId, epoch.Value);
            },
            default));
        Assert.NotEqual(77, await Rig.ScalarAsync<long>("select priority from offers where store_id = @StoreId", new { Rig.StoreId }));
    }

    [Fact]
    public async Task A_message_that_nobody_understands_is_kept_as_a_dead_letter()
    {
        await Rig.Db.WriteAsync(
            async tx =>
            {
                await Rig.Get<IQueue>().EnsureAsync(tx, Rig.StoreId, new QueuePolicy(Nudges.Queue));
                await Rig.Get<IQueue>().EnqueueAsync(tx, Rig.StoreId, Nudges.Queue, new QueueMessage("dance"));
            },
            default);
        await Rig.PumpAsync();
        Assert.Equal(1, await Rig.ScalarAsync<long>($"select count(*) from messages where store_id = @StoreId and kind = 'dance' and state = {State.Dead}", new { Rig.StoreId }));
    }

    [Fact]
    public async Task A_key_that_is_refused_twice_stops_the_connection()
    {
        await SellingAsync("a", 7);
        Rig.Sandbox.Reset();
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 401, Count = 0 });
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(20));
        Assert.Equal("needs_reauth", await HealthAsync());
        Assert.Equal("open", await IssueAsync("CREDENTIAL_REFUSED"));
        var calls = Rig.Sandbox.Calls().Count;
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(20));
        Assert.Equal(calls, Rig.Sandbox.Calls().Count);
    }

    [Theory]
    [InlineData(404, "NOT_FOUND")]
    [InlineData(426, "API_RETIRED")]
    public async Task A_service_that_is_closed_for_a_while_has_refused_no_value(int status, string code)
    {
        await SellingAsync("a", 7);
        await SellingAsync("b", 7, sequence: 2);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = status, Endpoint = "price-and-inventory", Count = 0 });
        await Rig.ReportAsync(3, [new("a", 2), new("b", 3)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(20));
        Assert.Equal("open", await IssueAsync(code));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from offers where store_id = @StoreId and stock_state = 'failed'", new { Rig.StoreId }));

        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(20));
        Assert.Equal((2, 3, "resolved"), (Rig.Shown("869a"), Rig.Shown("869b"), await IssueAsync(code)));
    }

    Task<string?> HealthAsync() => Rig.ScalarAsync<string>("select health from connections where store_id = @StoreId", new { Rig.StoreId });
}

public sealed class PushesOnSqlite() : PushContract(Engine.Sqlite);

public sealed class PushesOnPostgres() : PushContract(Engine.Postgres)
{
    [Fact]
    public async Task A_connection_stays_with_its_node_until_the_lease_ends()
    {
        var first = Rig.Get<Owners>();
        var epoch = await first.TakeAsync(Rig.StoreId, Rig.ConnectionId, default);
        await Rig.RestartAsync();
        var second = Rig.Get<Owners>();
        Assert.Null(await second.TakeAsync(Rig.StoreId, Rig.ConnectionId, default));
        await Rig.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(epoch + 1, await second.TakeAsync(Rig.StoreId, Rig.ConnectionId, default));
        await second.GiveBackAsync(default);
    }
}
