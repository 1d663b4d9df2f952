using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Sandbox;

/// <summary>The sandbox as a bare HTTP client sees it, without our adapter: what it does must not depend on how we read it.</summary>
public sealed class TrendyolScene : IAsyncDisposable
{
    public const string Barcode = "8690000000012";

    readonly TrendyolHost _host;
    readonly HttpClient _client;

    TrendyolScene(TrendyolHost host, FakeTimeProvider clock)
    {
        _host = host;
        Clock = clock;
        _client = new(host.NewHandler()) { BaseAddress = host.Address };
    }

    public FakeTimeProvider Clock { get; }

    public TrendyolSandbox Sandbox => _host.Sandbox;

    /// <summary>Null sends none.</summary>
    public string? UserAgent { get; set; } = "4321 - SelfIntegration";

    /// <summary>Null sends none.</summary>
    public string? Key { get; set; } = $"{TrendyolSandbox.DemoApiKey}:{TrendyolSandbox.DemoApiSecret}";

    public static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null, int seed = 1)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
        return new(await TrendyolHost.InProcessAsync(clock, seed, switches), clock);
    }

    public void List(string barcode = Barcode, int quantity = 10, decimal price = 249.90m, bool approved = true) =>
        Sandbox.PutItems(new() { Items = [new() { Barcode = barcode, Title = "Atkı", Quantity = quantity, Price = price, Approved = approved }] });

    public PlacedOrder Order(int quantity = 1, string status = "Created") =>
        Sandbox.PlaceOrder(new() { Status = status, Lines = [new() { Barcode = Barcode, Quantity = quantity }] });

    /// <summary>An address below <c>integration/</c>; <c>{s}</c> is the demo seller.</summary>
    public async Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> CallAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, "integration/" + path.Replace("{s}", TrendyolSandbox.DemoSellerId, StringComparison.Ordinal));
        if (UserAgent is not null)
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (Key is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

        var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default, response);
    }

    /// <summary>A form with texts and, when <paramref name="file"/> is not null, one file.</summary>
    public async Task<(int Status, string Text)> PostFormAsync(string path, IReadOnlyDictionary<string, string> texts, byte[]? file, string fileName = "fatura.pdf", string type = "application/pdf")
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, text) in texts)
            form.Add(new StringContent(text), name);
        if (file is not null)
            form.Add(new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue(type) } }, "file", fileName);

        using var request = new HttpRequestMessage(HttpMethod.Post, "integration/" + path.Replace("{s}", TrendyolSandbox.DemoSellerId, StringComparison.Ordinal)) { Content = form };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Key!)));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> GetAsync(string path) => CallAsync(HttpMethod.Get, path);

    public Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> PushAsync(string items) =>
        CallAsync(HttpMethod.Post, "inventory/sellers/{s}/products/price-and-inventory", $$"""{"items":[{{items}}]}""");

    /// <summary>Sends, and waits on the sandbox's own clock until the receipt is complete.</summary>
    public async Task<JsonElement> PushAndWaitAsync(string items)
    {
        var accepted = await PushAsync(items);
        Assert.Equal(200, accepted.Status);
        Clock.Advance(TimeSpan.FromSeconds(31));
        return (await ReceiptAsync(accepted.Body)).Body;
    }

    public Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> ReceiptAsync(JsonElement accepted) =>
        GetAsync($"product/sellers/{{s}}/products/batch-requests/{accepted.GetProperty("batchRequestId").GetString()}");

    public Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> StepAsync(PlacedOrder order, string status, int quantity = 1) =>
        CallAsync(HttpMethod.Put, $"order/sellers/{{s}}/shipment-packages/{order.PackageId}",
            $$"""{"lines":[{"lineId":{{order.Lines[0].LineId}},"quantity":{{quantity}}}],"params":{},"status":"{{status}}"}""");

    /// <summary>The control API.</summary>
    public async Task<(int Status, JsonElement Body)> ControlAsync(string path, object? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    public Task<string> PageAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }
}
