namespace MesChain.Marketplaces.Trendyol;

/// <summary>What Trendyol's order services mean by a refusal: by the asked-for step and the status first, by their words where only those tell.</summary>
static class TrendyolOrderErrors
{
    // The words are those of the published pages; parts are compared without their first letter, which may be a Turkish capital.
    static readonly (string Step, string Part, string Code)[] Words =
    [
        (FaultCodes.RequestRefused, "cursor", FaultCodes.CursorRefused),
        (FaultCodes.InvoiceRefused, "nceden gönderilmiş", FaultCodes.InvoiceAlreadySent),
        (FaultCodes.InvoiceRefused, "kargo paketi bulunamad", FaultCodes.PackageUnknown),
        (FaultCodes.InvoiceRefused, "satıcıya ait değil", FaultCodes.PackageUnknown),
        (FaultCodes.InvoiceRefused, "dosya türü", FaultCodes.InvoiceFileRefused),
        (FaultCodes.InvoiceRefused, "dosya gönderilmedi", FaultCodes.InvoiceFileRefused),
        (FaultCodes.InvoiceRefused, "invoicenumber", FaultCodes.InvoiceNumberWrong),
        (FaultCodes.ClaimRefused, "24 saat", FaultCodes.ClaimTooEarly),
        (FaultCodes.ClaimRefused, "claimissuereason", FaultCodes.ReasonRefused),
        (FaultCodes.ClaimRefused, "dosya", FaultCodes.ClaimFileRefused),
        (FaultCodes.WebhookRefused, "fazla 15", FaultCodes.WebhookLimit),
        (FaultCodes.WebhookRefused, "webhook.limit", FaultCodes.WebhookLimit),
        (FaultCodes.WebhookRefused, "url", FaultCodes.WebhookAddressRefused),
        (FaultCodes.AnswerRefused, "karakter", FaultCodes.AnswerLength),
        (FaultCodes.AnswerRefused, "daha önce cevap", FaultCodes.AnswerGiven),
        (FaultCodes.AnswerRefused, "süre", FaultCodes.AnswerTooLate),
        (FaultCodes.AnswerRefused, "yasaklı", FaultCodes.AnswerWords),
    ];

    /// <param name="step">The code of a refusal of this kind of step that says no more.</param>
    public static string CodeOf(string step, int status, string text)
    {
        foreach (var (words, part, code) in Words)
        {
            if (words == step && text.Contains(part, StringComparison.OrdinalIgnoreCase))
                return code;
        }

        return (step, status) switch
        {
            (FaultCodes.OrderActionRefused, 409) => FaultCodes.PackageStateWrong,
            (FaultCodes.ClaimRefused, 409) => FaultCodes.ClaimStateWrong,
            (FaultCodes.InvoiceRefused, 409) => FaultCodes.InvoiceAlreadySent,
            _ => step,
        };
    }
}
