namespace MesChain.Server.Sync.Catalog;

/// <summary>How a variant is called beside its product.</summary>
static class Titles
{
    public static string Join(string product, string variant) => variant.Length == 0 ? product : $"{product} – {variant}";
}
