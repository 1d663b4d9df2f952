using System.Net.Http.Json;

namespace MesChain.Cli.Demo;

/// <summary>Plays the marketplace's side through the sandbox's control API: lists items and buys them.</summary>
sealed class SandboxControl(Uri http, TimeSpan timeout) : IDisposable
{
    readonly HttpClient _client = new(new SocketsHttpHandler()) { BaseAddress = new Uri(http, "/_sandbox/trendyol/"), Timeout = timeout };

    public async Task PutItemsAsync(SandboxItems items, CancellationToken cancel)
    {
        using var answer = await _client.PostAsJsonAsync("items", items, DemoJson.Default.SandboxItems, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Answers the order's number; null when there was not enough in stock.</summary>
    public async Task<string?> PlaceOrderAsync(SandboxOrder order, CancellationToken cancel)
    {
        using var answer = await _client.PostAsJsonAsync("orders", order, DemoJson.Default.SandboxOrder, cancel);
        if (answer.StatusCode == System.Net.HttpStatusCode.Conflict)
            return null;
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(DemoJson.Default.PlacedSandboxOrder, cancel))!.OrderNumber;
    }

    public void Dispose() => _client.Dispose();
}

sealed record SandboxItems(IReadOnlyList<SandboxItem> Items);

sealed record SandboxItem(string Barcode, string Title, int Quantity, decimal Price, int VatRate, string StockCode);

sealed record SandboxOrder(IReadOnlyList<SandboxOrderLine> Lines);

sealed record SandboxOrderLine(string Barcode, int Quantity);

sealed record PlacedSandboxOrder(string OrderNumber);
