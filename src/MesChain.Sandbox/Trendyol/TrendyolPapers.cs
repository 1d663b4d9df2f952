using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Labels and invoices. Runs inside the sandbox's lock.</summary>
static partial class TrendyolPapers
{
    const int FileBytesMax = 10 * 1024 * 1024;

    static readonly string[] FileTypes = ["application/pdf", "image/jpeg", "image/png"];

    [GeneratedRegex("^[A-Za-z0-9]{3}20[2-9][0-9]{10}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InvoiceNumber();

    sealed record LabelWish(string Format, int Boxes);

    sealed record LinkWish(string Link, long PackageId, long? IssuedAt, string Number);

    sealed record Withdrawal(long PackageId, long BuyerId);

    public static ApiAnswer RequestLabel(TrendyolSandbox sandbox, Seller seller, string tracking, ApiRequest request)
    {
        if (ByTracking(sandbox, seller, tracking) is not { } package)
            return NotFound(tracking);
        if (request.Read(static body => new LabelWish(body.GetProperty("format").GetString() ?? "", body.TryGetProperty("boxQuantity", out var boxes) ? boxes.GetInt32() : 1)) is not { } wanted)
            return Unreadable;
        if (wanted.Format != "ZPL" || wanted.Boxes is < 1 or > 100)
            return ApiAnswer.Error(400, "invalid.label.request", "format ZPL, boxQuantity 1-100 olmalıdır.");
        if (package.Carrier is not ("TEXMP" or "ARASMP") || package.SellerPays)
            return ApiAnswer.Error(400, "label.carrier.not.supported", "Ortak etiket yalnızca Trendyol anlaşmalı TEX ve Aras gönderileri içindir.");
        if (package.Status != "Invoiced" && package.InvoiceSentAt is null && !sandbox.Switches.LabelBeforeInvoice)
            return ApiAnswer.Error(400, "label.invoice.missing", "Fatura bildirilmeden etiket alınamaz.");

        package.LabelsMade = wanted.Boxes;
        return ApiAnswer.Empty;
    }

    public static ApiAnswer Label(TrendyolSandbox sandbox, Seller seller, string tracking, ApiRequest request)
    {
        if (ByTracking(sandbox, seller, tracking) is not { } package)
            return NotFound(tracking);

        var labels = Enumerable.Range(1, package.LabelsMade).Select(box => (JsonNode)new JsonObject
        {
            [sandbox.Switches.NewLabelNames ? "labelContent" : "label"] = FormattableString.Invariant($"^XA^FD{tracking}^FS^FD{box}/{package.LabelsMade}^FS^FD{package.Buyer.City}^FS^XZ"),
            ["format"] = "ZPL",
        });
        return ApiAnswer.Ok(new JsonObject { ["data"] = new JsonArray([.. labels]) });
    }

    public static ApiAnswer SendLink(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (request.Read(LinkOf) is not { } wanted)
            return Unreadable;
        if (ById(sandbox, seller, wanted.PackageId) is not { } package)
            return NotFound(TrendyolSales.Text(wanted.PackageId));
        if (!Uri.TryCreate(wanted.Link, UriKind.Absolute, out var link) || link.Scheme is not ("http" or "https"))
            return ApiAnswer.Error(400, "invalid.invoice.link", "invoiceLink geçersiz.");
        if (package.Micro && (wanted.Number.Length == 0 || wanted.IssuedAt is null))
            return ApiAnswer.Error(400, "invoice.number.required", "Mikro ihracat için invoiceNumber ve invoiceDateTime zorunludur.");
        if (wanted.Number.Length > 0 && !InvoiceNumber().IsMatch(wanted.Number))
            return ApiAnswer.Error(400, "invalid.invoice.number", "invoiceNumber geçersiz.");
        if (wanted.IssuedAt is { } at && (at <= 0 || TrendyolSales.Text(at).Length is not (10 or 13)))
            return ApiAnswer.Error(400, "invalid.invoice.date", "invoiceDateTime geçersiz.");

        var now = sandbox.Clock.GetUtcNow();
        if (package.HasInvoice(now) || seller.Packages.Exists(other => other != package && other.InvoiceLink == wanted.Link && other.HasInvoice(now)))
            return ApiAnswer.Error(409, "invoice.already.exists", "Fatura daha önce bildirilmiş.");

        Accept(sandbox, seller, package, wanted.Number);
        package.InvoiceLink = wanted.Link;
        return new(201, "");
    }

    public static ApiAnswer Withdraw(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (request.Read(static body => new Withdrawal(body.GetProperty("serviceSourceId").GetInt64(), body.GetProperty("customerId").GetInt64())) is not { } wanted)
            return Unreadable;
        if (ById(sandbox, seller, wanted.PackageId) is not { InvoiceSentAt: not null } package || wanted.BuyerId != TrendyolPackageJson.CustomerId)
            return ApiAnswer.Error(404, "invoice.not.found", "Fatura bulunamadı.");

        (package.InvoiceSentAt, package.InvoiceLink, package.InvoiceNumber, package.InvoiceFault) = (null, "", "", "");
        return new(202, "");
    }

    public static ApiAnswer SendFile(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        var id = request.Form?["shipmentPackageId"].ToString() ?? "";
        if (request.Form?.Files.GetFile("file") is not { Length: > 0 } file)
            return FileFault("Dosya gönderilmedi. Lütfen fatura dosyasını seçip tekrar deneyin.");
        if (!FileTypes.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase))
            return FileFault($"Dosya türü ({Path.GetExtension(file.FileName)}) desteklenmiyor. Desteklenen dosya türleri: {string.Join(',', FileTypes)}");
        if (file.Length > FileBytesMax)
            return FileFault("Dosya boyutu 10 MB'ı aşamaz.");
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || ById(sandbox, seller, number) is not { } package)
        {
            return sandbox.Sellers.Any(other => other.Packages.Exists(package => TrendyolSales.Text(package.Id) == id))
                ? FileFault($"Gönderi paketi, belirtilen satıcıya ait değil.sellerId:{seller.Id}")
                : FileFault($"({id}) Idli kargo paketi bulunamadı.");
        }

        if (package.HasInvoice(sandbox.Clock.GetUtcNow()))
            return FileFault($"({id})numaralı pakete ait fatura önceden gönderilmiş");

        Accept(sandbox, seller, package, "");
        return ApiAnswer.Empty;
    }

    /// <summary>Taken is not accepted: the verdict comes a little later, and stands at the package.</summary>
    static void Accept(TrendyolSandbox sandbox, Seller seller, Package package, string number)
    {
        var now = sandbox.Clock.GetUtcNow();
        package.InvoiceFault = sandbox.Switches.InvoiceFault.Length > 0 ? sandbox.Switches.InvoiceFault
            : number.Length > 0 && seller.Packages.Exists(other => other != package && other.InvoiceNumber == number && other.HasInvoice(now)) ? "INVOICE_NUMBER_ALREADY_EXISTS"
            : "";
        package.InvoiceSentAt = now;
        if (number.Length > 0)
            package.InvoiceNumber = number;
    }

    static Package? ById(TrendyolSandbox sandbox, Seller seller, long id) => TrendyolSteps.Find(sandbox, seller, TrendyolSales.Text(id));

    static Package? ByTracking(TrendyolSandbox sandbox, Seller seller, string tracking)
    {
        var now = sandbox.Clock.GetUtcNow();
        return seller.Packages.FindLast(package => package.TrackingNumber == tracking && sandbox.Shows(package, now));
    }

    static LinkWish LinkOf(JsonElement body) => new(
        body.GetProperty("invoiceLink").GetString() ?? "",
        body.GetProperty("shipmentPackageId").GetInt64(),
        body.TryGetProperty("invoiceDateTime", out var at) && at.ValueKind == JsonValueKind.Number ? at.GetInt64() : null,
        body.TryGetProperty("invoiceNumber", out var number) ? number.GetString() ?? "" : "");

    static readonly ApiAnswer Unreadable = ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı.");

    static ApiAnswer NotFound(string id) => ApiAnswer.Error(404, "shipment.package.not.found", $"({id}) Idli kargo paketi bulunamadı.");

    static ApiAnswer FileFault(string message) => ApiAnswer.Error(400, "invoice.file.refused", message);
}
