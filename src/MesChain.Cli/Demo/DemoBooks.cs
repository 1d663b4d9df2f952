using System.Text.Json;
using System.Text.Json.Serialization;

namespace MesChain.Cli.Demo;

/// <summary>
/// What a shop keeps on its own disk, as OpenCart keeps it in its database: its key, its stock, its sequence, the orders it has booked.
/// A second start goes on from here.
/// </summary>
sealed class DemoBooks
{
    public string StoreId { get; set; } = "";

    public string Key { get; set; } = "";

    /// <summary>Orders the reports of this shop; never a clock.</summary>
    public long Sequence { get; set; }

    /// <summary>Units on hand by product id.</summary>
    public Dictionary<string, int> Stock { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The shop's order number by the backbone's order id: what makes booking an order twice impossible.</summary>
    public Dictionary<string, string> Booked { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Units booked by order and barcode, so that a change books only the difference.</summary>
    public Dictionary<string, int> Units { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The outbox: products whose stock changed since the last report that was answered.</summary>
    public HashSet<string> Dirty { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Orders booked since then.</summary>
    public Dictionary<string, string> Unreported { get; set; } = new(StringComparer.Ordinal);

    public static DemoBooks Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), DemoJson.Default.DemoBooks) ?? new() : new();

    /// <summary>On disk before it is called done: written aside, then put in place.</summary>
    public void Write(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var aside = path + ".new";
        using (var file = new FileStream(aside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            JsonSerializer.Serialize(file, this, DemoJson.Default.DemoBooks);
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoBooks))]
[JsonSerializable(typeof(SandboxItems))]
[JsonSerializable(typeof(SandboxOrder))]
[JsonSerializable(typeof(PlacedSandboxOrder))]
sealed partial class DemoJson : JsonSerializerContext;
