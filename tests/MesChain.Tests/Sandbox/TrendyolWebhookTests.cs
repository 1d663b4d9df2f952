using System.Text.Json;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sandbox;

/// <summary>Webhooks and money as a bare client sees them.</summary>
public sealed class TrendyolWebhookTests
{
    const string Hooks = "webhook/sellers/{s}/webhooks";
    const string Finance = "finance/che/sellers/{s}";

    static string Body(string url = "https://shop.example/hooks", string rest = """ "authenticationType":"API_KEY","apiKey":"k","subscribedStatuses":["CREATED"] """) =>
        $$"""{"url":"{{url}}",{{rest}}}""";

    static async Task<string> TextAsync((int Status, JsonElement Body, HttpResponseMessage Raw) answer) =>
        await answer.Raw.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    [Theory] // 15
    [InlineData("https://shop.example/hooks", """ "authenticationType":"API_KEY","apiKey":"k" """, 200)]
    [InlineData("https://shop.example/hooks", """ "authenticationType":"BASIC_AUTHENTICATION","username":"u","password":"p","subscribedStatuses":[] """, 200)]
    [InlineData("https://shop.example/hooks", """ "authenticationType":"API_KEY" """, 400)]
    [InlineData("https://shop.example/hooks", """ "authenticationType":"BASIC_AUTHENTICATION","username":"u" """, 400)]
    [InlineData("https://shop.example/hooks", """ "authenticationType":"HMAC","apiKey":"k" """, 400)]
    [InlineData("https://shop.example/hooks", """ "authenticationType":"API_KEY","apiKey":"k","subscribedStatuses":["Created"] """, 400)]
    [InlineData("https://my-Trendyol.example/hooks", """ "authenticationType":"API_KEY","apiKey":"k" """, 400)]
    [InlineData("https://shop.example/dolap", """ "authenticationType":"API_KEY","apiKey":"k" """, 400)]
    [InlineData("https://LOCALHOST/hooks", """ "authenticationType":"API_KEY","apiKey":"k" """, 400)]
    [InlineData("shop.example", """ "authenticationType":"API_KEY","apiKey":"k" """, 400)]
    public async Task Checklist_15_a_webhook_has_an_address_without_certain_words_and_a_proof(string url, string rest, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(status, (await scene.CallAsync(HttpMethod.Post, Hooks, Body(url, rest))).Status);
        Assert.Equal(status == 200, (await TextAsync(await scene.GetAsync(Hooks))).Contains("ACTIVE", StringComparison.Ordinal));
    }

    [Fact] // 15
    public async Task Checklist_15_the_list_is_bare_and_tells_no_secret()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var id = (await scene.CallAsync(HttpMethod.Post, Hooks, Body(rest: """ "authenticationType":"BASIC_AUTHENTICATION","username":"u","password":"geheim" """))).Body.GetProperty("id").GetString();

        var list = await TextAsync(await scene.GetAsync(Hooks));

        Assert.StartsWith("[", list, StringComparison.Ordinal);
        Assert.Contains(id!, list, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", list, StringComparison.Ordinal);
        var done = await scene.CallAsync(HttpMethod.Put, $"{Hooks}/{id}/deactivate");
        Assert.Equal(("200 OK", "text/plain"), (await TextAsync(done), done.Raw.Content.Headers.ContentType!.MediaType));
        Assert.Contains("PASSIVE", await TextAsync(await scene.GetAsync(Hooks)), StringComparison.Ordinal);
        Assert.Equal(200, (await scene.CallAsync(HttpMethod.Delete, $"{Hooks}/{id}")).Status);
        Assert.Equal(404, (await scene.CallAsync(HttpMethod.Delete, $"{Hooks}/{id}")).Status);
        Assert.Equal("[]", await TextAsync(await scene.GetAsync(Hooks)));
    }

    [Fact] // 15
    public async Task Checklist_15_the_sixteenth_is_400()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        for (var i = 0; i < 15; i++)
            Assert.Equal(200, (await scene.CallAsync(HttpMethod.Post, Hooks, Body())).Status);

        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, Hooks, Body())).Status);
    }

    [Fact] // 15
    public async Task Checklist_15_the_whole_page_is_sent_as_it_was_when_the_status_changed()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await using var door = await HookReceiver.OpenAsync();
        using var sender = new TrendyolWebhookSender(scene.Sandbox);
        scene.List();
        await scene.CallAsync(HttpMethod.Post, Hooks, Body(door.Address.AbsoluteUri, """ "authenticationType":"API_KEY","apiKey":"k" """));
        var order = scene.Order();
        await scene.StepAsync(order, "Picking");
        var read = (await scene.GetAsync("order/sellers/{s}/orders/stream")).Body.GetProperty("content")[0].GetRawText();

        Assert.Equal(2, await sender.SendDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await sender.SendDueAsync(TestContext.Current.CancellationToken));

        var pages = door.Received.Select(call => JsonDocument.Parse(call.Body).RootElement).ToList();
        Assert.Equal(["Created", "Picking"], pages.Select(page => page.GetProperty("content")[0].GetProperty("status").GetString()));
        Assert.Equal(read, pages[1].GetProperty("content")[0].GetRawText());
        Assert.Equal(1, pages[0].GetProperty("totalElements").GetInt32());
    }

    [Fact] // 15
    public async Task Checklist_15_a_sender_that_is_stopped_leaves_its_calls_owed()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await using var door = await HookReceiver.OpenAsync();
        using var sender = new TrendyolWebhookSender(scene.Sandbox);
        scene.List();
        await scene.CallAsync(HttpMethod.Post, Hooks, Body(door.Address.AbsoluteUri));
        scene.Order();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendDueAsync(new CancellationToken(canceled: true)));
        Assert.Empty(door.Received);
        Assert.Equal(1, await sender.SendDueAsync(TestContext.Current.CancellationToken));
        Assert.Single(door.Received);
    }

    [Fact]
    public async Task Calls_that_nobody_takes_do_not_grow_without_end()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.List();
        await scene.CallAsync(HttpMethod.Post, Hooks, Body());
        for (var i = 0; i <= TrendyolWebhooks.OwedKept; i++)
            scene.Sandbox.PlaceOrder(new() { Force = true, Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 1 }] });

        Assert.Equal(TrendyolWebhooks.OwedKept, scene.Sandbox.With("", seller => seller.Owed.Count));
    }

    [Fact] // 15
    public async Task Checklist_15_the_loop_sends_by_itself_from_the_first_webhook_on()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await using var door = await HookReceiver.OpenAsync();
        using var loop = new TrendyolWebhookLoop(scene.Sandbox, scene.Clock);
        await loop.StartAsync(TestContext.Current.CancellationToken);
        scene.List();
        await scene.CallAsync(HttpMethod.Post, Hooks, Body(door.Address.AbsoluteUri));
        scene.Order();

        while (door.Received.Count == 0)
        {
            scene.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await loop.StopAsync(TestContext.Current.CancellationToken);
        Assert.Single(door.Received);
    }

    [Theory] // 4
    [InlineData("settlements?transactionType=Sale&startDate={-15d}&endDate={0}", 200)]
    [InlineData("settlements?transactionTypes=Sale,Return&startDate={-15d}&endDate={0}&size=1000", 200)]
    [InlineData("settlements?transactionType=Sale&startDate={-16d}&endDate={0}", 400)]
    [InlineData("settlements?transactionType=Sale", 400)]
    [InlineData("settlements?startDate={-15d}&endDate={0}", 400)]
    [InlineData("settlements?transactionType=PaymentOrder&startDate={-15d}&endDate={0}", 400)]
    [InlineData("settlements?transactionType=Sale&startDate={-15d}&endDate={0}&size=200", 400)]
    [InlineData("otherfinancials?transactionType=PaymentOrder&startDate={-15d}&endDate={0}", 200)]
    [InlineData("otherfinancials?transactionType=Sale&startDate={-15d}&endDate={0}", 400)]
    public async Task Checklist_04_statements_keep_to_their_window_and_kinds(string query, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        string At(int days) => (scene.Clock.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        query = query.Replace("{-15d}", At(15), StringComparison.Ordinal).Replace("{-16d}", At(16), StringComparison.Ordinal).Replace("{0}", At(0), StringComparison.Ordinal);

        Assert.Equal(status, (await scene.GetAsync($"{Finance}/{query}")).Status);
    }
}
