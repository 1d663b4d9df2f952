namespace MesChain.Sandbox.Trendyol;

/// <summary>Carriers by the code that a change of carrier names.</summary>
static class TrendyolCarriers
{
    public const string Usual = "TEXMP";

    public static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TEXMP"] = "Trendyol Express",
        ["ARASMP"] = "Aras Kargo",
        ["YKMP"] = "Yurtiçi Kargo",
        ["SURATMP"] = "Sürat Kargo",
        ["PTTMP"] = "PTT Kargo",
        ["HOROZMP"] = "Horoz Kargo",
        ["DHLECOMMP"] = "DHL eCommerce",
        ["CEVAMP"] = "CEVA",
        ["CEVATEDARIK"] = "CEVA Tedarik",
        // The list of carriers calls it SENDEOMP; a change of carrier knows only this name.
        ["KOLAYGELSINMP"] = "Kolay Gelsin",
    };

    public static bool TakesBoxes(string carrier) => carrier is "CEVAMP" or "CEVATEDARIK";
}
