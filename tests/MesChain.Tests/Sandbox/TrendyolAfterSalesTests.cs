using System.Text.Json;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>Claims and questions as a bare client sees them.</summary>
public sealed class TrendyolAfterSalesTests
{
    const string Claims = "order/sellers/{s}/claims";
    const string Questions = "qna/sellers/{s}/questions";

    static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List(quantity: 1000);
        return scene;
    }

    static PlacedClaim Claim(TrendyolScene scene, int quantity = 1, string status = "WaitingInAction")
    {
        var order = scene.Order(quantity);
        foreach (var step in new[] { "Picking", "Shipped", "Delivered" })
            scene.Sandbox.AdvancePackage(new() { PackageId = order.PackageId, Status = step });
        return scene.Sandbox.PlaceClaim(new() { PackageId = order.PackageId, Barcode = TrendyolScene.Barcode, Status = status });
    }

    static async Task<int> ApproveAsync(TrendyolScene scene, string claimId, params string[] items) =>
        (await scene.CallAsync(HttpMethod.Put, $"{Claims}/{claimId}/items/approve", $$$"""{"claimLineItemIdList":{{{JsonSerializer.Serialize(items)}}},"params":{}}""")).Status;

    static async Task<int> RejectAsync(TrendyolScene scene, PlacedClaim claim, int reason, string text = "Kutu+a%C3%A7%C4%B1lm%C4%B1%C5%9F") =>
        (await scene.CallAsync(HttpMethod.Post, $"{Claims}/{claim.ClaimId}/issue?claimIssueReasonId={reason}&claimItemIdList={string.Join(',', claim.ItemIds)}&description={text}")).Status;

    static async Task<List<string>> StatesAsync(TrendyolScene scene) =>
        [.. (await scene.GetAsync(Claims)).Body.GetProperty("content").EnumerateArray()
            .SelectMany(claim => claim.GetProperty("items").EnumerateArray())
            .SelectMany(line => line.GetProperty("claimItems").EnumerateArray())
            .Select(item => item.GetProperty("claimItemStatus").GetProperty("name").GetString()!)];

    [Theory] // 13
    [InlineData("Created", 409)]
    [InlineData("WaitingFraudCheck", 409)]
    [InlineData("WaitingInAction", 200)]
    public async Task Checklist_13_the_seller_acts_only_while_it_is_waited_for(string status, int answer)
    {
        await using var scene = await OpenAsync();
        var claim = Claim(scene, 2, status);

        Assert.Equal(answer, await ApproveAsync(scene, claim.ClaimId, claim.ItemIds[0]));
        Assert.Equal([answer == 200 ? "Accepted" : status, status], await StatesAsync(scene));
    }

    [Fact] // 13
    public async Task Checklist_13_removed_reasons_and_the_late_one_are_errors()
    {
        await using var scene = await OpenAsync(new() { RateLimits = false });
        var claim = Claim(scene);

        foreach (var removed in new[] { 251, 1701, 1751, 2201, 2001, 2151 })
            Assert.Equal(400, await RejectAsync(scene, claim, removed));
        Assert.Equal(400, await RejectAsync(scene, claim, 51, ""));
        scene.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(400, await RejectAsync(scene, claim, 1651));
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await RejectAsync(scene, claim, 1651));
        Assert.Equal(["InAnalysis"], await StatesAsync(scene));
    }

    [Fact] // 13
    public async Task Checklist_13_one_wrong_item_and_no_item_is_decided()
    {
        await using var scene = await OpenAsync();
        var claim = Claim(scene, 2);

        Assert.Equal(400, await ApproveAsync(scene, claim.ClaimId, claim.ItemIds[0], "none"));
        Assert.Equal(400, await ApproveAsync(scene, claim.ClaimId));
        Assert.Equal(404, await ApproveAsync(scene, "none", claim.ItemIds[0]));
        Assert.Equal(["WaitingInAction", "WaitingInAction"], await StatesAsync(scene));
    }

    [Fact] // 3, 13
    public async Task Checklist_13_the_sixth_decision_of_a_minute_is_429()
    {
        await using var scene = await OpenAsync();
        for (var i = 0; i < 5; i++)
            Assert.Equal(404, await ApproveAsync(scene, "none", "x"));

        Assert.Equal(429, await ApproveAsync(scene, "none", "x"));
        Assert.Equal(400, await RejectAsync(scene, Claim(scene), 7));
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(404, await ApproveAsync(scene, "none", "x"));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task The_dates_of_claims_mean_what_the_switch_says(bool byChange, int found)
    {
        await using var scene = await OpenAsync(new() { ClaimsByChange = byChange });
        var claim = Claim(scene);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await ApproveAsync(scene, claim.ClaimId, claim.ItemIds[0]);

        var from = (scene.Clock.GetUtcNow() - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds();
        Assert.Equal(found, (await scene.GetAsync($"{Claims}?startDate={from}")).Body.GetProperty("totalElements").GetInt32());
        Assert.Equal(400, (await scene.GetAsync($"{Claims}?size=201")).Status);
    }

    [Fact]
    public async Task Only_what_was_delivered_can_be_given_back_and_only_once()
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(2);
        Assert.Equal(409, Assert.Throws<SandboxRefusal>(() => scene.Sandbox.PlaceClaim(new() { PackageId = order.PackageId, Barcode = TrendyolScene.Barcode })).Status);
        foreach (var step in new[] { "Picking", "Shipped", "Delivered" })
            scene.Sandbox.AdvancePackage(new() { PackageId = order.PackageId, Status = step });

        Assert.Single(scene.Sandbox.PlaceClaim(new() { PackageId = order.PackageId, Barcode = TrendyolScene.Barcode, Quantity = 1 }).ItemIds);
        Assert.Equal(400, Assert.Throws<SandboxRefusal>(() => scene.Sandbox.PlaceClaim(new() { PackageId = order.PackageId, Barcode = TrendyolScene.Barcode, Quantity = 2 })).Status);
    }

    [Fact] // 14
    public async Task Checklist_14_a_window_of_more_than_two_weeks_is_cut_silently()
    {
        await using var scene = await OpenAsync();
        scene.Sandbox.Ask(new() { Barcode = TrendyolScene.Barcode, Text = "Birinci" });
        var start = scene.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        scene.Clock.Advance(TimeSpan.FromDays(14) + TimeSpan.FromSeconds(1));
        scene.Sandbox.Ask(new() { Barcode = TrendyolScene.Barcode, Text = "İkinci" });
        var end = scene.Clock.GetUtcNow().ToUnixTimeMilliseconds();

        async Task<string> TextsAsync(string query) =>
            string.Join(' ', (await scene.GetAsync($"{Questions}/filter{query}")).Body.GetProperty("content").EnumerateArray().Select(question => question.GetProperty("text").GetString()));
        Assert.Equal("Birinci", await TextsAsync($"?startDate={start}&endDate={end}"));
        Assert.Equal("İkinci", await TextsAsync($"?startDate={start + 1000}&endDate={end}"));
        Assert.Equal("İkinci", await TextsAsync(""));
    }

    [Theory] // 14
    [InlineData("kısa", 400)]
    [InlineData("tam on har", 200)]
    public async Task Checklist_14_answers_have_a_length(string text, int status)
    {
        await using var scene = await OpenAsync();
        var id = scene.Sandbox.Ask(new() { Barcode = TrendyolScene.Barcode, Text = "Var mı?" }).QuestionId;

        Assert.Equal(status, (await scene.CallAsync(HttpMethod.Post, $"{Questions}/{id}/answers", JsonSerializer.Serialize(new { text }))).Status);
        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, $"{Questions}/{id}/answers", JsonSerializer.Serialize(new { text = new string('a', 2001) }))).Status);
    }

    [Theory]
    [InlineData(50, 51, 400)]
    [InlineData(200, 51, 200)]
    public async Task A_page_of_questions_is_as_large_as_the_switch_says(int max, int size, int status)
    {
        await using var scene = await OpenAsync(new() { QuestionPageMax = max });

        Assert.Equal(status, (await scene.GetAsync($"{Questions}/filter?size={size}")).Status);
    }
}
