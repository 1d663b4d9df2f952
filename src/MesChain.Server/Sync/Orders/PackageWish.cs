using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Marketplaces;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// What the shop wants done with a package, as it lies at the package until the marketplace has taken or refused it. The marketplace's own
/// rules are narrower than what is judged here, and it says so. No step is ended by a stop of the program: a request that is cancelled
/// half-way is one whose fate is unknown.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "wish")]
[JsonDerivedType(typeof(Pick), Kinds.Pick)]
[JsonDerivedType(typeof(Unsupply), Kinds.Unsupply)]
[JsonDerivedType(typeof(Split), Kinds.Split)]
[JsonDerivedType(typeof(Ship), Kinds.Ship)]
[JsonDerivedType(typeof(Invoice), Kinds.Invoice)]
public abstract record PackageWish
{
    /// <summary>One of <see cref="Kinds"/>.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>Units that it names, of one part after the other.</summary>
    [JsonIgnore]
    public virtual IEnumerable<PackageUnits> Named => [];

    /// <summary>Whether a marketplace has a way to do this.</summary>
    public abstract bool OfferedBy(IMarketplace marketplace);

    /// <summary>Whether it can still be meant of a package in this state.</summary>
    public virtual bool FitsTo(string status) => status is PackageStates.New or PackageStates.Picking or PackageStates.Invoiced;

    /// <param name="held">All lines of the package with all their units.</param>
    /// <exception cref="MarketplaceFault">It was refused, or nobody knows.</exception>
    public abstract Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held);

    public string ToJson() => JsonSerializer.Serialize(this);

    /// <param name="detail">Empty for a wish that was stored before wishes had details.</param>
    public static PackageWish FromJson(string detail) => detail.Length == 0 ? new Pick() : JsonSerializer.Deserialize<PackageWish>(detail)!;

    /// <summary>As they stand in the table and on the wire.</summary>
    public static class Kinds
    {
        public const string Pick = "pick";
        public const string Unsupply = "unsupply";
        public const string Split = "split";
        public const string Ship = "ship";
        public const string Invoice = "invoice";
    }

    public sealed record Pick : PackageWish
    {
        public override string Kind => Kinds.Pick;

        public override bool OfferedBy(IMarketplace marketplace) => marketplace is IOrderActions;

        public override bool FitsTo(string status) => status == PackageStates.New;

        public override Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held) =>
            ((IOrderActions)marketplace).PickAsync(access, packageId, held, CancellationToken.None);
    }

    public sealed record Unsupply(IReadOnlyList<PackageUnits> Lines, UnsupplyReason Reason) : PackageWish
    {
        public override string Kind => Kinds.Unsupply;

        public override IEnumerable<PackageUnits> Named => Lines;

        public override bool OfferedBy(IMarketplace marketplace) => marketplace is IUnsupply;

        public override Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held) =>
            ((IUnsupply)marketplace).UnsupplyAsync(access, packageId, Lines, Reason, CancellationToken.None);
    }

    public sealed record Split(IReadOnlyList<IReadOnlyList<PackageUnits>> Parts) : PackageWish
    {
        public override string Kind => Kinds.Split;

        public override IEnumerable<PackageUnits> Named => Parts.SelectMany(part => part);

        public override bool OfferedBy(IMarketplace marketplace) => marketplace is IPackageSplit;

        public override Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held) =>
            ((IPackageSplit)marketplace).SplitAsync(
                access, packageId, [.. Parts.Select(part => new PackagePart([.. part.Select(line => new PartLine(line.LineId, line.Quantity))]))], CancellationToken.None);
    }

    /// <param name="Reference">A number, an address or a telephone number, as <paramref name="How"/> says.</param>
    public sealed record Ship(Tracking How, string Reference) : PackageWish
    {
        public override string Kind => Kinds.Ship;

        public override bool OfferedBy(IMarketplace marketplace) => How == Tracking.Number ? marketplace is IShipmentTerms : marketplace is IOwnDelivery;

        public override Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held) => How == Tracking.Number
            ? ((IShipmentTerms)marketplace).SetTrackingNumberAsync(access, packageId, Reference, CancellationToken.None)
            : ((IOwnDelivery)marketplace).ShipAsync(access, packageId, new(Reference, How == Tracking.Phone), CancellationToken.None);
    }

    public enum Tracking
    {
        Number,
        Link,
        Phone,
    }

    public sealed record Invoice(Uri Link, string Number, long? IssuedMs) : PackageWish
    {
        public override string Kind => Kinds.Invoice;

        public override bool OfferedBy(IMarketplace marketplace) => marketplace is IInvoiceTarget;

        public override bool FitsTo(string status) => status is not (PackageStates.Awaiting or PackageStates.Cancelled or PackageStates.Superseded);

        public override Task DoAsync(IMarketplace marketplace, SellerAccess access, string packageId, IReadOnlyList<PackageUnits> held) =>
            ((IInvoiceTarget)marketplace).SendInvoiceLinkAsync(
                access, new(packageId, Link, Number, IssuedMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null), CancellationToken.None);
    }
}
