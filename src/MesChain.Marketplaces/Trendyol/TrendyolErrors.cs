using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>From Trendyol's answers to faults: one table for statuses, one for its words.</summary>
static class TrendyolErrors
{
    // Texts of refusals, compared ordinally in lower case of ASCII; Trendyol documents no codes for most of them.
    static readonly (string Part, string Code)[] Words =
    [
        ("dakika boyunca ayn", FaultCodes.IdenticalBody),
        ("no_mutable_field", FaultCodes.NothingToSet),
        ("quantity", FaultCodes.QuantityOutOfRange),
        ("stok adedi", FaultCodes.QuantityOutOfRange),
        ("price.update.limit", FaultCodes.PriceTooOften),
        ("fiyat güncelleme limit", FaultCodes.PriceTooOften),
        ("onaylı de", FaultCodes.ListingNotApproved),
        ("product.not.found", FaultCodes.BarcodeUnknown),
        ("invalid.barcode", FaultCodes.BarcodeUnknown),
        ("sistemde bulunamad", FaultCodes.BarcodeUnknown),
        ("duplicate.barcode", FaultCodes.BarcodeTwice),
        ("birden fazla", FaultCodes.BarcodeTwice),
        ("listprice", FaultCodes.PriceRuleBroken),
        ("saleprice", FaultCodes.PriceRuleBroken),
        ("liste fiyat", FaultCodes.PriceRuleBroken),
    ];

    /// <param name="otherwise">The code for a refusal that the table of words does not know.</param>
    public static void ThrowIfFailed(MarketplaceHttp http, MarketplaceCall call, MarketplaceAnswer answer, string otherwise = FaultCodes.RequestRefused)
    {
        if (!answer.IsSuccess)
            throw From(http, call, answer, otherwise);

        // A 200 that carries an error body is a refusal all the same.
        if (answer.LooksLikeJson && Read(answer) is { } body && (body.Errors is { Count: > 0 } || body.Exception.Length > 0))
            throw FromBody(400, call, Text(body, call), otherwise);
    }

    /// <summary>The fault of one item of a batch.</summary>
    public static MarketplaceFault OfItem(IReadOnlyList<string>? reasons)
    {
        var text = string.Join("; ", reasons ?? []);
        return new(FaultKind.Rejected, CodeOf(text) ?? FaultCodes.OfferRefused, "Trendyol refused the value.", text);
    }

    static MarketplaceFault From(MarketplaceHttp http, MarketplaceCall call, MarketplaceAnswer answer, string otherwise)
    {
        var text = answer.LooksLikeJson && Read(answer) is { } body ? Text(body, call) : "";
        return answer.Status switch
        {
            429 => http.Throttled(answer, text),
            >= 500 when call.IsRead => new(FaultKind.Unavailable, FaultCodes.MarketplaceFailing, $"Trendyol answered {answer.Status}.", text, answer.RetryAfter),
            >= 500 => new(FaultKind.Uncertain, FaultCodes.OutcomeUnknown, $"Trendyol answered {answer.Status}; the write may have been applied.", text, answer.RetryAfter),
            _ => FromBody(answer.Status, call, text, otherwise),
        };
    }

    static MarketplaceFault FromBody(int status, MarketplaceCall call, string text, string otherwise) => status switch
    {
        401 => new(FaultKind.Unauthorised, FaultCodes.CredentialRefused, "Trendyol does not accept the key.", text),
        403 => new(FaultKind.Forbidden, FaultCodes.AccessForbidden, "Trendyol does not allow this call: a blocked address, or a key of another seller.", text),
        400 or 404 when IsForeignSeller(text) => new(FaultKind.Forbidden, FaultCodes.AccessForbidden, "Trendyol does not know the seller number under this key.", text),
        // The product is what is missing, and not the service.
        404 or 410 when otherwise == FaultCodes.OfferRefused && CodeOf(text) is { } code => new(FaultKind.Rejected, code, $"Trendyol refused the request to {call.Endpoint}.", text),
        404 or 410 => new(FaultKind.Missing, FaultCodes.NotFound, "Trendyol knows no such thing.", text),
        426 => new(FaultKind.Rejected, FaultCodes.ApiRetired, "Trendyol has closed this version of its service.", text),
        _ when IsCredential(text) => new(FaultKind.Unauthorised, FaultCodes.CredentialRefused, "Trendyol does not accept the key.", text),
        _ => new(FaultKind.Rejected, (otherwise == FaultCodes.OfferRefused ? CodeOf(text) : TrendyolOrderErrors.CodeOf(otherwise, status, text)) ?? otherwise, $"Trendyol refused the request to {call.Endpoint}.", text),
    };

    static bool IsForeignSeller(string text) => text.Contains("supplier.api.supplier.not.found", StringComparison.OrdinalIgnoreCase);

    static bool IsCredential(string text) =>
        text.Contains("authentication.error", StringComparison.OrdinalIgnoreCase) || text.Contains("ClientApiAuthenticationException", StringComparison.Ordinal);

    /// <summary>What the words of a refused stock or price mean; null when the table does not know them.</summary>
    public static string? CodeOf(string text)
    {
        foreach (var (part, code) in Words)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
                return code;
        }

        return null;
    }

    static ErrorBody? Read(MarketplaceAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Json.Span, TrendyolJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            return null; // some bodies are arrays or half an object: the status speaks
        }
    }

    static string Text(ErrorBody body, MarketplaceCall call)
    {
        var parts = body.Errors is { Count: > 0 } errors
            ? errors.Select(error => $"{error.Key}: {error.Message}")
            : [body.Exception, body.Error, body.Message];
        return AnswerText.Without(string.Join(" ", parts.Where(part => part.Length > 0).Distinct(StringComparer.Ordinal)), call.Secrets);
    }
}
