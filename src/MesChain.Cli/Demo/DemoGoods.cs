using System.Globalization;

namespace MesChain.Cli.Demo;

/// <summary>Something that the demo shop sells.</summary>
/// <param name="Id">Product and variant id in the shop.</param>
/// <param name="PriceMinor">Gross, in kuruş.</param>
/// <param name="VatPercent">As Turkish law has it: 1, 10 or 20.</param>
sealed record Good(string Id, string Title, string Brand, string Barcode, long PriceMinor, int VatPercent);

/// <summary>Sixty invented products: twelve kinds in five looks each.</summary>
static class DemoGoods
{
    static readonly (string Name, string Brand, int Lira, int Vat)[] Kinds =
    [
        ("Pamuklu Tişört", "Çınar", 249, 10), ("Yün Kazak", "Çınar", 899, 10), ("Keten Gömlek", "Çınar", 649, 10), ("Spor Çorap, 3 Çift", "Çınar", 129, 10),
        ("Porselen Çay Fincanı", "İznik Ev", 179, 20), ("Bakır Cezve", "İznik Ev", 459, 20), ("Pamuk Nevresim Takımı", "İznik Ev", 1299, 20), ("Havlu Seti", "İznik Ev", 549, 20),
        ("Kablosuz Kulaklık", "Yıldız", 1499, 20), ("Şarj Kablosu, 2 m", "Yıldız", 149, 20), ("Masa Lambası", "Yıldız", 799, 20), ("Ders Kitabı Kılıfı", "Yıldız", 89, 20),
    ];

    static readonly string[] Looks = ["Beyaz", "Siyah", "Lacivert", "Kırmızı", "Yeşil"];

    public static readonly IReadOnlyList<Good> All = Kinds.SelectMany((kind, k) => Looks.Select((look, l) => Make(kind, look, (k * Looks.Length) + l + 1))).ToList();

    static Good Make((string Name, string Brand, int Lira, int Vat) kind, string look, int number) => new(
        number.ToString(CultureInfo.InvariantCulture),
        $"{kind.Name}, {look}",
        kind.Brand,
        Barcode(number),
        (kind.Lira * 100) + 90,
        kind.Vat);

    /// <summary>An EAN-13 with Türkiye's prefix, from a range that no maker has.</summary>
    static string Barcode(int number)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"869{number:000000000}");
        var sum = digits.Select((digit, at) => (digit - '0') * (at % 2 == 0 ? 1 : 3)).Sum();
        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }
}
