using Google.Protobuf.Collections;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Reference;
using WireKey = MesChain.Contracts.Sync.V1.MappingKey;

namespace MesChain.Server.Sync.Mappings;

/// <summary>Mappings, between wire and domain. Judges every field of a request.</summary>
static class MappingProto
{
    public const string MappingList = "mappings";

    const int PerCall = 100;
    const int AttributesMax = 100;
    const int OptionsMax = 20;
    const int TextMax = 250;

    extension(SetMappingsRequest request)
    {
        public (Guid Connection, IReadOnlyList<(MappingKey Key, MappingBody Body)> Mappings) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.That(request.Mappings.Count is >= 1 and <= PerCall, "mappings", $"must hold 1 to {PerCall} entries");
            var keys = new HashSet<(string, string)>();
            var wanted = new List<(MappingKey, MappingBody)>(request.Mappings.Count);
            for (var i = 0; i < request.Mappings.Count; i++)
            {
                var at = $"mappings[{i}]";
                var key = Key(check, request.Mappings[i].Key, at + ".key", keys);
                wanted.Add((key, Body(check, request.Mappings[i], at)));
            }

            check.ThrowIfAny();
            return (connection, wanted);
        }
    }

    extension(ListMappingsRequest request)
    {
        public (Guid Connection, string AfterKind, string AfterKey, int Limit) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.Read(check, request.PageToken, MappingList, 2);
            check.ThrowIfAny();
            return after is [var kind, var key] ? (connection, kind, key, limit) : (connection, "", "", limit);
        }
    }

    extension(RevertMappingsRequest request)
    {
        public (Guid Connection, IReadOnlyList<(MappingKey Key, long Version)> Reversions) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.That(request.Reversions.Count is >= 1 and <= PerCall, "reversions", $"must hold 1 to {PerCall} entries");
            var keys = new HashSet<(string, string)>();
            var wanted = new List<(MappingKey, long)>(request.Reversions.Count);
            for (var i = 0; i < request.Reversions.Count; i++)
            {
                wanted.Add((Key(check, request.Reversions[i].Key, $"reversions[{i}].key", keys), request.Reversions[i].Version));
                check.That(request.Reversions[i].Version >= 0, $"reversions[{i}].version", "must not be negative");
            }

            check.ThrowIfAny();
            return (connection, wanted);
        }
    }

    extension(MappingRow row)
    {
        public Mapping ToProto()
        {
            var body = MappingBody.FromText(row.Body);
            return new()
            {
                Key = row.Kind switch
                {
                    MappingKinds.Brand => new() { ShopBrand = row.Label },
                    MappingKinds.Category => new() { ShopCategory = row.Label },
                    MappingKinds.Product => new() { ShopProductId = row.Label },
                    _ => new() { ShopVariantId = row.Label },
                },
                BrandId = body.BrandId,
                CategoryId = body.CategoryId,
                Attributes = { body.Attributes.Select(value => new MappedAttribute { AttributeId = value.AttributeId, OptionIds = { value.OptionIds }, Text = value.Text }) },
                Version = row.Version,
                Author = row.Author,
                ChangeTime = StoreProto.Instant(row.AtMs),
            };
        }
    }

    static MappingKey Key(Check check, WireKey? key, string at, HashSet<(string, string)> seen)
    {
        check.That(key is not null, at, "is required");
        check.That(key is null || key.OfCase != WireKey.OfOneofCase.None, at + ".of", "must say what is mapped");
        var parsed = key?.OfCase switch
        {
            WireKey.OfOneofCase.ShopBrand => MappingKey.Brand(check.Text(key.ShopBrand, at + ".shop_brand", 1, 120)),
            WireKey.OfOneofCase.ShopCategory => MappingKey.Category(check.Text(key.ShopCategory, at + ".shop_category", 1, 255)),
            WireKey.OfOneofCase.ShopProductId => MappingKey.Product(check.Text(key.ShopProductId, at + ".shop_product_id", 1, 64)),
            WireKey.OfOneofCase.ShopVariantId => MappingKey.Variant(check.Text(key.ShopVariantId, at + ".shop_variant_id", 1, 96)),
            _ => default,
        };
        check.That(parsed.Kind is null || seen.Add((parsed.Kind, parsed.Key)), at, "stands twice in this call");
        check.That(parsed.Kind is null || parsed.Key.Length > 0, at, "must not be blank");
        return parsed;
    }

    static MappingBody Body(Check check, Mapping mapping, string at)
    {
        check.Text(mapping.BrandId, at + ".brand_id", 0, ReferenceProto.IdMax);
        check.Text(mapping.CategoryId, at + ".category_id", 0, ReferenceProto.IdMax);
        check.That(mapping.Attributes.Count <= AttributesMax, at + ".attributes", $"must hold at most {AttributesMax} entries");
        var attributes = new HashSet<string>(StringComparer.Ordinal);
        var values = new List<MappedValue>(mapping.Attributes.Count);
        for (var i = 0; i < mapping.Attributes.Count; i++)
            values.Add(Value(check, mapping.Attributes[i], $"{at}.attributes[{i}]", attributes));
        return new(mapping.BrandId, mapping.CategoryId, values);
    }

    static MappedValue Value(Check check, MappedAttribute attribute, string at, HashSet<string> seen)
    {
        check.Text(attribute.AttributeId, at + ".attribute_id", 1, ReferenceProto.IdMax);
        check.That(seen.Add(attribute.AttributeId), at + ".attribute_id", "stands twice in this mapping");
        check.Texts(attribute.OptionIds, at + ".option_ids", 0, OptionsMax, ReferenceProto.IdMax);
        check.Text(attribute.Text, at + ".text", 0, TextMax);
        check.That(attribute.OptionIds.Count > 0 != attribute.Text.Length > 0, at + ".text", "stands instead of option_ids: send one of the two");
        return new(attribute.AttributeId, [.. attribute.OptionIds.Distinct(StringComparer.Ordinal)], attribute.Text);
    }
}
