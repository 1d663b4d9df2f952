using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MesChain.Marketplaces;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// A listing's content by its parts, each by a digest: what was last said to the marketplace is compared with what the shop says now, and only
/// the parts that differ are sent. The whole of it is not kept, for a description is long and the shop has it.
/// </summary>
public sealed class ContentParts
{
    public const string Title = "title";
    public const string Description = "description";
    public const string Images = "images";
    public const string Attributes = "attributes";

    /// <summary>Stock code, VAT rate and weight, which are sent together.</summary>
    public const string Terms = "terms";

    /// <summary>Fixed since the approval.</summary>
    public static readonly IReadOnlyList<string> Fixed = ["brand", "category", "group"];

    public static readonly IReadOnlyList<string> OfCard = [Title, Description, Images, Attributes];

    const int DigestLength = 16;

    readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <param name="own">Attributes that tell the variants of a card apart: they belong to the variant and never change.</param>
    public static ContentParts Of(ListingDraft draft, IReadOnlySet<string> own)
    {
        var parts = new ContentParts();
        parts.Add(Title, draft.Title);
        parts.Add(Description, draft.DescriptionHtml);
        parts.Add(Images, string.Join('\n', draft.Images.Select(image => image.AbsoluteUri)));
        parts.Add(Terms, FormattableString.Invariant($"{draft.Sku}|{draft.VatBasisPoints}|{draft.Desi}"));
        parts.Add("brand", draft.BrandId);
        parts.Add("category", draft.CategoryId);
        parts.Add("group", draft.GroupId);
        // Of an unmapped category nothing is known about its attributes.
        if (draft.CategoryId.Length > 0)
            parts.Add(Attributes, JsonSerializer.Serialize(draft.Attributes.Where(value => !own.Contains(value.Id)).OrderBy(value => value.Id, StringComparer.Ordinal)));
        return parts;
    }

    public static ContentParts Parse(string text)
    {
        var parts = new ContentParts();
        foreach (var pair in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            parts._digests[pair[..^(DigestLength + 1)]] = pair[^DigestLength..];
        return parts;
    }

    public bool IsEmpty => _digests.Count == 0;

    public bool Has(string part) => _digests.ContainsKey(part);

    /// <summary>Those of the named parts that <paramref name="said"/> has not, or has otherwise.</summary>
    public ContentParts Against(ContentParts said, IEnumerable<string> named)
    {
        var parts = new ContentParts();
        foreach (var part in named)
        {
            if (_digests.TryGetValue(part, out var digest) && said._digests.GetValueOrDefault(part) != digest)
                parts._digests[part] = digest;
        }

        return parts;
    }

    /// <summary>The named parts that are known on both sides and differ.</summary>
    public IReadOnlyList<string> Unlike(ContentParts said, IEnumerable<string> named) =>
        [.. named.Where(part => _digests.TryGetValue(part, out var digest) && said._digests.TryGetValue(part, out var other) && other != digest)];

    /// <summary>These, with those of <paramref name="newer"/> in their place.</summary>
    public ContentParts With(ContentParts newer)
    {
        var parts = Parse(ToString());
        foreach (var (part, digest) in newer._digests)
            parts._digests[part] = digest;
        return parts;
    }

    public override string ToString() => string.Join(' ', _digests.Select(pair => $"{pair.Key}={pair.Value}"));

    void Add(string part, string text) => _digests[part] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..DigestLength];
}
