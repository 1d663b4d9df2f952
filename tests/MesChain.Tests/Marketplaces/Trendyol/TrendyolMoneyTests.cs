using System.Globalization;
using System.Text.Json;
using CsCheck;
using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Marketplaces.Trendyol;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Not one kuruş is made or lost between Trendyol's averages and an order of the shop.</summary>
public sealed class TrendyolMoneyTests
{
    static readonly Gen<OrderLineRequest> AnyLine =
        from quantity in Gen.Int[1, 9]
        from price in Gen.Long[1, 500_000]
        from own in Gen.Long[0, price * quantity / 2]
        from whole in Gen.Int[0, 3]
        // One line in four costs nothing: a coupon took the rest.
        from theirs in whole == 0 ? Gen.Const((price * quantity) - own) : Gen.Long[0, price * quantity / 2]
        select new OrderLineRequest { Barcode = "B", Quantity = quantity, Price = price / 100m, SellerDiscount = own / 100m, TyDiscount = theirs / 100m };

    [Fact]
    public void The_units_of_any_order_sum_to_what_the_buyer_pays() =>
        AnyLine.Array[1, 6].Sample(lines =>
        {
            var (placed, package) = Place(lines);

            Assert.Equal(placed.Total, package.Lines.Sum(line => line.UnitTotalsMinor.Sum()) / 100m);
            for (var i = 0; i < lines.Length; i++)
            {
                var line = package.Lines[i];
                Assert.Equal(lines[i].Quantity, line.UnitTotalsMinor.Count);
                Assert.Equal(lines[i].SellerDiscount + lines[i].TyDiscount, line.UnitDiscountsMinor.Sum() / 100m);
                Assert.Equal(lines[i].Price * lines[i].Quantity, (line.UnitTotalsMinor.Sum() + line.UnitDiscountsMinor.Sum()) / 100m);
            }
        });

    [Fact]
    public void Averages_alone_still_sum_to_what_the_buyer_pays() =>
        AnyLine.Sample(line =>
        {
            var (placed, package) = Place([line], withoutDetails: true);

            Assert.Equal(placed.Total, package.Lines.Sum(own => own.UnitTotalsMinor.Sum()) / 100m);
        });

    [Fact]
    public void Shares_sum_to_the_total_and_none_is_a_whole_unit_away() =>
        (from amounts in Gen.Long[0, 10_000_000].Array[1, 40]
         select amounts.Select(amount => amount / 100m).ToArray()).Sample(exact =>
        {
            var total = decimal.ToInt64(decimal.Round(exact.Sum(), MidpointRounding.AwayFromZero));

            var shares = Minor.Apportion(exact, total);

            Assert.Equal(total, shares.Sum());
            Assert.All(shares.Zip(exact), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1));
        });

    [Fact]
    public void A_price_survives_the_way_to_the_wire_and_back() =>
        Gen.Long[1, 9_999_999_999].Sample(minor => Assert.Equal(minor, Minor.From(Minor.ToDecimal(minor))));

    [Theory]
    [InlineData("249.9", 249_90)]
    [InlineData("0.01", 1)]
    [InlineData("19.99", 19_99)]
    [InlineData("1.005", 1_01)]
    [InlineData("1E2", 100_00)]
    public void A_number_becomes_minor_units_without_a_binary_fraction(string text, long minor) =>
        Assert.Equal(minor, Minor.From(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));

    [Fact]
    public void What_cannot_be_money_is_no_money()
    {
        Assert.Null(Minor.From(null));
        Assert.Null(Minor.From(99_999_999_999_999m));
    }

    static (PlacedOrder Placed, MarketplacePackage Package) Place(OrderLineRequest[] lines, bool withoutDetails = false)
    {
        var sandbox = new TrendyolSandbox(TimeProvider.System);
        sandbox.PutItems(new() { Items = [new() { Barcode = "B", Title = "B", Quantity = 1000, Price = 1 }] });
        var placed = sandbox.PlaceOrder(new() { Lines = lines });
        var json = sandbox.With("", seller => TrendyolPackageJson.Of(seller, TrendyolSales.Find(seller, placed.PackageId), sandbox.Clock.GetUtcNow()));
        if (withoutDetails)
        {
            foreach (var line in json["lines"]!.AsArray())
                line!.AsObject().Remove("discountDetails");
        }

        var package = JsonSerializer.Deserialize(json.ToJsonString(), TrendyolOrderJson.Default.Package)!.ToPackage();
        Assert.NotNull(package);
        return (placed, package);
    }
}
