using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Labels and invoices, against the sandbox over real HTTP.</summary>
public sealed class TrendyolPaperTests
{
    const string Barcode = "8690000000012";
    const string Number = "ABC2026000000001";

    static readonly byte[] Pdf = "%PDF-1.7 deneme"u8.ToArray();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<TrendyolRehearsal> OpenAsync(TrendyolSwitches? switches = null)
    {
        var stage = await TrendyolRehearsal.OpenAsync(switches);
        stage.List(Barcode, 10_000, 249_90);
        return stage;
    }

    static InvoiceLink Link(string packageId, string file = "1.pdf", string number = Number) => new(packageId, new Uri($"https://shop.example/{file}"), number);

    static Task SendAsync(TrendyolRehearsal stage, InvoiceLink link) => stage.Can<IInvoiceTarget>().SendInvoiceLinkAsync(stage.Access, link, Cancel);

    static Task SendAsync(TrendyolRehearsal stage, InvoiceFile file) => stage.Can<IInvoiceTarget>().SendInvoiceFileAsync(stage.Access, file, Cancel);

    static Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call) => TrendyolRehearsal.FaultOfAsync(call);

    [Fact] // 12
    public async Task Checklist_12_an_invoice_is_received_then_accepted_and_cannot_be_sent_again()
    {
        await using var stage = await OpenAsync();
        var (one, two) = (stage.Sell(Barcode, 1), stage.Sell(Barcode, 1));
        Assert.Equal(InvoiceState.None, (await stage.ReadAsync(one)).Invoice.State);

        await SendAsync(stage, Link(one) with { IssuedAt = stage.Clock.GetUtcNow() });

        Assert.Equal(InvoiceState.Received, (await stage.ReadAsync(one)).Invoice.State);
        Assert.Equal((FaultKind.Rejected, FaultCodes.InvoiceAlreadySent), await FaultOfAsync(SendAsync(stage, Link(one, "2.pdf"))));
        Assert.Equal((FaultKind.Rejected, FaultCodes.InvoiceAlreadySent), await FaultOfAsync(SendAsync(stage, Link(two))));
        stage.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(InvoiceState.Accepted, (await stage.ReadAsync(one)).Invoice.State);
    }

    [Fact] // 12
    public async Task Checklist_12_a_rejected_invoice_says_why_and_gives_way_to_another()
    {
        await using var stage = await OpenAsync(new() { InvoiceFault = "INVOICE_TOTAL_MISMATCH" });
        var id = stage.Sell(Barcode, 1);
        await SendAsync(stage, Link(id));
        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        var invoice = (await stage.ReadAsync(id)).Invoice;
        Assert.Equal((InvoiceState.Rejected, "INVOICE_TOTAL_MISMATCH"), (invoice.State, Assert.Single(invoice.Faults)));

        stage.Sandbox.Set(new());
        await SendAsync(stage, Link(id, "2.pdf", "ABC2026000000002"));
        stage.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(InvoiceState.Accepted, (await stage.ReadAsync(id)).Invoice.State);
    }

    [Fact] // 12
    public async Task Checklist_12_a_number_that_another_package_has_is_rejected_afterwards()
    {
        await using var stage = await OpenAsync();
        var (one, two) = (stage.Sell(Barcode, 1), stage.Sell(Barcode, 1));
        await SendAsync(stage, Link(one));
        await SendAsync(stage, Link(two, "2.pdf"));

        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["INVOICE_NUMBER_ALREADY_EXISTS"], (await stage.ReadAsync(two)).Invoice.Faults);
    }

    [Fact] // 12
    public async Task Checklist_12_an_invoice_that_is_taken_back_can_be_sent_anew()
    {
        await using var stage = await OpenAsync();
        var id = stage.Sell(Barcode, 1);
        stage.Clock.Advance(TimeSpan.FromDays(20));
        await SendAsync(stage, Link(id));

        await stage.Can<IInvoiceTarget>().WithdrawInvoiceAsync(stage.Access, id, Cancel);

        Assert.Equal(InvoiceState.None, (await stage.ReadAsync(id)).Invoice.State);
        await SendAsync(stage, Link(id));
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(stage.Can<IInvoiceTarget>().WithdrawInvoiceAsync(stage.Access, "1", Cancel)));
    }

    [Theory]
    [InlineData("ABC2026000000001", true)]
    [InlineData("a1C2099123456789", true)]
    [InlineData("ABC2019000000001", false)]
    [InlineData("ABC202600000000", false)]
    [InlineData("ABC20260000000011", false)]
    [InlineData("AB-2026000000001", false)]
    [InlineData("ABC2026000000001\n", false)]
    [InlineData("", false)]
    public async Task A_number_of_another_form_is_not_sent(string number, bool good)
    {
        await using var stage = await OpenAsync();

        Assert.Equal(good ? null : FaultCodes.InvoiceNumberWrong, stage.Can<IInvoiceTarget>().JudgeInvoiceNumber(number)?.Code);
        if (!good && number.Length > 0)
        {
            Assert.Equal((FaultKind.Rejected, FaultCodes.InvoiceNumberWrong), await FaultOfAsync(SendAsync(stage, Link("1", number: number))));
            Assert.Equal(0, stage.Calls);
        }
    }

    [Fact] // 12
    public async Task Checklist_12_a_file_is_sent_as_a_form_and_every_refusal_has_its_cause()
    {
        await using var stage = await OpenAsync();
        var id = stage.Sell(Barcode, 1);

        await SendAsync(stage, new InvoiceFile(id, "fatura \"ş\".pdf", "application/pdf", Pdf));

        Assert.Equal(InvoiceState.Received, (await stage.ReadAsync(id)).Invoice.State);
        Assert.Contains("filename=\"fatura____.pdf\"", stage.Sandbox.Calls().Single(call => call.Endpoint == "invoice-file").Body, StringComparison.Ordinal);
        Assert.Equal((FaultKind.Rejected, FaultCodes.InvoiceAlreadySent), await FaultOfAsync(SendAsync(stage, new InvoiceFile(id, "2.pdf", "application/pdf", Pdf))));
        Assert.Equal((FaultKind.Rejected, FaultCodes.PackageUnknown), await FaultOfAsync(SendAsync(stage, new InvoiceFile("1", "2.pdf", "application/pdf", Pdf))));
    }

    [Fact]
    public async Task A_file_that_trendyol_would_refuse_is_not_sent()
    {
        await using var stage = await OpenAsync();
        var refused = (FaultKind.Rejected, FaultCodes.InvoiceFileRefused);

        Assert.Equal(refused, await FaultOfAsync(SendAsync(stage, new InvoiceFile("1", "1.txt", "text/plain", Pdf))));
        Assert.Equal(refused, await FaultOfAsync(SendAsync(stage, new InvoiceFile("1", "1.pdf", "application/pdf", Array.Empty<byte>()))));
        Assert.Equal(refused, await FaultOfAsync(SendAsync(stage, new InvoiceFile("1", "1.pdf", "application/pdf", new byte[10 * 1024 * 1024 + 1]))));
        Assert.Equal(0, stage.Calls);
    }

    [Theory]
    [InlineData("label")]
    [InlineData("labelContent")]
    public async Task A_label_is_made_once_the_package_is_invoiced_whatever_its_text_is_called(string name)
    {
        await using var stage = await OpenAsync(new() { NewLabelNames = name == "labelContent" });
        var package = await stage.ReadAsync(stage.Sell(Barcode, 1));
        var parcel = new ParcelName(package.PackageId, package.TrackingNumber);
        var labels = stage.Can<ILabelSource>();

        Assert.Equal((FaultKind.Rejected, FaultCodes.LabelRefused), await FaultOfAsync(labels.RequestLabelsAsync(stage.Access, parcel, 1, null, Cancel)));
        Assert.Empty(await labels.ReadLabelsAsync(stage.Access, parcel, Cancel));
        await stage.Can<IInvoicedNotice>().MarkInvoicedAsync(stage.Access, package.PackageId, [new(package.Lines[0].LineId, 1)], "", Cancel);
        await labels.RequestLabelsAsync(stage.Access, parcel, 2, 1.2m, Cancel);

        var made = await labels.ReadLabelsAsync(stage.Access, parcel, Cancel);
        Assert.Equal(2, made.Count);
        Assert.All(made, label => Assert.True(label.Format == "ZPL" && label.Content.StartsWith("^XA", StringComparison.Ordinal)));
        Assert.DoesNotContain("^XA", made[0].ToString(), StringComparison.Ordinal);
    }

    [Fact] // 3
    public async Task Checklist_03_labels_are_held_back_here_at_a_hundred_a_minute()
    {
        await using var stage = await OpenAsync();
        var labels = stage.Can<ILabelSource>();
        for (var i = 0; i < 100; i++)
        {
            if (i == 50)
                stage.Clock.Advance(TimeSpan.FromSeconds(11));
            Assert.Equal(FaultKind.Missing, (await FaultOfAsync(labels.ReadLabelsAsync(stage.Access, new("1", "1"), Cancel))).Kind);
        }

        stage.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(FaultKind.Throttled, (await FaultOfAsync(labels.ReadLabelsAsync(stage.Access, new("1", "1"), Cancel))).Kind);
        Assert.DoesNotContain(stage.Sandbox.Calls(), call => call.Status == 429);
    }
}
