using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Wire;

/// <summary>
/// For every field of every request: each way to spoil it is refused, and the refusal names the field. Made from the descriptors, so
/// that a new field is judged by being there: give it its rule in the slice's <c>ToDomain</c>, or a line in <see cref="NoRule"/> that says
/// why it has none.
/// </summary>
public sealed class FieldRules
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>By the field's full or plain name, and the kind of violation: why that is no fault.</summary>
    static readonly Dictionary<(string Field, string Kind), string> NoRule = new()
    {
        [("page_size", "above its range")] = "more than the maximum is lowered to it, as AIP-158 asks",
        [("meschain.sync.v1.ClaimProof.content", "too long")] = "a picture may be larger than what is tried here",
        [("description_html", "too long")] = "has 30,000 characters at most; CatalogTests holds it to them",
        [("shop_sequence", "above its range")] = "counts for as long as a 64-bit number does",
        [("epoch", "above its range")] = "an epoch that was never given is a lost lease",
        [("revision", "above its range")] = "a revision that does not stand is a conflict",
        [("version", "above its range")] = "a version that is not there is not found",
        [("cas", "above its range")] = "a version that does not stand is a conflict",
        [("lose_values", "above its range")] = "a number that is not what would be lost is refused as such",
        [("generation", "above its range")] = "a generation that is not there is not found",
        [("seq", "above its range")] = "a row that no head covers yet is not found",
        [("first_seq", "above its range")] = "a row that no head covers yet is not found",
        [("last_seq", "above its range")] = "a row that no head covers yet is not found",
        [("tree_size", "above its range")] = "a size that no head covers yet is not found",
        [("first_size", "above its range")] = "a size that no head covers yet is not found",
        [("second_size", "above its range")] = "a size that no head covers yet is not found",
    };

    [Fact]
    public async Task Every_way_to_spoil_a_field_of_a_request_is_refused_by_the_name_of_the_field()
    {
        await using var world = await WireWorld.OpenAsync(Engine.Sqlite);
        var samples = new RequestSamples(world.Mine);
        var wrong = new List<string>();
        var used = new HashSet<(string, string)>();
        var tried = 0;
        foreach (var method in WireWorld.Methods)
        {
            if (await NamedAsync(world, method, samples.Of(method.InputType)) is { Count: > 0 } named)
            {
                wrong.Add($"{method.FullName}: the sample itself is refused ({string.Join(", ", named)}); say good values for these fields in RequestSamples.Values");
                continue;
            }

            foreach (var violation in FieldViolations.Of(method.InputType, samples))
            {
                if (Exemption(violation) is { } key)
                {
                    used.Add(key);
                    continue;
                }

                var request = samples.Of(method.InputType);
                violation.Spoil(request);
                tried++;
                var paths = await NamedAsync(world, method, request);
                if (!paths.Contains(violation.Path))
                    wrong.Add($"{method.FullName}: {violation.Path} ({violation.Kind}) is not named; named are: {string.Join(", ", paths)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {tried} violations are not refused by name. Give the field its rule in ToDomain, or a reason in FieldRules.NoRule.\n{string.Join('\n', wrong)}");
        Assert.Equal([], NoRule.Keys.Except(used));
        TestContext.Current.TestOutputHelper!.WriteLine($"{tried} violations");
    }

    internal static (string, string)? Exemption(FieldViolation violation) =>
        NoRule.ContainsKey((violation.Field.FullName, violation.Kind)) ? (violation.Field.FullName, violation.Kind)
        : NoRule.ContainsKey((violation.Field.Name, violation.Kind)) ? (violation.Field.Name, violation.Kind)
        : null;

    /// <summary>The fields that the answer complains about: those of its BadRequest, or of the results of a batch whose items stand alone.</summary>
    static async Task<HashSet<string>> NamedAsync(WireWorld world, MethodDescriptor method, IMessage request)
    {
        var answer = await world.Admin.AskAsync(method, request.ToByteArray(), TimeSpan.FromSeconds(2), Cancel);
        if (answer.Code is Code.Internal or Code.Unknown)
            return [$"{answer.Code}: {answer.Status.Message}"];
        var named = answer.Status.Fields().ToHashSet(StringComparer.Ordinal);
        if (answer.Code != Code.Ok || method.OutputType.FindFieldByName("results") is not { } results || results.MessageType != ItemResult.Descriptor)
            return named;

        var list = method.InputType.Fields.InDeclarationOrder().First(field => field is { IsRepeated: true, FieldType: FieldType.Message }).Name;
        var items = (IEnumerable<ItemResult>)results.Accessor.GetValue(method.OutputType.Parser.ParseFrom(answer.Body));
        foreach (var (item, i) in items.Select((item, i) => (item, i)).Where(pair => pair.item.Reason == "INVALID_FIELD"))
            named.UnionWith(item.Detail.Split("; ").Select(complaint => $"{list}[{i}].{complaint.Split(' ')[0]}"));
        return named;
    }
}
