using System.Text.Json;
using Google.Protobuf.Collections;
using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Catalog;

/// <summary>Products and variants, between wire and domain. Judges every field of a request.</summary>
static class CatalogProto
{
    public const string ProductList = "products";
    public const int QueryMax = 100;
    const int DescriptionMax = 30_000;

    extension(UpsertProductsRequest request)
    {
        /// <summary>The call is refused for its size only; what is wrong with one product is that product's own result.</summary>
        public IReadOnlyList<ProductInput> ToDomain()
        {
            var check = new Check();
            check.That(request.Products.Count is >= 1 and <= ShopCatalog.VariantsMax, "products", $"must hold 1 to {ShopCatalog.VariantsMax} products");
            check.That(request.Products.Sum(product => product.Variants.Count) <= ShopCatalog.VariantsMax, "products", $"must hold at most {ShopCatalog.VariantsMax} variants in all");
            check.ThrowIfAny();

            var products = new HashSet<string>(StringComparer.Ordinal);
            var variants = new HashSet<string>(StringComparer.Ordinal);
            return [.. request.Products.Select(product => Judge(product, products, variants))];
        }

        static ProductInput Judge(Product product, HashSet<string> products, HashSet<string> variants)
        {
            var check = new Check();
            check.Text(product.ShopProductId, "shop_product_id", 1, 64);
            check.That(products.Add(product.ShopProductId), "shop_product_id", "stands twice in this call");
            check.Text(product.Title, "title", 1, 255);
            check.Text(product.Brand, "brand", 0, 120);
            check.Text(product.Model, "model", 0, 64);
            check.Text(product.ImageUrl, "image_url", 0, 1_000);
            check.That(product.ImageUrl.Length == 0 || IsAddress(product.ImageUrl), "image_url", "must be an address with http or https");
            check.Text(product.Category, "category", 0, 255);
            check.That(product.DescriptionHtml.Length <= DescriptionMax, "description_html", "must have at most 30,000 characters");
            check.That(!product.DescriptionHtml.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')), "description_html", "must not hold control characters");
            check.Texts(product.MoreImageUrls, "more_image_urls", 0, 19, 1_000);
            for (var i = 0; i < product.MoreImageUrls.Count; i++)
                check.That(IsAddress(product.MoreImageUrls[i]), $"more_image_urls[{i}]", "must be an address with http or https");
            check.That(product.DesiHundredths is >= 0 and <= 1_000_000, "desi_hundredths", "must be from 0 to 1,000,000");
            check.That(product.Variants.Count is >= 1 and <= 100, "variants", "must hold 1 to 100 variants");
            var mine = new List<VariantInput>(product.Variants.Count);
            for (var i = 0; i < product.Variants.Count; i++)
                mine.Add(Judge(check, product.Variants[i], $"variants[{i}]", variants));
            return new(product.ShopProductId, product.Title, product.Brand, product.Model, product.ImageUrl, mine)
            {
                Fault = check.Complaint,
                Category = product.Category,
                Description = product.DescriptionHtml.Trim(),
                MoreImages = product.MoreImageUrls.Count == 0 ? "" : JsonSerializer.Serialize(product.MoreImageUrls.ToArray()),
                DesiHundredths = product.DesiHundredths,
            };
        }

        static bool IsAddress(string text) =>
            Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

        static VariantInput Judge(Check check, Variant variant, string at, HashSet<string> variants)
        {
            check.Text(variant.ShopVariantId, at + ".shop_variant_id", 1, 96);
            check.That(variants.Add(variant.ShopVariantId), at + ".shop_variant_id", "stands twice in this call");
            check.Text(variant.Sku, at + ".sku", 0, 100);
            var barcode = Fold.Barcode(variant.Barcode);
            check.Text(barcode, at + ".barcode", 0, 40);
            check.Text(variant.Title, at + ".title", 0, 255);
            check.That(!variant.HasVatBasisPoints || variant.VatBasisPoints is >= 0 and <= 10_000, at + ".vat_basis_points", "must be from 0 to 10,000");
            return new(variant.ShopVariantId, variant.Sku, barcode, variant.Title, variant.HasVatBasisPoints ? variant.VatBasisPoints : null);
        }
    }

    extension(DeleteProductsRequest request)
    {
        public IReadOnlyList<string> ToDomain()
        {
            var check = new Check();
            check.Texts(request.ShopProductIds, "shop_product_ids", 1, 200, 64);
            check.ThrowIfAny();
            return [.. request.ShopProductIds.Distinct(StringComparer.Ordinal)];
        }
    }

    extension(ListProductsRequest request)
    {
        public (Guid? After, int Limit, string Query) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadId(check, request.PageToken, ProductList);
            check.Text(request.Query, "query", 0, QueryMax);
            check.ThrowIfAny();
            return (after, limit, request.Query);
        }
    }

    extension(ProductRow row)
    {
        public Product ToProto(IEnumerable<VariantRow> variants) => new()
        {
            ShopProductId = row.ShopProductId,
            Title = row.Title,
            Brand = row.Brand,
            Model = row.Model,
            ImageUrl = row.ImageUrl,
            Category = row.Category,
            MoreImageUrls = { row.Pictures },
            DesiHundredths = (int)row.DesiHundredths,
            Variants = { variants.Select(variant => variant.ToProto()) },
        };
    }

    extension(VariantRow row)
    {
        Variant ToProto()
        {
            var variant = new Variant
            {
                ShopVariantId = row.ShopVariantId,
                Sku = row.Sku,
                Barcode = row.Barcode,
                Title = row.Title,
                Quantity = (int)row.OnHand,
                Reserved = (int)row.Reserved,
                Price = Lira(row.PriceMinor),
                ReportTime = StoreProto.Instant(row.StockReportedMs),
            };
            if (row.VatBasisPoints is { } vat)
                variant.VatBasisPoints = (int)vat;
            return variant;
        }
    }

    extension(ItemOutcome outcome)
    {
        public ItemResult ToProto() => new() { Id = outcome.Id, Ok = outcome.Ok, Reason = outcome.Reason, Detail = outcome.Detail };
    }

    extension(Check check)
    {
        /// <summary>A list of <paramref name="min"/> to <paramref name="max"/> texts of 1 to <paramref name="length"/> characters.</summary>
        public void Texts(RepeatedField<string> texts, string field, int min, int max, int length)
        {
            check.That(texts.Count >= min && texts.Count <= max, field, $"must hold {min} to {max} entries");
            for (var i = 0; i < texts.Count; i++)
                check.Text(texts[i], $"{field}[{i}]", 1, length);
        }
    }

    internal static Money? Lira(long? minor) => minor is { } known ? new Money { CurrencyCode = "TRY", Minor = known } : null;
}
