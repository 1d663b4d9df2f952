using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>
/// Seller, buyer and carrier act on one order at random, over real HTTP, beside a model that knows only the published table of steps.
/// Whatever they do no unit and no kuruş is lost, and every refusal is one that the table foresees.
/// </summary>
public sealed class TrendyolPackageModelTests
{
    const int Steps = 25;

    static readonly string[] Barcodes = ["A", "B", "C"];
    static readonly PackageState[] Open = [PackageState.New, PackageState.Picking, PackageState.Invoiced];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact] // 10, 11
    [Trait(Soak.Trait, "yes")]
    public Task Checklist_10_units_are_never_lost_whatever_is_done_with_packages() => Soak.RunAsync("trendyol-packages", 200, RunAsync);

    static async Task RunAsync(int seed)
    {
        var chance = new Random(seed);
        await using var stage = await TrendyolRehearsal.OpenAsync(new() { IllegalStep = 409 });
        foreach (var barcode in Barcodes)
            stage.List(barcode, 1000, 99_99);
        var order = stage.Sandbox.PlaceOrder(new()
        {
            Lines = [.. Barcodes.Select(barcode => new OrderLineRequest { Barcode = barcode, Quantity = chance.Next(1, 6), SellerDiscount = chance.Next(0, 500) / 100m, TyDiscount = chance.Next(0, 500) / 100m })],
        });
        var scene = new Scene(stage, chance, order);
        for (var step = 0; step < Steps; step++)
        {
            await scene.ActAsync();
            await scene.CheckAsync(FormattableString.Invariant($"seed {seed}, step {step}: {scene.Last}"));
        }
    }

    sealed class Scene(TrendyolRehearsal stage, Random chance, PlacedOrder order)
    {
        readonly Dictionary<string, int> _left = order.Lines.ToDictionary(line => line.LineId, line => line.Quantity, StringComparer.Ordinal);
        (string PackageId, PackageState State)? _expected;

        public string Last { get; private set; } = "";

        public async Task ActAsync()
        {
            var packages = await ReadAsync();
            var package = packages[chance.Next(packages.Count)];
            var isOpen = Open.Contains(package.State);
            _expected = null;
            switch (chance.Next(7))
            {
                case 0:
                    await TryAsync("pick", package, isOpen && package.State != PackageState.Invoiced, PackageState.Picking,
                        () => stage.Can<IOrderActions>().PickAsync(stage.Access, package.PackageId, All(package), Cancel));
                    break;
                case 1:
                    await TryAsync("invoice", package, isOpen, PackageState.Invoiced,
                        () => stage.Can<IInvoicedNotice>().MarkInvoicedAsync(stage.Access, package.PackageId, All(package), "", Cancel));
                    break;
                case 2:
                    var (line, units) = Some(package);
                    if (await TryAsync("unsupply", package, isOpen, PackageState.Cancelled,
                        () => stage.Can<IUnsupply>().UnsupplyAsync(stage.Access, package.PackageId, [new(line, units)], UnsupplyReason.OutOfStock, Cancel)))
                        _left[line] -= units;
                    break;
                case 3 when package.Lines.Sum(own => own.Quantity) > 1:
                    var (apart, count) = Some(package);
                    await TryAsync("split", package, isOpen, PackageState.Superseded,
                        () => stage.Can<IPackageSplit>().SplitAsync(stage.Access, package.PackageId, [new([new(apart, Math.Min(count, package.Lines.Sum(own => own.Quantity) - 1))])], Cancel));
                    break;
                case 4:
                    await TryAsync("ship", package, package.State is PackageState.Picking or PackageState.Invoiced, PackageState.Shipped,
                        () => stage.Can<IOwnDelivery>().ShipAsync(stage.Access, package.PackageId, new("https://carrier.example/1", false), Cancel));
                    break;
                case 5 when isOpen:
                    var (cancelled, less) = Some(package);
                    stage.Sandbox.CancelUnits(new() { PackageId = package.PackageId, LineId = cancelled, Quantity = less });
                    (Last, _expected) = ($"buyer cancels {less}", (package.PackageId, PackageState.Cancelled));
                    _left[cancelled] -= less;
                    break;
                default:
                    Last = "nothing";
                    break;
            }

            // Six reads a step, and thirty a minute.
            stage.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        public async Task CheckAsync(string where)
        {
            var packages = await ReadAsync();
            var live = packages.Where(package => package.State is not (PackageState.Cancelled or PackageState.Superseded)).ToList();
            foreach (var (line, left) in _left)
                Assert.True(left == live.SelectMany(package => package.Lines).Where(own => own.LineId == line).Sum(own => own.Quantity), where);
            foreach (var package in packages)
            {
                var total = stage.Sandbox.With("", seller => TrendyolSales.TotalOf(TrendyolSales.Find(seller, package.PackageId)));
                Assert.True(total * 100 == package.Lines.Sum(line => line.UnitTotalsMinor.Sum()), where);
                Assert.True(package.Replaces.All(old => packages.Single(other => other.PackageId == old).State is PackageState.Cancelled or PackageState.Superseded), where);
            }

            Assert.True(packages.Count == packages.Select(package => package.TrackingNumber).Distinct(StringComparer.Ordinal).Count(), where);
            Assert.True(_expected is not var (id, state) || packages.Single(package => package.PackageId == id).State == state, where);
        }

        /// <summary>True when it was done; a refusal the table does not foresee, and a success it does not, fail the test.</summary>
        async Task<bool> TryAsync(string name, MarketplacePackage package, bool allowed, PackageState then, Func<Task> act)
        {
            Last = $"{name} of a package that is {package.State}";
            try
            {
                await act();
            }
            catch (MarketplaceFault fault)
            {
                Assert.True(!allowed && fault.Code == FaultCodes.PackageStateWrong, $"{Last}: {fault.Code} {fault.MarketplaceText}");
                _expected = (package.PackageId, package.State);
                return false;
            }

            Assert.True(allowed, $"{Last} was done.");
            _expected = (package.PackageId, then);
            return true;
        }

        Task<IReadOnlyList<MarketplacePackage>> ReadAsync() => stage.Can<IPackageSource>().ReadOrderAsync(stage.Access, order.OrderNumber, Cancel);

        static List<PackageUnits> All(MarketplacePackage package) => [.. package.Lines.Select(line => new PackageUnits(line.LineId, line.Quantity))];

        (string LineId, int Units) Some(MarketplacePackage package)
        {
            var line = package.Lines[chance.Next(package.Lines.Count)];
            return (line.LineId, chance.Next(1, line.Quantity + 1));
        }
    }
}
