using System.Text.Json;
using System.Text.RegularExpressions;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Labels and invoices: they lie beside the order services, and refuse in the shape of the product services.</summary>
sealed partial class TrendyolMarketplace : ILabelSource, IInvoiceTarget
{
    static readonly string[] InvoiceTypes = ["application/pdf", "image/jpeg", "image/png"];

    static IEnumerable<Limit> PaperLimits => [new(PaperGroups.Label, 100, TimeSpan.FromMinutes(1), LimitScope.Endpoint)];

    public int InvoiceBytesMax => 10 * 1024 * 1024;

    [GeneratedRegex("^[A-Za-z0-9]{3}20[2-9][0-9]{10}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InvoiceNumber();

    public Task RequestLabelsAsync(SellerAccess access, ParcelName parcel, int boxes, decimal? deci, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Post, "label-request", PaperGroups.Label, PaperRoutes.Label(access, parcel)) with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new LabelWish("ZPL", boxes) { VolumetricHeight = deci }, TrendyolOrderJson.Default.LabelWish),
        };
        return DoAsync(access, call, FaultCodes.LabelRefused, cancel);
    }

    public async Task<IReadOnlyList<ParcelLabel>> ReadLabelsAsync(SellerAccess access, ParcelName parcel, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "label", PaperGroups.Label, PaperRoutes.Label(access, parcel));
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer, FaultCodes.LabelRefused);
        var labels = Parse(call, answer, TrendyolOrderJson.Default.LabelAnswer).Data ?? [];
        return [.. labels
            .Select(label => new ParcelLabel(label.Format.Length > 0 ? label.Format.ToUpperInvariant() : "ZPL", label.Label.Length > 0 ? label.Label : label.LabelContent))
            .Where(label => label.Content.Length > 0)];
    }

    public MarketplaceFault? JudgeInvoiceNumber(string number) => InvoiceNumber().IsMatch(number)
        ? null
        : Refused(FaultCodes.InvoiceNumberWrong, "An invoice number is 3 letters or digits, the year and 9 digits.");

    public async Task SendInvoiceLinkAsync(SellerAccess access, InvoiceLink invoice, CancellationToken cancel)
    {
        if (invoice.Number.Length > 0 && JudgeInvoiceNumber(invoice.Number) is { } fault)
            throw fault;

        var body = new InvoiceLinkWish(invoice.Link.AbsoluteUri, Number(invoice.PackageId))
        {
            InvoiceDateTime = invoice.IssuedAt?.ToUnixTimeSeconds(),
            InvoiceNumber = invoice.Number.Length > 0 ? invoice.Number : null,
        };
        await DoAsync(access, PaperCall(access, "invoice-link", "seller-invoice-links") with { Body = JsonSerializer.SerializeToUtf8Bytes(body, TrendyolOrderJson.Default.InvoiceLinkWish) }, FaultCodes.InvoiceRefused, cancel);
    }

    public async Task SendInvoiceFileAsync(SellerAccess access, InvoiceFile invoice, CancellationToken cancel)
    {
        if (!InvoiceTypes.Contains(invoice.ContentType, StringComparer.Ordinal))
            throw Refused(FaultCodes.InvoiceFileRefused, "An invoice is a PDF, a JPEG or a PNG.");
        if (invoice.Content.Length is 0 || invoice.Content.Length > InvoiceBytesMax)
            throw Refused(FaultCodes.InvoiceFileRefused, "An invoice file has 1 byte to 10 MB.");

        using var form = new Multipart();
        form.Add("shipmentPackageId", invoice.PackageId).Add("file", invoice.FileName, invoice.ContentType, invoice.Content);
        await DoAsync(access, await form.OnAsync(PaperCall(access, "invoice-file", "seller-invoice-file"), cancel), FaultCodes.InvoiceRefused, cancel);
    }

    /// <summary>Trendyol wants the buyer's number with it, which only the package itself tells.</summary>
    public async Task WithdrawInvoiceAsync(SellerAccess access, string packageId, CancellationToken cancel)
    {
        foreach (var window in PageWindows())
        {
            var read = Call(access, HttpMethod.Get, "orders", OrderGroups.Read, $"{OrderRoutes.Pages(access)}?page=0&size=1&{window}&shipmentPackageIds={Uri.EscapeDataString(packageId)}");
            var page = await AskAsync(access, read, TrendyolOrderJson.Default.PackagePage, cancel);
            if (page.Content is not [var package, ..])
                continue;

            var body = new InvoiceWithdrawal(Number(packageId), package.ChannelId ?? 1, Number(package.CustomerId));
            await DoAsync(access, PaperCall(access, "invoice-link-delete", "seller-invoice-links/delete") with { Body = JsonSerializer.SerializeToUtf8Bytes(body, TrendyolOrderJson.Default.InvoiceWithdrawal) }, FaultCodes.InvoiceRefused, cancel);
            return;
        }

        throw new MarketplaceFault(FaultKind.Missing, FaultCodes.NotFound, "Trendyol shows no such package of the last month.");
    }

    static MarketplaceCall PaperCall(SellerAccess access, string endpoint, string path) =>
        Call(access, HttpMethod.Post, endpoint, PaperGroups.Invoice, $"sellers/{Routes.Seller(access)}/{path}");

    static class PaperGroups
    {
        public const string Label = "label";

        /// <summary>No quota of its own is published.</summary>
        public const string Invoice = "invoice";
    }

    static class PaperRoutes
    {
        public static string Label(SellerAccess access, ParcelName parcel) => $"sellers/{Routes.Seller(access)}/common-label/{Uri.EscapeDataString(parcel.TrackingNumber)}";
    }
}
