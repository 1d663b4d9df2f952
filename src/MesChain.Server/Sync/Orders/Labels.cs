using System.Security.Cryptography;
using System.Text;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// The marketplace's own labels of a package, asked for while the caller waits and outside any transaction. Nothing of them is kept: they
/// show the buyer's address, and the marketplace has them.
/// </summary>
public sealed class Labels(Db db, ConnectionStore connections, ConnectionAccess access, FindMarketplace find, LedgerRows ledger)
{
    public const int BoxesMax = 100;

    /// <summary>How long a label, or a tracking number, may take to appear.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <exception cref="UnknownResourceException">There is no such order, or it has no such package.</exception>
    /// <exception cref="PreconditionException">The package has no label, or something has to be mended first.</exception>
    /// <exception cref="BusyException">Not yet, or the marketplace cannot be asked just now.</exception>
    public async Task<IReadOnlyList<ParcelLabel>> GetAsync(Guid storeId, LabelWish wish, string actor, CancellationToken cancel)
    {
        var (parcel, connection) = await db.ReadAsync(tx => ParcelAsync(tx, storeId, wish), cancel);
        if (find(connection.Marketplace) is not ILabelSource source)
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + connection.Marketplace, $"{connection.Marketplace} makes no labels.");
        var subject = "package/" + wish.PackageId;
        if (parcel.TrackingNumber.Length == 0)
            throw new BusyException(Reasons.LabelNotReady, "The package has no tracking number yet.", Soon);

        IReadOnlyList<ParcelLabel> labels;
        try
        {
            labels = await AskAsync(source, await access.DemandAsync(connection, actor, cancel), parcel, wish.Boxes, cancel);
        }
        catch (MarketplaceFault fault)
        {
            throw Refusal(fault, subject, connection);
        }

        if (labels.Count == 0)
            throw new BusyException(Reasons.LabelNotReady, "The marketplace is still making the label.", Soon);
        // Whoever sees an address is on record before he does.
        await db.WriteAsync(
            tx => ledger.AppendAsync(tx, storeId, "order.label", $"order:{wish.OrderId.ToWire()}", actor, wish.PackageId + " " + string.Join(' ', labels.Select(Digest))), cancel);
        return labels;
    }

    /// <summary>Reads before it asks: a label of a parcel that is on its way can still be read, but not be made any more.</summary>
    static async Task<IReadOnlyList<ParcelLabel>> AskAsync(ILabelSource source, SellerAccess seller, ParcelName parcel, int boxes, CancellationToken cancel)
    {
        var there = await source.ReadLabelsAsync(seller, parcel, cancel);
        if (there.Count > 0 && (boxes == 0 || there.Count == boxes))
            return there;
        await source.RequestLabelsAsync(seller, parcel, Math.Max(boxes, 1), deci: null, cancel);
        var made = await source.ReadLabelsAsync(seller, parcel, cancel);
        // What was made for another number of boxes before is not what was asked for.
        return boxes == 0 || made.Count == boxes ? made : [];
    }

    async Task<(ParcelName Parcel, ConnectionRow Connection)> ParcelAsync(Tx tx, Guid storeId, LabelWish wish)
    {
        var order = await tx.OneAsync<OrderRow>("select * from orders where store_id = @storeId and id = @OrderId", new { storeId, wish.OrderId })
            ?? throw new UnknownResourceException("order", wish.OrderId.ToWire());
        var packages = await tx.QueryAsync<PackageRow>("select * from order_packages where store_id = @storeId and order_id = @OrderId order by package_id", new { storeId, wish.OrderId });
        var package = packages.FirstOrDefault(row => row.PackageId == wish.PackageId) ?? throw new UnknownResourceException("package", wish.PackageId);
        if (package.Status is PackageStates.Awaiting or PackageStates.Cancelled or PackageStates.Superseded)
        {
            var successors = packages.Where(row => row.Replaces.Split(',').Contains(wish.PackageId, StringComparer.Ordinal)).Select(row => row.PackageId).ToList();
            throw new PreconditionException(
                Reasons.PackageStatus, "package/" + wish.PackageId,
                $"The package is {package.Status}; it gets no label.{(successors.Count > 0 ? $" It was replaced by {string.Join(", ", successors)}." : "")}");
        }

        return (new(package.PackageId, package.TrackingNumber), await connections.GetAsync(tx, storeId, order.ConnectionId));
    }

    static MesChainException Refusal(MarketplaceFault fault, string subject, ConnectionRow connection) => fault.Kind switch
    {
        FaultKind.Rejected or FaultKind.Missing => new PreconditionException(
            Reasons.LabelRefused, subject, $"{connection.Marketplace} makes no label for the package.{(fault.MarketplaceText.Length > 0 ? " It says: " + fault.MarketplaceText : "")}"),
        FaultKind.Unauthorised or FaultKind.Forbidden => new PreconditionException(Reasons.MarketplaceKeyRefused, "connection/" + connection.Id.ToWire(), fault.Message),
        _ => new BusyException(Reasons.MarketplaceUnavailable, fault.Message, fault.RetryAfter ?? Soon),
    };

    static string Digest(ParcelLabel label) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(label.Content)));
}

/// <param name="Boxes">0 for as many labels as there are, or one.</param>
public sealed record LabelWish(Guid OrderId, string PackageId, int Boxes);
