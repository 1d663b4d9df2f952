using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Offers;

/// <summary>Movements of stock: every change has one cause, once. Their sum is the on-hand quantity of a variant.</summary>
public sealed class StockLedger
{
    /// <summary>
    /// Books that a variant now has <paramref name="onHand"/> units. The version is the one that <see cref="Desire"/> gives in the same
    /// transaction. False when this cause was booked before.
    /// </summary>
    public async Task<bool> RecordAsync(Tx tx, Guid storeId, VariantRow variant, long onHand, string cause) =>
        await tx.ExecuteAsync(
            $"""
            insert into stock_movements (store_id, cause, variant_id, delta, on_hand, version, at_ms)
            values (@storeId, @cause, @Id, @delta, @onHand, @version, {tx.Db.Now})
            on conflict do nothing
            """,
            new { storeId, cause, variant.Id, delta = onHand - variant.OnHand, onHand, version = variant.StockVersion + 1 }) == 1;
}
