using System.Text.Json.Nodes;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Architecture;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The layout is frozen: vectors made once are judged alike by the server, the command line and a verifier that knows neither.</summary>
public sealed class LedgerFormatTests
{
    static readonly string Path = System.IO.Path.Combine(Repository.Root, "docs/formats/ledger-vectors.json");
    static readonly JsonNode Vectors = JsonNode.Parse(File.ReadAllText(Path))!;

    public static TheoryData<string> Exports => [.. Vectors["exports"]!.AsArray().Select(export => (string)export!["name"]!)];

    [Fact]
    public void A_row_has_the_canonical_bytes_and_the_hash_of_the_vectors()
    {
        var store = Guid.Parse((string)Vectors["store_id"]!);
        foreach (var vector in Vectors["rows"]!.AsArray().Select(row => row!))
        {
            var row = new LedgerRow
            {
                Seq = (long)vector["row"]!, AtMs = (long)vector["at_ms"]!, Kind = (string)vector["kind"]!, Subject = (string)vector["subject"]!, Actor = (string)vector["actor"]!,
                Digest = Convert.FromHexString((string)vector["digest"]!),
            };
            Assert.Equal((string)vector["canonical"]!, Convert.ToHexStringLower(row.Canonical(store)));
            Assert.Equal((string)vector["leaf"]!, Convert.ToHexStringLower(row.Hash(store)));
        }
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void An_export_of_the_vectors_is_judged_as_it_says(string name)
    {
        var export = Vectors["exports"]!.AsArray().Single(item => (string)item!["name"]! == name)!;
        var finding = LedgerRig.Verify(export["lines"]!.AsArray().Select(line => (string)line!));
        Assert.Equal(((string)export["what"]!, (long)export["at"]!), (finding?.What ?? "fine", finding?.At ?? 0));
    }

    [Fact]
    public async Task The_independent_verifier_agrees_with_every_vector()
    {
        var (status, output) = await Php.RunAsync("verify_ledger.php", "", "--vectors", Path);
        Assert.True(status == 0, output);
    }

    [Fact]
    public async Task The_independent_verifier_finds_in_a_fresh_export_what_ours_finds()
    {
        await using var rig = await LedgerRig.OpenAsync(Engine.Sqlite);
        await rig.AppendAsync(300);
        await rig.SealAsync();
        Assert.Equal((0, """{"what":"fine","at":0}"""), await JudgeAsync(await rig.ExportAsync()));
        Assert.Equal((0, """{"what":"fine","at":0}"""), await JudgeAsync(await rig.ExportAsync(100, 270)));

        await rig.ExecuteAsync("update ledger_tiles set hashes = unhex(case substr(hex(hashes), 1, 2) when '00' then '01' else '00' end || substr(hex(hashes), 3)) where level = 1");
        Assert.Equal((1, """{"what":"node_changed","at":1}"""), await JudgeAsync(await rig.ExportAsync()));
        await rig.ExecuteAsync("update ledger set actor = 'key:other' where seq = 200");
        Assert.Equal((1, """{"what":"row_changed","at":200}"""), await JudgeAsync(await rig.ExportAsync()));
        await rig.ExecuteAsync("delete from ledger where seq = 150");
        Assert.Equal((1, """{"what":"row_missing","at":150}"""), await JudgeAsync(await rig.ExportAsync()));
    }

    static async Task<(int Status, string Verdict)> JudgeAsync(IEnumerable<string> lines)
    {
        var (status, output) = await Php.RunAsync("verify_ledger.php", string.Join('\n', lines) + "\n");
        return (status, output.Trim());
    }
}
