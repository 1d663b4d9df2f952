using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Offers;

/// <summary>Offers as people look at them.</summary>
public sealed class OfferList
{
    /// <summary>In order of barcode, or the latest first. One row more than the page holds says that there are more.</summary>
    public Task<IReadOnlyList<OfferLine>> ListAsync(Tx tx, Guid storeId, OfferQuery query) =>
        tx.QueryAsync<OfferLine>(
            $"""
            select v.shop_variant_id, p.title as product_title, v.title as variant_title, o.barcode, o.stock_state, o.desired_qty, o.acked_qty, o.observed_qty,
              o.observed_ms, o.sent_ms, o.acked_ms, o.issue_code, o.price_state, o.desired_price_minor, o.acked_price_minor, v.stock_version, o.acked_version
            from offers o
            join variants v on v.store_id = o.store_id and v.id = o.variant_id
            join products p on p.store_id = v.store_id and p.id = v.product_id
            where o.store_id = @storeId and o.connection_id = @connectionId and o.barcode > @after
              {(query.State.Length > 0 ? "and o.stock_state = @state" : "")}
              {(query.Query.Length > 0 ? "and (p.folded like @folded escape '\\' or v.folded like @folded escape '\\' or o.barcode like @raw escape '\\')" : "")}
            order by {(query.RecentFirst ? tx.Db.Greatest("coalesce(o.acked_ms, 0)", "coalesce(o.sent_ms, 0)") + " desc, o.barcode" : "o.barcode")} limit @limit
            """,
            new
            {
                storeId,
                connectionId = query.Connection,
                after = query.After ?? "",
                limit = query.Limit + 1,
                state = query.State,
                folded = Fold.Pattern(query.Query),
                raw = Fold.Like(query.Query),
            });
}

public sealed record OfferLine
{
    public required string ShopVariantId { get; init; }

    public required string ProductTitle { get; init; }

    public required string VariantTitle { get; init; }

    public required string Barcode { get; init; }

    public required string StockState { get; init; }

    public long DesiredQty { get; init; }

    public long? AckedQty { get; init; }

    public long? ObservedQty { get; init; }

    public long? ObservedMs { get; init; }

    public long? SentMs { get; init; }

    public long? AckedMs { get; init; }

    public required string IssueCode { get; init; }

    public required string PriceState { get; init; }

    public long? DesiredPriceMinor { get; init; }

    public long? AckedPriceMinor { get; init; }

    public long StockVersion { get; init; }

    public long AckedVersion { get; init; }
}
