using MesChain.Server.Sync.Catalog;

namespace MesChain.Tests.Sync.Face;

public sealed class FoldTests
{
    [Theory]
    [InlineData("KIRMIZI", "kirmizi")]
    [InlineData("Kırmızı", "kirmizi")]
    [InlineData("kirmizi", "kirmizi")]
    [InlineData("İSTANBUL", "istanbul")]
    [InlineData("i\u0307stanbul", "istanbul")]
    [InlineData("ÇİÇEK  Şapka\t42", "çiçek şapka 42")]
    [InlineData("  Öğüt ", "öğüt")]
    [InlineData("e\u0307", "e\u0307")]
    [InlineData("", "")]
    public void The_four_letters_i_are_one_and_nothing_else_is_lost(string text, string folded) => Assert.Equal(folded, Fold.Text(text));

    [Fact]
    public void A_query_is_no_pattern_and_never_matches_across_two_texts()
    {
        Assert.Equal("""%50\% \_x\\y%""", Fold.Pattern("""50% _X\Y"""));
        Assert.Equal("kalem\nkl-1", Fold.Texts("Kalem", "", "KL-1"));
    }

    [Theory]
    [InlineData(" 8690 123\t45 ", "869012345")]
    [InlineData("\u00a0", "")]
    public void A_barcode_has_no_blanks(string barcode, string kept) => Assert.Equal(kept, Fold.Barcode(barcode));
}
