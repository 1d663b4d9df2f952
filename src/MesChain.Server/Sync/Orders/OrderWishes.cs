using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>Takes what the shop wants done with a package; it is on record before anybody is told.</summary>
public sealed class OrderWishes(Nudges nudges, FindMarketplace find, LedgerRows ledger)
{
    /// <exception cref="UnknownResourceException">There is no such order, or it has no such package.</exception>
    /// <exception cref="PreconditionException">It cannot be done, or not now.</exception>
    public async Task TakeAsync(Tx tx, Guid storeId, Guid orderId, string packageId, PackageWish wish, string actor)
    {
        var place = await tx.OneAsync<Place>(
            $"""
            select c.id as connection_id, c.marketplace from orders o join connections c on c.store_id = o.store_id and c.id = o.connection_id
            where o.store_id = @storeId and o.id = @orderId {(tx.Db.ForUpdate.Length > 0 ? "for update of o" : "")}
            """,
            new { storeId, orderId })
            ?? throw new UnknownResourceException("order", orderId.ToWire());
        var package = await tx.OneAsync<PackageRow>(
            "select * from order_packages where store_id = @storeId and order_id = @orderId and package_id = @packageId", new { storeId, orderId, packageId })
            ?? throw new UnknownResourceException("package", packageId);

        var subject = "package/" + packageId;
        var (marketplace, detail) = (find(place.Marketplace), wish.ToJson());
        if (package.Wish.Length > 0 && string.Equals(package.WishDetail, detail, StringComparison.Ordinal))
            return;
        if (package.Wish.Length > 0)
            throw new PreconditionException(Reasons.PackageBusy, subject, $"A {package.Wish} of the package is not confirmed yet.");
        if (!wish.OfferedBy(marketplace))
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + place.Marketplace, $"{place.Marketplace} has no way to {wish.Kind} like this.");
        if (!wish.FitsTo(package.Status))
            throw new PreconditionException(Reasons.PackageStatus, subject, $"The package is {package.Status}; {wish.Kind} is too late or too early.");
        await DemandUnitsAsync(tx, storeId, orderId, packageId, wish);
        if (wish is PackageWish.Invoice)
            await DemandVatAsync(tx, storeId, orderId, packageId);
        if (wish is PackageWish.Invoice { Number.Length: > 0 } invoice && (marketplace as IInvoiceTarget)?.JudgeInvoiceNumber(invoice.Number) is { } fault)
            throw new InvalidInputException([new("invoice.number", fault.Message)]);

        await tx.ExecuteAsync(
            "update order_packages set wish = @kind, wish_detail = @detail, wish_doubt_ms = null where store_id = @storeId and order_id = @orderId and package_id = @packageId",
            new { storeId, orderId, packageId, kind = wish.Kind, detail });
        await ledger.AppendAsync(tx, storeId, "order." + wish.Kind, $"order:{orderId.ToWire()}", actor, packageId + " " + detail);
        await nudges.SendAsync(tx, storeId, place.ConnectionId, JobKinds.Package);
    }

    static async Task DemandUnitsAsync(Tx tx, Guid storeId, Guid orderId, string packageId, PackageWish wish)
    {
        var held = (await HeldAsync(tx, storeId, orderId, packageId)).ToDictionary(line => line.LineId, line => line.Quantity, StringComparer.Ordinal);
        foreach (var line in wish.Named.GroupBy(units => units.LineId, StringComparer.Ordinal))
        {
            var (wanted, there) = (line.Sum(units => units.Quantity), held.GetValueOrDefault(line.Key));
            if (wanted > there)
                throw new PreconditionException(Reasons.PackageUnits, "package/" + packageId, $"The package holds {there} of line {line.Key}, not {wanted}.");
        }
    }

    /// <summary>What is invoiced has a rate: the marketplace's word, or without one the shop's own for its variant. None is not 0 %.</summary>
    static async Task DemandVatAsync(Tx tx, Guid storeId, Guid orderId, string packageId)
    {
        var unknown = await tx.QueryAsync<string>(
            """
            select l.barcode from order_package_lines p
            join order_lines l on l.store_id = p.store_id and l.order_id = p.order_id and l.line_id = p.line_id
            left join variants v on v.store_id = l.store_id and v.id = l.variant_id
            where p.store_id = @storeId and p.order_id = @orderId and p.package_id = @packageId and coalesce(l.vat_basis_points, v.vat_basis_points) is null
            order by l.position
            """,
            new { storeId, orderId, packageId });
        if (unknown.Count > 0)
            throw new PreconditionException(
                Reasons.VatUnknown, "package/" + packageId,
                $"Neither the marketplace nor the shop says the VAT rate of {string.Join(", ", unknown.Take(5))}. Give the product its rate in the shop, and link it.");
    }

    /// <summary>All lines of a package with all their units.</summary>
    public static async Task<IReadOnlyList<PackageUnits>> HeldAsync(Tx tx, Guid storeId, Guid orderId, string packageId) =>
        [.. (await tx.QueryAsync<Line>(
            "select line_id, quantity from order_package_lines where store_id = @storeId and order_id = @orderId and package_id = @packageId order by line_id",
            new { storeId, orderId, packageId })).Select(line => new PackageUnits(line.LineId, (int)line.Quantity))];

    sealed class Place
    {
        public Guid ConnectionId { get; init; }

        public string Marketplace { get; init; } = "";
    }

    sealed class Line
    {
        public string LineId { get; init; } = "";

        public long Quantity { get; init; }
    }
}
