namespace MesChain.Sandbox.Trendyol;

/// <param name="ParentId">Null at the top.</param>
sealed record CategoryNode(long Id, string Name, long? ParentId);

/// <summary>How a category treats an attribute.</summary>
/// <param name="Varianter">Tells variants of one card apart; at most one in a category.</param>
/// <param name="Slicer">Splits a product into cards of their own.</param>
sealed record AttributeRule(long AttributeId, bool Required, bool AllowCustom = false, bool Varianter = false, bool Slicer = false, bool Multiple = false);

sealed record AttributeValue(long Id, string Name);

sealed record BrandEntry(long Id, string Name);

/// <summary>
/// What every seller finds: categories, attributes, brands, carriers. Small, Turkish and always the same, but with lists that are longer
/// than a page where the real ones are. Ids that Trendyol's documents show are kept.
/// </summary>
static class TrendyolCatalogue
{
    public const long Size = 338;
    public const long Colour = 47;
    public const long WebColour = 295;
    public const long Origin = 1192;
    public const long Material = 14;
    public const long Volume = 633;

    public static readonly IReadOnlyList<CategoryNode> Categories =
    [
        new(368, "Aksesuar", null),
        new(1162, "Atkı & Bere & Eldiven", 368),
        new(382, "Atkı", 1162),
        new(383, "Bere", 1162),
        new(384, "Eldiven", 1162),
        new(370, "Çanta", 368),
        new(1155, "Sırt Çantası", 370),
        new(522, "Giyim", null),
        new(601, "Üst Giyim", 522),
        new(604, "Tişört", 601),
        new(606, "Gömlek", 601),
        new(602, "Alt Giyim", 522),
        new(607, "Pantolon", 602),
        new(1070, "Ev & Yaşam", null),
        new(1075, "Mutfak", 1070),
        new(1354, "Kupa", 1075),
        new(1355, "Tencere", 1075),
        new(1080, "Ev Tekstili", 1070),
        new(1381, "Nevresim Takımı", 1080),
    ];

    static readonly AttributeRule[] Clothing =
    [
        new(Size, Required: true, Varianter: true),
        new(Colour, Required: true, AllowCustom: true, Slicer: true),
        new(WebColour, Required: true),
        new(Material, Required: false, Multiple: true),
    ];

    static readonly AttributeRule[] Household =
    [
        new(Volume, Required: true, AllowCustom: true, Varianter: true),
        new(Colour, Required: false, AllowCustom: true, Slicer: true),
        new(WebColour, Required: true),
        new(Origin, Required: true),
    ];

    static readonly AttributeRule[] Bags =
    [
        new(Colour, Required: true, AllowCustom: true, Slicer: true),
        new(WebColour, Required: true),
        new(Origin, Required: false),
    ];

    static readonly Dictionary<long, string> AttributeNames = new()
    {
        [Size] = "Beden",
        [Colour] = "Renk",
        [WebColour] = "Web Color",
        [Origin] = "Menşei",
        [Material] = "Materyal",
        [Volume] = "Hacim",
    };

    static readonly string[] Colours =
    [
        "Kırmızı", "Mavi", "Yeşil", "Sarı", "Siyah", "Beyaz", "Gri", "Turuncu", "Mor", "Pembe", "Kahverengi", "Lacivert", "Bej", "Bordo", "Ekru", "Haki",
    ];

    static readonly Dictionary<long, IReadOnlyList<AttributeValue>> Values = new()
    {
        [Size] = Numbered(4872, ["Tek Ebat", "S", "M", "L", "XL", "XXL", "36", "38", "40", "42"]),
        // More than a page of a thousand.
        [Colour] = Numbered(20_000, [.. from colour in Colours from shade in Enumerable.Range(0, 75) select shade == 0 ? colour : FormattableString.Invariant($"{colour} {shade}")]),
        [WebColour] = Numbered(2886, Colours),
        [Origin] = Numbered(9300, ["Türkiye", "Çin", "İtalya", "Bangladeş", "Portekiz"]),
        [Material] = Numbered(900, ["Pamuk", "Yün", "Akrilik", "Keten", "Polyester"]),
        [Volume] = Numbered(700, ["250 ml", "330 ml", "500 ml", "3 L", "5 L"]),
    };

    static readonly string[] BrandHeads =
    [
        "Ada", "Akın", "Alya", "Armağan", "Beyaz", "Bilge", "Cemre", "Çınar", "Defne", "Deniz", "Doğa", "Ege", "Ekin", "Elif", "Fidan", "Gökçe",
        "Güneş", "Hazal", "Ilgaz", "İnci", "Kardelen", "Kıvanç", "Lale", "Mavi", "Mercan", "Nehir", "Nokta", "Okyanus", "Ömür", "Pınar", "Rüzgâr", "Sedef",
        "Şafak", "Toprak", "Tuna", "Umut", "Ülkü", "Yakamoz", "Yıldız", "Zeytin",
    ];

    static readonly string[] BrandTails =
    [
        "Ev", "Moda", "Tekstil", "Giyim", "Mutfak", "Yaşam", "Tasarım", "Atölye", "Butik", "Dokuma", "Deri", "Triko", "Konfeksiyon", "Home", "Kids", "Sport",
    ];

    /// <summary>By id. Two of them differ in nothing but case, because the search by name does not forgive that.</summary>
    public static readonly IReadOnlyList<BrandEntry> Brands =
    [
        new(10, "TrendyolMilla"),
        new(40, "TRENDYOLMİLLA"),
        new(1791, "Örnek"),
        .. from series in Enumerable.Range(0, 5)
           from head in Enumerable.Range(0, BrandHeads.Length)
           from tail in Enumerable.Range(0, BrandTails.Length)
           let number = (series * BrandHeads.Length + head) * BrandTails.Length + tail
           select new BrandEntry(2000 + number, FormattableString.Invariant($"{BrandHeads[head]} {BrandTails[tail]}{(series == 0 ? "" : $" {series + 1}")}")),
    ];

    public static readonly IReadOnlyList<(int Id, string Code, string Name)> Carriers =
    [
        (38, "SENDEOMP", "Kolay Gelsin Marketplace"),
        (30, "CEVATEDARIK", "CEVA Tedarik Marketplace"),
        (10, "DHLECOMMP", "DHL eCommerce Marketplace"),
        (19, "PTTMP", "PTT Kargo Marketplace"),
        (9, "SURATMP", "Sürat Kargo Marketplace"),
        (17, "TEXMP", "Trendyol Express Marketplace"),
        (6, "HOROZMP", "Horoz Kargo Marketplace"),
        (20, "CEVAMP", "CEVA Marketplace"),
        (4, "YKMP", "Yurtiçi Kargo Marketplace"),
        (7, "ARASMP", "Aras Kargo Marketplace"),
    ];

    /// <summary>Every seller's own, with the same numbers: what is sent from, and what comes back to.</summary>
    public const long ShipmentAddress = 1001;

    public const long ReturningAddress = 1002;

    static readonly Dictionary<long, CategoryNode> ById = Categories.ToDictionary(node => node.Id);
    static readonly ILookup<long?, CategoryNode> ByParent = Categories.ToLookup(node => node.ParentId);
    static readonly Dictionary<long, BrandEntry> BrandsById = Brands.ToDictionary(brand => brand.Id);

    public static CategoryNode? Category(long id) => ById.GetValueOrDefault(id);

    public static IEnumerable<CategoryNode> Children(long? parentId) => ByParent[parentId];

    public static bool IsLeaf(long id) => !ByParent[id].Any();

    public static BrandEntry? Brand(long id) => BrandsById.GetValueOrDefault(id);

    public static string AttributeName(long id) => AttributeNames[id];

    /// <summary>Empty for a category that takes no products.</summary>
    public static IReadOnlyList<AttributeRule> Rules(long categoryId) => Category(categoryId) switch
    {
        null => [],
        _ when !IsLeaf(categoryId) => [],
        { ParentId: 370 } => Bags,
        _ => Top(categoryId) == 1070 ? Household : Clothing,
    };

    public static IReadOnlyList<AttributeValue> ValuesOf(long attributeId) => Values.GetValueOrDefault(attributeId) ?? [];

    static long Top(long id) => ById[id].ParentId is { } parent ? Top(parent) : id;

    static AttributeValue[] Numbered(long first, IReadOnlyList<string> names) => [.. names.Select((name, i) => new AttributeValue(first + i, name))];
}
