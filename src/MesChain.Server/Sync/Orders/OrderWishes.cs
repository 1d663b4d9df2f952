using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>What the shop wants done with a package; it is on record before anybody is told.</summary>
public sealed class OrderWishes(Nudges nudges)
{
    /// <exception cref="UnknownResourceException">There is no such order, or it has no such package.</exception>
    /// <exception cref="PreconditionException">The package is not new.</exception>
    public async Task PickAsync(Tx tx, Guid storeId, Guid orderId, string packageId)
    {
        var connection = await tx.ScalarAsync<byte[]>(
            $"select connection_id from orders where store_id = @storeId and id = @orderId {tx.Db.ForUpdate}", new { storeId, orderId })
            ?? throw new UnknownResourceException("order", orderId.ToWire());
        var status = await tx.ScalarAsync<string>(
            "select status from order_packages where store_id = @storeId and order_id = @orderId and package_id = @packageId", new { storeId, orderId, packageId })
            ?? throw new UnknownResourceException("package", packageId);
        if (status != PackageStates.New)
            throw new PreconditionException(Reasons.PackageStatus, "package/" + packageId, $"The package is {status}; only a new one can be picked.");
        await tx.ExecuteAsync(
            "update order_packages set wish = 'pick' where store_id = @storeId and order_id = @orderId and package_id = @packageId",
            new { storeId, orderId, packageId });
        await nudges.SendAsync(tx, storeId, new Guid(connection, bigEndian: true), JobKinds.Pick);
    }
}
