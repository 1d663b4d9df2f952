using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Issues;

/// <summary>How a store stands, in numbers, as one snapshot.</summary>
public sealed class Overview(ShopStores stores, ConnectionStore connections, CatalogStore catalog, IssueStore issues)
{
    const int ConnectionsMax = 200;

    /// <summary>Confirmed changes that the percentiles are taken from; the newest ones.</summary>
    const int SampleMax = 10_000;

    const long HourMs = 3_600_000;
    const long DayMs = 24 * HourMs;

    /// <summary>Istanbul has been three hours ahead of UTC, summer and winter, since 2016.</summary>
    const long IstanbulMs = 3 * HourMs;

    public async Task<OverviewRow> ReadAsync(Tx tx, Guid storeId)
    {
        var now = await tx.NowMsAsync();
        var list = await connections.ListAsync(tx, storeId, null, ConnectionsMax);
        var delays = await tx.QueryAsync<long>(
            """
            select b.done_ms - i.dirty_ms from push_batches b
            join push_items i on i.store_id = b.store_id and i.batch_id = b.id
            where b.store_id = @storeId and b.done_ms > @since and i.outcome = 'ok' and i.dirty_ms is not null
            order by b.done_ms desc limit @SampleMax
            """,
            new { storeId, since = now - HourMs, SampleMax });
        return new()
        {
            Store = await stores.GetAsync(tx, storeId),
            Connections = list,
            OfferCounts = await connections.CountOffersAsync(tx, storeId, list.Select(row => row.Id)),
            Waiting = await tx.OneAsync<Tail>(
                """
                select count(*) as count, min(case when price_ms is null or stock_ms < price_ms then stock_ms else price_ms end) as oldest_ms
                from (
                    select
                        case when c.stock_enabled and o.stock_state not in ('clean', 'failed') then coalesce(o.stock_dirty_ms, o.sent_ms) end as stock_ms,
                        case when c.price_enabled and o.price_state not in ('clean', 'failed') then coalesce(o.price_dirty_ms, o.sent_ms) end as price_ms
                    from offers o join connections c on c.store_id = o.store_id and c.id = o.connection_id
                    where o.store_id = @storeId and c.mode = 'live'
                      and ((c.stock_enabled and o.stock_state not in ('clean', 'failed')) or (c.price_enabled and o.price_state not in ('clean', 'failed')))
                ) waiting
                """,
                new { storeId }) ?? new(),
            Unacknowledged = await tx.OneAsync<Tail>(
                "select count(*) as count, min(created_ms) as oldest_ms from feed_entries where store_id = @storeId and acked_ms is null", new { storeId }) ?? new(),
            Receipts = await tx.OneAsync<Tail>(
                "select count(*) as count, min(sent_ms) as oldest_ms from push_batches where store_id = @storeId and state in ('in_flight', 'awaiting')", new { storeId }) ?? new(),
            LastOrderMs = await tx.ScalarAsync<long?>("select max(ordered_ms) from orders where store_id = @storeId", new { storeId }),
            OrdersToday = await tx.ScalarAsync<long>(
                "select count(*) from orders where store_id = @storeId and created_ms >= @since", new { storeId, since = MidnightMs(now) }),
            IssuesOpen = await issues.CountOpenAsync(tx, storeId),
            Variants = await catalog.CountAsync(tx, storeId),
            P50Ms = Percentile(delays, 50),
            P95Ms = Percentile(delays, 95),
            NowMs = now,
        };
    }

    /// <summary>The last midnight in Istanbul.</summary>
    internal static long MidnightMs(long nowMs) => ((nowMs + IstanbulMs) / DayMs * DayMs) - IstanbulMs;

    /// <summary>The smallest value that so many of a hundred do not exceed; 0 of none.</summary>
    internal static long Percentile(IReadOnlyList<long> values, int percent) =>
        values.Count == 0 ? 0 : values.Order().ElementAt((int)Math.Ceiling(values.Count * percent / 100.0) - 1);
}

public sealed record OverviewRow
{
    public required StoreRow Store { get; init; }

    public required IReadOnlyList<ConnectionRow> Connections { get; init; }

    public required ILookup<Guid, StateCount> OfferCounts { get; init; }

    public required Tail Waiting { get; init; }

    public required Tail Unacknowledged { get; init; }

    public required Tail Receipts { get; init; }

    public long? LastOrderMs { get; init; }

    public long OrdersToday { get; init; }

    public long IssuesOpen { get; init; }

    public long Variants { get; init; }

    public long P50Ms { get; init; }

    public long P95Ms { get; init; }

    public long NowMs { get; init; }
}

/// <summary>How many wait, and since when the oldest does.</summary>
public sealed record Tail
{
    public long Count { get; init; }

    public long? OldestMs { get; init; }
}
