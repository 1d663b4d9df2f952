using System.Globalization;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Reads what is sent about products.</summary>
static class TrendyolProductRead
{
    public static bool TryId(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
