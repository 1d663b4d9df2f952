using System.Text.Json;
using System.Text.Json.Nodes;
using static MesChain.Tests.Sandbox.TrendyolProductScene;

namespace MesChain.Tests.Sandbox;

/// <summary>Archive, deletion, unlocking and the buybox. Numbers in names are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolShelfTests
{
    const string Barcode = TrendyolScene.Barcode;

    static async Task<TrendyolScene> OpenAsync(MesChain.Sandbox.Trendyol.TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        await scene.ApprovedAsync();
        return scene;
    }

    static Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> ArchiveAsync(TrendyolScene scene, bool archived = true) =>
        scene.CallAsync(HttpMethod.Put, $"{Products}/archive-state", Body(new JsonObject { ["barcode"] = Barcode, ["archived"] = archived }));

    static Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> DeleteAsync(TrendyolScene scene, string barcode = Barcode) =>
        scene.CallAsync(HttpMethod.Delete, Products, Body(new JsonObject { ["barcode"] = barcode }));

    static async Task<int> CountAsync(TrendyolScene scene, string status) =>
        (await scene.GetAsync($"{Products}/approved?status={status}")).Body.GetProperty("totalElements").GetInt32();

    [Fact]
    public async Task Checklist_08_archiving_sets_a_state_and_can_be_said_twice_and_taken_back()
    {
        await using var scene = await OpenAsync();

        foreach (var archived in new[] { true, true, false })
        {
            var receipt = await scene.DoneAsync(ArchiveAsync(scene, archived));
            Assert.Equal(["SUCCESS"], receipt.Statuses());
            Assert.Equal((archived ? 1 : 0, archived ? 0 : 1), (await CountAsync(scene, "archived"), await CountAsync(scene, "onSale")));
        }

        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Put, $"{Products}/archive-state", Body(new JsonObject { ["barcode"] = Barcode }))).Status);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(4)]
    public async Task Checklist_05_an_archive_batch_has_a_shape_and_a_life_of_its_own(int hours)
    {
        await using var scene = await OpenAsync(new() { ArchiveReceiptHours = hours });
        var created = scene.Clock.GetUtcNow();
        var accepted = await ArchiveAsync(scene);

        var id = accepted.Body.GetProperty("batchRequestId").GetString()!;
        Assert.Equal((created + TimeSpan.FromHours(hours)).ToUnixTimeSeconds(), long.Parse(id[37..], System.Globalization.CultureInfo.InvariantCulture));
        scene.Clock.Advance(TimeSpan.FromHours(hours) - TimeSpan.FromSeconds(1));
        var body = (await scene.ReceiptAsync(accepted.Body)).Body;
        Assert.Equal(("ProductArchiveUpdate", JsonValueKind.Null), (body.GetProperty("batchRequestType").GetString(), body.GetProperty("notes").ValueKind));
        var item = body.GetProperty("items")[0];
        Assert.NotEqual("", item.GetProperty("batchRequestLogId").GetString());
        Assert.Equal((true, 4321, Barcode), (item.GetProperty("requestItem").GetProperty("archived").GetBoolean(), item.GetProperty("requestItem").GetProperty("supplierId").GetInt64(),
            item.GetProperty("requestItem").GetProperty("barcode").GetString()));

        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await scene.ReceiptAsync(accepted.Body)).Status);
    }

    [Fact]
    public async Task Checklist_08_an_approved_product_is_deleted_only_after_more_than_a_day_in_the_archive()
    {
        await using var scene = await OpenAsync();
        Assert.Contains("1 günden uzun", (await scene.DoneAsync(DeleteAsync(scene))).Failure(), StringComparison.Ordinal);

        await scene.DoneAsync(ArchiveAsync(scene));
        scene.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(["FAILED"], (await scene.DoneAsync(DeleteAsync(scene))).Statuses());
        // Coming back in between starts the day anew.
        await scene.DoneAsync(ArchiveAsync(scene, archived: false));
        await scene.DoneAsync(ArchiveAsync(scene));
        scene.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(["FAILED"], (await scene.DoneAsync(DeleteAsync(scene))).Statuses());

        scene.Clock.Advance(TimeSpan.FromHours(1));
        var receipt = await scene.DoneAsync(DeleteAsync(scene));
        Assert.Equal(("ProductDeletion", "SUCCESS"), (receipt.GetProperty("batchRequestType").GetString(), receipt.Statuses().Single()));
        Assert.Equal(404, (await scene.GetAsync($"product/sellers/{{s}}/product/{Barcode}")).Status);
    }

    [Fact]
    public async Task Checklist_08_a_product_that_is_not_approved_is_deleted_any_time_and_a_stopped_one_never()
    {
        await using var scene = await OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product("pending"), Product("rejected")));
        scene.Sandbox.Review(new() { Barcode = "rejected", Approved = false });
        await scene.DoneAsync(ArchiveAsync(scene));
        scene.Sandbox.Mark(new() { Barcode = Barcode, Blacklisted = true });

        foreach (var barcode in new[] { "pending", "rejected" })
            Assert.Equal(["SUCCESS"], (await scene.DoneAsync(DeleteAsync(scene, barcode))).Statuses());
        scene.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Contains("durduruldu", (await scene.DoneAsync(DeleteAsync(scene))).Failure(), StringComparison.Ordinal);
        Assert.Equal(0, (await scene.GetAsync($"{Products}/unapproved")).Body.GetProperty("totalElements").GetInt32());
        Assert.Equal(1, await CountAsync(scene, "blacklisted"));
    }

    [Fact]
    public async Task A_lock_takes_a_product_off_sale_until_it_is_unlocked()
    {
        await using var scene = await OpenAsync();
        scene.Sandbox.Mark(new() { Barcode = Barcode, LockReason = "Fiyat" });
        Assert.Equal((1, 0), (await CountAsync(scene, "locked"), await CountAsync(scene, "onSale")));

        var receipt = await scene.DoneAsync(scene.CallAsync(HttpMethod.Put, $"{Products}/unlock", Body(new JsonObject { ["barcode"] = Barcode }, new JsonObject { ["barcode"] = "nobody" })));

        Assert.Equal("ProductUnlockUpdate", receipt.GetProperty("batchRequestType").GetString());
        Assert.Equal(["SUCCESS", "FAILED"], receipt.Statuses());
        Assert.Equal((0, 1), (await CountAsync(scene, "locked"), await CountAsync(scene, "onSale")));
    }

    [Fact]
    public async Task The_buybox_tells_who_is_first_for_ten_barcodes_and_is_silent_about_strangers()
    {
        await using var scene = await OpenAsync();
        scene.List("alone");
        scene.Sandbox.Mark(new() { Barcode = Barcode, RivalPrice = 199.90m });

        var body = (await scene.CallAsync(HttpMethod.Post, $"{Products}/buybox-information", $$"""{"barcodes":["{{Barcode}}","alone","nobody"]}""")).Body;

        Assert.Equal([(Barcode, 2, 199.90m, true), ("alone", 1, 249.90m, false)], body.GetProperty("buyboxInfo").EnumerateArray().Select(info => (
            info.GetProperty("barcode").GetString()!, info.GetProperty("buyboxOrder").GetInt32(), info.GetProperty("buyboxPrice").GetDecimal(), info.GetProperty("hasMultipleSeller").GetBoolean())));
        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, $"{Products}/buybox-information", $$"""{"barcodes":[{{string.Join(',', Enumerable.Range(0, 11).Select(i => $"\"{i}\""))}}]}""")).Status);
        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, $"{Products}/buybox-information", "{}")).Status);
    }
}
