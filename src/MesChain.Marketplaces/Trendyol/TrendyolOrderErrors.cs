namespace MesChain.Marketplaces.Trendyol;

/// <summary>What Trendyol's order services mean by a refusal: by the asked-for step and the status first, by their words where only those tell.</summary>
static class TrendyolOrderErrors
{
    // The words are those of the published pages; parts are compared without their first letter, which may be a Turkish capital.
    static readonly (string Step, string Part, string Code)[] Words = [];

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
            _ => step,
        };
    }
}
