using System.Text.RegularExpressions;
using MesChain.Server.Queue;

namespace MesChain.Tests.Architecture;

/// <summary>Who may know whom. Read off the compiled program, so that no using and no full name gets past.</summary>
public sealed partial class SliceRules
{
    const string Home = "MesChain.Server.";

    // A slice may use Platform, itself, and the ports (interface files at the root) of the slices named here.
    static readonly Dictionary<string, string[]> PortsOf = new(StringComparer.Ordinal)
    {
        ["Platform"] = [],
        ["Queue"] = [],
        ["Secret"] = [],
        ["Storage"] = [],
        ["Sync"] = ["Queue", "Secret", "Storage"],
        ["Ops"] = ["Queue", "Secret", "Storage", "Sync"],
    };

    [Fact]
    public void A_slice_knows_only_the_platform_and_the_ports_it_may_use()
    {
        var ports = PortsOf.Keys.ToDictionary(slice => slice, PortTypes, StringComparer.Ordinal);
        var references = TypeGraph.References(typeof(IQueue).Assembly).ToList();
        Assert.Contains(references, pair => pair.To == typeof(IQueue) && SliceOf(pair.From) == "Sync");
        var wrong = references
            .Select(pair => (pair.From, pair.To, User: SliceOf(pair.From), Used: SliceOf(pair.To)))
            .Where(pair => pair.User is not null && pair.Used is not null && pair.User != pair.Used && pair.Used != "Platform")
            .Where(pair => !(PortsOf[pair.User!].Contains(pair.Used!, StringComparer.Ordinal) && ports[pair.Used!].Contains(pair.To.Name)))
            .Select(pair => $"{pair.From.FullName} uses {pair.To.FullName}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_server_is_a_slice_with_a_rule()
    {
        var folders = Repository.Files("src/MesChain.Server", ".cs").Select(path => path.Split('/')).Where(parts => parts.Length > 3).Select(parts => parts[2]).Distinct(StringComparer.Ordinal);
        Assert.All(folders, folder => Assert.Contains(folder, PortsOf.Keys));
    }

    [Theory]
    [InlineData(typeof(MesChain.Marketplaces.MarketplaceFault))]
    [InlineData(typeof(MesChain.Client.MesChainChannel))]
    public void Adapters_and_clients_know_no_database_no_queue_and_no_server(Type inside)
    {
        string[] never = ["Dapper", "Npgsql", "Microsoft.Data.Sqlite", "StackExchange.Redis", "dbup", "meschain-server"];
        var adapters = inside.Assembly.GetName().Name == "MesChain.Marketplaces" ? never.Concat(["Grpc", "Google.Protobuf", "MesChain.Contracts"]) : never;
        var used = inside.Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.DoesNotContain(used, name => adapters.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
    }

    static string? SliceOf(Type type)
    {
        if (type.Namespace?.StartsWith(Home, StringComparison.Ordinal) != true)
            return null;
        var rest = type.Namespace[Home.Length..];
        return rest.Split('.')[0];
    }

    static HashSet<string> PortTypes(string slice)
    {
        var folder = $"src/MesChain.Server/{slice}";
        if (!Directory.Exists(Path.Combine(Repository.Root, folder)))
            return [];
        return Repository.Files(folder, ".cs")
            .Where(path => PortFile().IsMatch(path[(folder.Length + 1)..]))
            .SelectMany(path => Declared().Matches(SourceText.Blank(Repository.Read(path))).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^I[A-Z]\w*\.cs$")]
    private static partial Regex PortFile();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?!struct\b|class\b)(\w+)")]
    private static partial Regex Declared();
}
