using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

/// <summary>What the owner sees and decides of a wave that was stopped.</summary>
public abstract class WaveTests(FaceServer face) : FaceTest(face)
{
    [Fact] // AC-20
    public async Task AC20_A_stopped_wave_is_listed_and_released_or_rejected_as_it_was_looked_at()
    {
        await Shop.BringAsync("869001", "869002", "869003");
        var connection = (await Shop.GoLiveAsync()).Id;
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { new Link { ShopVariantId = "v1" }, new Link { ShopVariantId = "v2" }, new Link { ShopVariantId = "v3" } } });
        await Shop.ReportAsync(1, ("v1", 0), ("v2", 0), ("v3", 4));
        await HoldAsync(2);
        var wave = Assert.Single((await Shop.Offers.ListWavesAsync(new())).Waves);
        Assert.Equal((connection, 2, 3), (wave.ConnectionId, wave.Offers, wave.Live));
        Assert.Equal([("v2", "869002", 7), ("v1", "869001", 5)], wave.Examples.Select(example => (example.ShopVariantId, example.Barcode, example.Quantity)));
        Assert.Equal("Ürün 2", wave.Examples[0].Title);

        var refusal = await Refusal.OfAsync(Shop.Offers.ReleaseWaveAsync(new() { ConnectionId = connection, Offers = 3 }));
        Assert.Equal((StatusCode.Aborted, "REVISION_CONFLICT"), (refusal.Status, refusal.Reason));
        Assert.Equal(2, (await Shop.Offers.RejectWaveAsync(new() { ConnectionId = connection, Offers = 2 })).Rejected);
        Assert.Equal(0, (await Shop.Offers.RejectWaveAsync(new() { ConnectionId = connection, Offers = 2 })).Rejected);
        Assert.Empty((await Shop.Offers.ListWavesAsync(new())).Waves);
        Assert.Equal([5, 7, 4], await DesiredAsync(connection));

        await Shop.ReportAsync(2, ("v1", 3));
        await Shop.ReportAsync(3, ("v1", 0));
        await HoldAsync(1);
        Assert.Equal(1, (await Shop.Offers.ReleaseWaveAsync(new() { ConnectionId = connection, Offers = 1 })).Released);
        Assert.Equal(0, (await Shop.Offers.ReleaseWaveAsync(new() { ConnectionId = connection, Offers = 1 })).Released);
        Assert.Equal([0, 7, 4], await DesiredAsync(connection));
    }

    [Fact]
    public async Task A_decision_without_the_number_that_was_looked_at_is_refused()
    {
        var connection = (await Shop.ConnectAsync()).Id;
        Assert.Equal(["offers"], (await Refusal.OfAsync(Shop.Offers.ReleaseWaveAsync(new() { ConnectionId = connection }))).Fields);
        Assert.Equal(["connection_id", "offers"], (await Refusal.OfAsync(Shop.Offers.RejectWaveAsync(new() { Offers = -1 }))).Fields);
    }

    /// <summary>The first offers, confirmed at 5 and 7, stopped on their way to zero as the breaker leaves them; the third sells 4.</summary>
    Task<int> HoldAsync(int offers) =>
        Shop.Db.WriteAsync(
            tx => tx.ExecuteManyAsync(
                "update offers set acked_qty = @Quantity, acked_version = 1, stock_state = case when @Held then 'held' else stock_state end where store_id = @Id and barcode = @Barcode",
                new[] { ("869001", 5), ("869002", 7), ("869003", 4) }.Select((offer, i) => new { Shop.Id, Barcode = offer.Item1, Quantity = offer.Item2, Held = i < offers })),
            default);

    async Task<IReadOnlyList<int>> DesiredAsync(string connection) =>
        [.. (await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection })).Offers.Select(offer => offer.DesiredQuantity)];
}

[Collection(SqliteFaces.Name)]
public sealed class WavesOfSqliteFace(FaceOnSqlite face) : WaveTests(face);

[Collection(PostgresFaces.Name)]
public sealed class WavesOfPostgresFace(FaceOnPostgres face) : WaveTests(face);
