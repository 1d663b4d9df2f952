using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>What Trendyol owes and takes, against the sandbox over real HTTP.</summary>
public sealed class TrendyolStatementTests : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync();
        _stage.List(Barcode, 10_000, 249_90);
    }

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IStatementSource Source => _stage.Can<IStatementSource>();

    async Task<List<StatementEntry>> ReadAsync(TimeSpan window)
    {
        List<StatementEntry> all = [];
        string? cursor = null;
        var now = _stage.Clock.GetUtcNow();
        do
        {
            var page = await Source.ReadStatementAsync(_stage.Access, now - window, now, cursor, Cancel);
            all.AddRange(page.Entries);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return all;
    }

    [Fact]
    public async Task Sales_returns_and_deductions_are_told_to_the_kurus()
    {
        var id = _stage.Deliver(Barcode, 2);
        var claim = _stage.Sandbox.PlaceClaim(new() { PackageId = id, Barcode = Barcode, Quantity = 1 });
        await _stage.Can<IClaimActions>().AcceptClaimAsync(_stage.Access, claim.ClaimId, claim.ItemIds.ToArray(), Cancel);
        _stage.Sandbox.Book(new() { Type = "DeductionInvoices", Amount = -49.99m, Description = "Kargo faturası" });
        var package = await _stage.ReadAsync(id);

        var entries = await ReadAsync(TimeSpan.FromDays(1));

        Assert.Equal([StatementKind.Sale, StatementKind.Sale, StatementKind.Return, StatementKind.Other], entries.Select(entry => entry.Kind));
        var sale = entries[0];
        Assert.Equal((249_90L, 0L, 32_49L, 217_41L), (sale.CreditMinor, sale.DebitMinor, sale.CommissionMinor, sale.RevenueMinor));
        Assert.Equal((package.OrderNumber, package.PackageId, Barcode, _stage.Clock.GetUtcNow()), (sale.OrderNumber, sale.PackageId, sale.Barcode, sale.BookedAt));
        Assert.Equal(DayOfWeek.Wednesday, sale.PaymentAt!.Value.DayOfWeek);
        Assert.Equal((0L, 249_90L), (entries[2].CreditMinor, entries[2].DebitMinor));
        Assert.Equal((0L, 49_99L, "DeductionInvoices", "Kargo faturası"), (entries[3].CreditMinor, entries[3].DebitMinor, entries[3].KindText, entries[3].Text));
        Assert.Equal(4, entries.Select(entry => entry.EntryId).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Nothing_is_booked_before_delivery()
    {
        _stage.Sell(Barcode, 1);

        Assert.Empty(await ReadAsync(TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task More_entries_than_a_page_holds_are_all_read()
    {
        _stage.Deliver(Barcode, 501);

        Assert.Equal(501, (await ReadAsync(TimeSpan.FromDays(1))).Count);
        Assert.Equal(3, _stage.Sandbox.Calls().Count(call => call.Endpoint is "settlements" or "otherfinancials"));
    }

    [Fact] // 4
    public async Task Checklist_04_a_statement_of_more_than_fifteen_days_is_not_asked_for()
    {
        Assert.Empty(await ReadAsync(Source.StatementWindowMax));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(Source.StatementWindowMax + TimeSpan.FromSeconds(1)));
        Assert.DoesNotContain(_stage.Sandbox.Calls(), call => call.Status == 400);
    }

    [Fact] // 3
    public async Task Checklist_03_statements_are_held_back_here_at_a_hundred_a_minute()
    {
        var now = _stage.Clock.GetUtcNow();
        for (var i = 0; i < 100; i++)
        {
            if (i == 50)
                _stage.Clock.Advance(TimeSpan.FromSeconds(11));
            await Source.ReadStatementAsync(_stage.Access, now - TimeSpan.FromDays(1), now, null, Cancel);
        }

        _stage.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(FaultKind.Throttled, (await TrendyolRehearsal.FaultOfAsync(Source.ReadStatementAsync(_stage.Access, now - TimeSpan.FromDays(1), now, null, Cancel))).Kind);
        await Source.ReadStatementAsync(_stage.Access, now - TimeSpan.FromDays(1), now, "otherfinancials:0", Cancel);
    }
}
