using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>Says something of the shop in the marketplace's words.</summary>
static class MapCommand
{
    static readonly Option<string> Brand = new("--brand") { Description = "The marketplace's brand, by id" };
    static readonly Option<string> Category = new("--category") { Description = "The marketplace's category, by id" };
    static readonly Option<string[]> Set = new("--set") { Description = "An attribute and its options, such as 338=4873 or 14=900+901; repeated for more" };
    static readonly Option<string[]> Text = new("--text") { Description = "An attribute and a text of one's own, such as 47=Vişne; repeated for more" };

    public static Command Make(Runner runner) => runner.Command(
        "map", "Maps something of the shop, in the place of what was mapped before; without options the mapping is taken away.", RunAsync, Keys.What, Brand, Category, Set, Text, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var mapping = new Mapping { Key = Keys.Of(parsed), BrandId = parsed.GetValue(Brand) ?? "", CategoryId = parsed.GetValue(Category) ?? "" };
        foreach (var (attribute, options) in (parsed.GetValue(Set) ?? []).Select(Pair))
            mapping.Attributes.Add(new MappedAttribute { AttributeId = attribute, OptionIds = { options.Split('+') } });
        foreach (var (attribute, text) in (parsed.GetValue(Text) ?? []).Select(Pair))
            mapping.Attributes.Add(new MappedAttribute { AttributeId = attribute, Text = text });

        var (store, connection) = await Place.OfAsync(session, parsed);
        var answer = await session.Channel.Catalog.SetMappingsAsync(new() { StoreId = store, ConnectionId = connection, Mappings = { mapping } }, cancellationToken: session.Stop);
        return Place.Results(session, answer.Results);
    }

    static (string Attribute, string Value) Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw new UsageException($"'{text}' sets no attribute: it looks like 338=4873");
}
