using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// Stops a wave that would take a shop from sale: when, within ten minutes and without orders that explain it, more than
/// max(20, a tenth) of the live offers would go to zero, those wait for the owner. Resolving the issue releases exactly them.
/// </summary>
public sealed class Breaker(OfferStore offers, IssueStore issues)
{
    const long FreeZeroes = 20;
    const long WindowMs = 10 * 60_000;
    const int ReleaseMax = 2000;

    // An order of this long ago still explains an empty stock.
    const long SaleMs = 24 * 3_600_000;

    /// <summary>On the offers table: would go from sale to zero, not released, not emptied by an order.</summary>
    static string Emptied(Tx tx) =>
        $"""
        desired_qty = 0 and acked_qty > 0 and released_version < desired_version
        and not exists (
            select 1 from reservations r
            where r.store_id = offers.store_id and r.variant_id = offers.variant_id and r.ordered_ms > {tx.Db.Now} - @SaleMs)
        """;

    /// <summary>Lets go what the owner released, and holds what is too much. Runs before a claim, in its transaction.</summary>
    public async Task ApplyAsync(Tx tx, Guid storeId, Guid connectionId, long nowMs)
    {
        var subject = connectionId.ToWire();
        var open = await tx.ScalarAsync<long>(
            "select count(*) from issues where store_id = @storeId and code = @code and connection_id = @connectionId and subject = @subject and state = 'open'",
            new { storeId, code = IssueCatalog.WaveHeld, connectionId, subject }) > 0;
        var held = await tx.ScalarAsync<long>(
            "select count(*) from offers where store_id = @storeId and connection_id = @connectionId and stock_state = 'held'",
            new { storeId, connectionId });
        if (held > 0 && !open)
            await ReleaseAsync(tx, storeId, connectionId, nowMs);
        else if (held == 0 && open)
            await issues.ResolveAsync(tx, storeId, IssueCatalog.WaveHeld, connectionId, subject);

        var wave = await WaveAsync(tx, storeId, connectionId);
        if (wave.Waiting == 0 || wave.Sent + wave.Waiting <= Math.Max(FreeZeroes, wave.Live / 10))
            return;

        await tx.ExecuteAsync(
            $"""
            update offers set stock_state = 'held', stock_dirty_ms = null
            where store_id = @storeId and connection_id = @connectionId and stock_state in ('dirty', 'diverged') and {Emptied(tx)}
            """,
            new { storeId, connectionId, SaleMs });
        await issues.OpenAsync(
            tx, storeId, IssueCatalog.WaveHeld, connectionId, subject,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["offers"] = Text(wave.Waiting + held), ["live"] = Text(wave.Live) });
    }

    /// <summary>Whether sending this offer takes it from sale without an order that explains it.</summary>
    public static async Task<bool> IsEmptiedAsync(Tx tx, Offer offer) =>
        offer.Stock.Desired?.First == 0 && offer.Stock.Acked?.First > 0
        && await tx.ScalarAsync<long>(
            $"select count(*) from reservations where store_id = @StoreId and variant_id = @VariantId and ordered_ms > {tx.Db.Now} - @SaleMs",
            new { offer.StoreId, offer.VariantId, SaleMs }) == 0;

    static async Task<Wave> WaveAsync(Tx tx, Guid storeId, Guid connectionId) =>
        (await tx.OneAsync<Wave>(
            $"""
            select
                (select count(*) from offers where store_id = @storeId and connection_id = @connectionId and stock_state in ('dirty', 'diverged') and {Emptied(tx)}) as waiting,
                (select count(*) from offers where store_id = @storeId and connection_id = @connectionId and acked_qty > 0) as live,
                (select count(*) from push_batches b join push_items i on i.store_id = b.store_id and i.batch_id = b.id
                 where b.store_id = @storeId and b.connection_id = @connectionId and i.zeroed and b.sent_ms > {tx.Db.Now} - @WindowMs) as sent
            """,
            new { storeId, connectionId, SaleMs, WindowMs }))!;

    async Task ReleaseAsync(Tx tx, Guid storeId, Guid connectionId, long nowMs)
    {
        foreach (var offer in await offers.InStockStateAsync(tx, storeId, connectionId, AxisStates.Held, ReleaseMax))
        {
            offer.ReleasedVersion = offer.Stock.DesiredVersion;
            offer.Stock.Rest(nowMs);
            await offers.SaveAsync(tx, offer);
        }
    }

    static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    sealed class Wave
    {
        public long Waiting { get; init; }

        public long Live { get; init; }

        public long Sent { get; init; }
    }
}
