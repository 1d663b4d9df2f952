using System.Text.Json;
using MesChain.Cli;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Cli;

/// <summary>What is wrong and how things move, by command, against the real server and its sandbox.</summary>
public sealed class IssueCommandTests : IAsyncLifetime
{
    LiveShop _shop = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await LiveShop.OpenAsync(Engine.Sqlite);
        _shell = Shell.Of(_shop.Server);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    TrendyolSandbox Sandbox => _shop.Server.Services.GetRequiredService<TrendyolSandbox>();

    [Fact]
    public async Task An_issue_is_listed_with_its_cause_and_fix_shown_and_resolved_by_command()
    {
        await _shop.SellAsync(1);
        Assert.Equal("Nothing is wrong.", (await _shell.RunAsync("sync", "issues")).Output.Trim());
        SellTheUnknown();
        await _shop.SeenAsync("issue.opened");

        var listed = await _shell.RunAsync("sync", "issues");
        Assert.Matches("│ UNKNOWN_BARCODE_SOLD +│ 8690000000999 +│ 1 ", listed.Output);
        Assert.Contains("Link the barcode", listed.Output.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        var id = JsonDocument.Parse((await _shell.RunAsync("sync", "issues", "--json")).Output).RootElement[0].GetProperty("id").GetString()!;
        var shown = (await _shell.RunAsync("sync", "issue", "show", id)).Output;
        Assert.StartsWith("UNKNOWN_BARCODE_SOLD 8690000000999 (error, open)", shown, StringComparison.Ordinal);
        Assert.Contains("What to do: Link the barcode with its variant", shown, StringComparison.Ordinal);
        Assert.Contains("  order_number: ", shown, StringComparison.Ordinal);
        Assert.Equal("There is no issue 1.", (await _shell.RunAsync("sync", "issue", "show", "1")).Error.Trim());

        Assert.Contains("(error, resolved)", (await _shell.RunAsync("sync", "issue", "resolve", id)).Output, StringComparison.Ordinal);
        Assert.Equal("Nothing is wrong.", (await _shell.RunAsync("sync", "issues")).Output.Trim());
        Assert.Contains("UNKNOWN_BARCODE_SOLD (resolved)", (await _shell.RunAsync("sync", "issues", "--all")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_watches_is_told_what_opens_and_why()
    {
        await _shop.SellAsync(1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new Heard();
        var watching = CommandLine.RunAsync(
            ["sync", "issues", "--watch", "--server", _shop.Server.GrpcAddress.ToString(), "--key", _shop.Server.AdminKey], _ => null, output, new StringWriter(), end.Token);
        await output.SaysAsync("Nothing is wrong.");
        SellTheUnknown();
        await output.SaysAsync("opened UNKNOWN_BARCODE_SOLD 8690000000999");
        await output.SaysAsync("  A barcode was sold that is linked with no variant");
        await end.CancelAsync();
        Assert.Equal(0, await watching);
    }

    [Fact]
    public async Task Progress_is_watched_until_nothing_waits()
    {
        await _shop.SellAsync(1);
        // The sale moved the marketplace's number, which is read again first.
        Assert.Equal(0, (await _shell.RunAsync("sync", "progress", "--watch")).Code);
        Assert.Matches("│ Trendyol +│ live +│ 0 +│ 0 +│ 0 +│ 0 +│ 0 +│ 1 ", (await _shell.RunAsync("sync", "progress")).Output);

        Sandbox.Set(new() { ReceiptSecondsMin = 4, ReceiptSecondsMax = 4 });
        await new OfferService.OfferServiceClient(_shop.Channel).ReportStockAsync(new() { ShopSequence = 2, Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 5 } } });
        var said = await _shell.RunAsync("sync", "progress", "--watch");
        Assert.Equal(0, said.Code);
        Assert.EndsWith("nothing waits any more.", said.Output.Trim(), StringComparison.Ordinal);
        Assert.Matches("│ Trendyol +│ live +│ 0 +│ 0 +│ 0 +│ 0 +│ 0 +│ 1 ", (await _shell.RunAsync("sync", "progress")).Output);
    }

    [Fact]
    public async Task A_stopped_wave_is_shown_and_decided_by_the_number_that_was_seen()
    {
        await _shop.SellAsync(1);
        Assert.Equal(0, (await _shell.RunAsync("sync", "progress", "--watch")).Code);
        Assert.Equal("Nothing was stopped.", (await _shell.RunAsync("sync", "waves")).Output.Trim());
        // As the breaker leaves it.
        await _shop.Server.Db.WriteAsync(tx => tx.ExecuteAsync("update offers set stock_state = 'held', desired_qty = 0"), default);

        var shown = (await _shell.RunAsync("sync", "waves")).Output;
        Assert.Matches("│ Trendyol +│ 1 +│ 1 ", shown);
        Assert.Contains("meschain sync wave release 'Trendyol' 1. ", shown, StringComparison.Ordinal);
        Assert.Contains("REVISION_CONFLICT", (await _shell.RunAsync("sync", "wave", "release", "Trendyol", "2")).Error, StringComparison.Ordinal);
        Assert.StartsWith("1 offers of Trendyol stay on sale.", (await _shell.RunAsync("sync", "wave", "reject", "Trendyol", "1")).Output, StringComparison.Ordinal);
        Assert.Equal("Nothing waited any more.", (await _shell.RunAsync("sync", "wave", "release", "Trendyol", "1")).Output.Trim());
    }

    void SellTheUnknown()
    {
        Sandbox.PutItems(new() { Items = [new() { Barcode = "8690000000999", Title = "Keten Gömlek", Quantity = 3, Price = 649.90m }] });
        Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "8690000000999", Quantity = 1 }] });
    }

    /// <summary>What a command has said so far, and word of it when it says something.</summary>
    sealed class Heard : StringWriter
    {
        readonly SemaphoreSlim _line = new(0);

        public async Task SaysAsync(string text)
        {
            while (!Contains(text))
                await _line.WaitAsync(TestContext.Current.CancellationToken);
        }

        public override void WriteLine(string? value)
        {
            lock (_line)
                base.WriteLine(value);
            _line.Release();
        }

        bool Contains(string text)
        {
            lock (_line)
                return ToString().Contains(text, StringComparison.Ordinal);
        }
    }
}
