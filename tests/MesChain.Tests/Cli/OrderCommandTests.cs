using System.Text.Json;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Cli;

/// <summary>What is done with an order's packages by command, against the real server and its sandbox.</summary>
public sealed class OrderCommandTests : IAsyncLifetime
{
    LiveShop _shop = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await LiveShop.OpenAsync(Engine.Sqlite);
        _shell = Shell.Of(_shop.Server);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_order_is_shown_and_its_package_picked_and_invoiced_by_command()
    {
        var placed = await _shop.SellAsync(2);
        var shown = await _shell.RunAsync("sync", "order", "show", placed.OrderNumber);
        Assert.Matches($"│ {placed.PackageId} +│ new +│ – ", shown.Output);
        Assert.Contains("259.80 TRY", shown.Output, StringComparison.Ordinal);

        var picked = await _shell.RunAsync("sync", "order", "pick", placed.OrderNumber);
        Assert.Equal((0, ""), (picked.Code, picked.Error));
        await _shop.SeenAsync("order.changed");
        Assert.Matches($"│ {placed.PackageId} +│ picking +│ – ", (await _shell.RunAsync("sync", "order", "show", placed.OrderNumber)).Output);
        Assert.Contains("PACKAGE_STATUS", (await _shell.RunAsync("sync", "order", "pick", placed.OrderNumber)).Error, StringComparison.Ordinal);

        var number = await _shell.RunAsync("sync", "order", "invoice", placed.OrderNumber, "https://shop.example/1.pdf", "--invoice-number", "1");
        Assert.Contains("invoice.number", number.Error, StringComparison.Ordinal);
        var invoiced = await _shell.RunAsync("sync", "order", "invoice", placed.OrderNumber, "https://shop.example/1.pdf", "--invoice-number", "ABC2026000000001", "--issued", "2026-11-24T10:00:00+03:00", "--json");
        Assert.Equal(0, invoiced.Code);
        var order = JsonDocument.Parse(invoiced.Output).RootElement;
        Assert.Equal("invoice", order.GetProperty("packages")[0].GetProperty("pending_action").GetString());
        Assert.Equal(JsonValueKind.Null, order.TryGetProperty("buyer", out var buyer) ? buyer.ValueKind : JsonValueKind.Null);
        await _shop.SeenAsync("order.changed", times: 2);
    }

    [Fact]
    public async Task AC16_A_rate_that_nobody_said_is_shown_as_unknown_and_never_as_none()
    {
        var known = await _shop.SellAsync(1);
        var placed = _shop.Server.Services.GetRequiredService<TrendyolSandbox>().PlaceOrder(new() { Lines = [new() { Barcode = known.Lines[0].Barcode, Quantity = 1, OmitVatRate = true }] });
        await _shop.SeenAsync("order.new", times: 2);

        Assert.Contains("│ 20 % │", (await _shell.RunAsync("sync", "order", "show", known.OrderNumber)).Output, StringComparison.Ordinal);
        var shown = (await _shell.RunAsync("sync", "order", "show", placed.OrderNumber)).Output;
        Assert.Contains("│ unknown │", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 %", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("vat_basis_points", (await _shell.RunAsync("sync", "order", "show", placed.OrderNumber, "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("[VAT_UNKNOWN]", (await _shell.RunAsync("sync", "order", "invoice", placed.OrderNumber, "https://shop.example/2.pdf")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_happened_to_a_variant_and_an_order_is_told_by_command()
    {
        var placed = await _shop.SellAsync(2);
        var variant = await _shell.RunAsync("sync", "timeline", "--variant", "v1");
        Assert.Equal((0, ""), (variant.Code, variant.Error));
        Assert.Matches("offer\\.sent +│ Trendyol +│ 8690000000012 +│ outcome ok, quantity 10, version ", variant.Output);
        Assert.Matches($"order\\.new +│ Trendyol +│ {placed.OrderNumber} ", variant.Output);
        Assert.Contains("delta 10, on_hand 10", variant.Output, StringComparison.Ordinal);

        var order = await _shell.RunAsync("sync", "timeline", "--order", placed.OrderNumber, "--json");
        Assert.Equal("order.new", JsonDocument.Parse(order.Output).RootElement[0].GetProperty("kind").GetString());
        Assert.Contains("connection.changed", (await _shell.RunAsync("sync", "timeline", "--connection", "Trendyol")).Output, StringComparison.Ordinal);
        Assert.Equal("Nothing happened to it in that time.\n", (await _shell.RunAsync("sync", "timeline", "--variant", "v1", "--until", "2020-01-01T00:00:00Z")).Output);
        Assert.Equal(2, (await _shell.RunAsync("sync", "timeline")).Code);
        Assert.Contains("UNKNOWN_RESOURCE", (await _shell.RunAsync("sync", "timeline", "--order", "9")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_goes_to_a_file_of_ones_own_and_never_over_another_unasked()
    {
        var placed = await _shop.SellAsync(1);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.Contains("LABEL_REFUSED", (await _shell.RunAsync("sync", "order", "label", placed.OrderNumber, "--to", path)).Error, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
            await _shell.RunAsync("sync", "order", "invoice", placed.OrderNumber, "https://shop.example/1.pdf");
            await _shop.SeenAsync("order.changed");

            var written = await _shell.RunAsync("sync", "order", "label", placed.OrderNumber, "--to", path, "--boxes", "2");
            Assert.Equal((0, ""), (written.Code, written.Error));
            Assert.Contains("2 labels", written.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("^XA", written.Output, StringComparison.Ordinal);
            var labels = await File.ReadAllLinesAsync(path);
            Assert.Equal(2, labels.Count(line => line.StartsWith("^XA", StringComparison.Ordinal)));
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

            await File.WriteAllTextAsync(path, "mine");
            var there = await _shell.RunAsync("sync", "order", "label", placed.OrderNumber, "--to", path);
            Assert.Equal((2, "mine"), (there.Code, await File.ReadAllTextAsync(path)));
            Assert.Contains("--force", there.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await _shell.RunAsync("sync", "order", "label", placed.OrderNumber, "--to", path, "--force", "--json")).Code);
            Assert.Equal(labels, await File.ReadAllLinesAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Units_are_taken_out_by_command_and_what_is_meant_must_be_clear()
    {
        var placed = await _shop.SellAsync(3);
        var line = JsonDocument.Parse((await _shell.RunAsync("sync", "order", "show", placed.OrderNumber, "--json")).Output).RootElement.GetProperty("lines")[0].GetProperty("line_id").GetString();
        Assert.Equal("There is no order 0.", (await _shell.RunAsync("sync", "order", "pick", "0")).Error.Trim());
        Assert.Contains("has no package 7", (await _shell.RunAsync("sync", "order", "pick", placed.OrderNumber, "--package", "7")).Error, StringComparison.Ordinal);
        Assert.Contains("has no line 9", (await _shell.RunAsync("sync", "order", "unsupply", placed.OrderNumber, "OutOfStock", "--line", "9=1")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _shell.RunAsync("sync", "order", "unsupply", placed.OrderNumber, "OutOfStock", "--line", line + "=x")).Code);
        Assert.Equal(2, (await _shell.RunAsync("sync", "order", "ship", placed.OrderNumber)).Code);
        Assert.Contains("PACKAGE_UNITS", (await _shell.RunAsync("sync", "order", "split", placed.OrderNumber, "--part", line + "=4")).Error, StringComparison.Ordinal);

        Assert.Equal(0, (await _shell.RunAsync("sync", "order", "cancel", placed.OrderNumber, "OutOfStock", "--line", line + "=1")).Code);
        await _shop.SeenAsync("order.changed");
    }
}
