using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Sees when a shop no longer comes for its orders: its timer has stopped, or it cannot reach this server. A shop that could not book an
/// order came for it, and has an issue of that.
/// </summary>
public sealed class FeedWatch(IssueStore issues)
{
    const long LateMs = 10 * 60_000;

    /// <summary>The shops of which something else is told than is so.</summary>
    public static Task<IReadOnlyList<Shop>> LookAsync(Tx tx) =>
        tx.QueryAsync<Shop>(
            $"""
            select * from (
                select s.id as store_id,
                    exists (select 1 from feed_entries f where f.store_id = s.id and f.acked_ms is null
                            and f.created_ms <= {tx.Db.Now} - @LateMs and f.not_before_ms <= {tx.Db.Now} - @LateMs) as late,
                    exists (select 1 from issues i where i.store_id = s.id and i.code = '{IssueCatalog.OrdersNotFetched}' and i.state = 'open') as told
                from stores s
            ) as looked
            where late <> told
            """,
            new { LateMs });

    public Task TellAsync(Tx tx, Shop shop) => issues.StandAsync(tx, shop.StoreId, IssueCatalog.OrdersNotFetched, null, shop.StoreId.ToWire(), shop.Late);

    public sealed class Shop
    {
        public Guid StoreId { get; init; }

        public bool Late { get; init; }
    }
}
