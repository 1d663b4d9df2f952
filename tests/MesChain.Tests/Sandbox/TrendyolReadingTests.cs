using System.Text.Json;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>Reading orders as a bare client does it: depth, order, and what happens between two pages.</summary>
public sealed class TrendyolReadingTests
{
    const string Pages = "order/sellers/{s}/v2/orders";
    const string Stream = "order/sellers/{s}/orders/stream";

    static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List(quantity: 1000);
        return scene;
    }

    static async Task<List<string>> IdsAsync(TrendyolScene scene, string path) =>
        [.. (await scene.GetAsync(path)).Body.GetProperty("content").EnumerateArray().Select(package => package.GetProperty("shipmentPackageId").GetRawText())];

    static string Between(TrendyolScene scene, string start, string end, double from, double to)
    {
        long At(double days) => (scene.Clock.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        return FormattableString.Invariant($"{start}={At(from)}&{end}={At(to)}");
    }

    [Theory] // 9
    [InlineData(29, 1, 1)]
    [InlineData(31, 0, 1)]
    [InlineData(89, 0, 1)]
    [InlineData(91, 0, 0)]
    public async Task Checklist_09_pages_reach_back_a_month_and_the_stream_three(int days, int paged, int streamed)
    {
        await using var scene = await OpenAsync();
        scene.Order();
        scene.Clock.Advance(TimeSpan.FromDays(days));

        Assert.Equal(paged, (await IdsAsync(scene, $"{Pages}?{Between(scene, "startDate", "endDate", days + 1, days - 1)}")).Count);
        Assert.Equal(streamed, (await IdsAsync(scene, $"{Stream}?{Between(scene, "lastModifiedStartDate", "lastModifiedEndDate", days + 1, days - 1)}")).Count);
    }

    [Fact] // 9
    public async Task Checklist_09_a_package_that_changes_between_two_pages_stands_on_both_and_pushes_none_out()
    {
        await using var scene = await OpenAsync();
        List<PlacedOrder> orders = [];
        for (var i = 0; i < 4; i++)
        {
            orders.Add(scene.Order());
            scene.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var query = $"{Pages}?size=2&orderByField=PackageLastModifiedDate&orderByDirection=DESC";
        var first = await IdsAsync(scene, query);
        scene.Sandbox.AdvancePackage(new() { PackageId = orders[0].PackageId, Status = "Picking" });
        var second = await IdsAsync(scene, $"{query}&page=1");

        Assert.Equal([orders[3].PackageId, orders[2].PackageId], first);
        Assert.Equal([orders[2].PackageId, orders[1].PackageId], second);
        Assert.Equal([orders[0].PackageId, orders[3].PackageId], await IdsAsync(scene, query));
    }

    [Fact] // 9
    public async Task Checklist_09_packages_of_one_instant_keep_their_order_from_page_to_page()
    {
        await using var scene = await OpenAsync();
        var orders = Enumerable.Range(0, 6).Select(_ => scene.Order().PackageId).ToList();

        List<string> paged = [];
        for (var page = 0; page < 3; page++)
            paged.AddRange(await IdsAsync(scene, FormattableString.Invariant($"{Pages}?size=2&page={page}&orderByField=PackageLastModifiedDate&orderByDirection=ASC")));

        Assert.Equal(orders, paged);
        Assert.Empty(await IdsAsync(scene, $"{Pages}?size=2&page=3"));
    }

    [Fact] // 9
    public async Task Checklist_09_pages_beyond_the_window_are_counted_but_not_served()
    {
        await using var scene = await OpenAsync();
        for (var i = 0; i < 51; i++)
            scene.Order();

        var last = await scene.GetAsync($"{Pages}?size=1&page=50");

        Assert.Equal((200, 51), (last.Status, last.Body.GetProperty("totalPages").GetInt32()));
        Assert.Equal(400, (await scene.GetAsync($"{Pages}?size=1&page=10000")).Status);
        Assert.Equal(400, (await scene.GetAsync($"{Pages}?size=200&page=9223372036854775807")).Status);
    }

    [Fact] // 9
    public async Task Checklist_09_more_than_fifty_packages_are_not_asked_for_at_once()
    {
        await using var scene = await OpenAsync();
        string Ids(int count) => string.Join(',', Enumerable.Range(1, count));

        Assert.Equal(200, (await scene.GetAsync($"{Pages}?shipmentPackageIds={Ids(50)}")).Status);
        Assert.Equal(400, (await scene.GetAsync($"{Pages}?shipmentPackageIds={Ids(51)}")).Status);
    }

    [Fact] // 4
    public async Task Checklist_04_order_services_refuse_in_their_own_shape()
    {
        await using var scene = await OpenAsync();

        var (status, body, _) = await scene.GetAsync($"{Pages}?size=0");

        Assert.Equal(400, status);
        Assert.Equal(JsonValueKind.String, body.GetProperty("error").ValueKind);
        Assert.Equal(body.GetProperty("error").GetString(), body.GetProperty("message").GetString());
    }

    [Fact] // 17
    public async Task Checklist_17_new_orders_can_be_lost_for_a_while()
    {
        await using var scene = await OpenAsync();
        var seen = scene.Order().PackageId;
        scene.Sandbox.Set(new() { LoseNewOrders = true });
        var lost = scene.Order().PackageId;

        Assert.Equal([seen], await IdsAsync(scene, Stream));
        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        scene.Sandbox.Set(new());
        Assert.Equal([lost, seen], await IdsAsync(scene, Stream));
    }
}
