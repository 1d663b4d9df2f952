using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// Stops a wave that would take a shop from sale: when within ten minutes more live offers of a connection would go to zero than may do so
/// unasked, and no orders took their units, they wait for the owner (<see cref="WaveDesk"/>). Everything else goes on.
/// </summary>
public sealed class Breaker(IssueStore issues, IOptions<SyncOptions> options)
{
    const long WindowMs = 10 * 60_000;

    // Orders of this long ago still explain an empty stock.
    const long SaleMs = 24 * 3_600_000;

    /// <summary>Units on sale as far as anybody knows: the confirmed ones, or those on their way while none are.</summary>
    const string OnSale = "coalesce(nullif(acked_qty, 0), case when stock_state in ('awaiting', 'uncertain') then sent_qty end, 0)";

    /// <summary>On the offers table: would go from sale to zero, not released, and orders took fewer units than that.</summary>
    static string Emptied(Tx tx) =>
        $"""
        desired_qty = 0 and {OnSale} > 0 and released_version < desired_version
        and (select coalesce(sum(l.quantity - l.cancelled), 0) from reservations r
             join orders o on o.store_id = r.store_id and o.connection_id = r.connection_id and o.order_number = r.order_number
             join order_lines l on l.store_id = o.store_id and l.order_id = o.id and l.line_id = r.line_id
             where r.store_id = offers.store_id and r.variant_id = offers.variant_id and r.ordered_ms > {tx.Db.Now} - @SaleMs) < {OnSale}
        """;

    /// <summary>
    /// Holds what is too much of what was claimed and of what waits behind it, in the transaction of the claim. A connection has many
    /// offers, so they are counted only where a wave may begin or be held: something claimed goes to zero, or there once was one. Held
    /// offers and the issue of their wave are written together, and while there are offers nothing removes it.
    /// </summary>
    /// <returns>What may be sent; of what is on its way with units, nothing that would be overtaken by zero: it is held when it comes to rest.</returns>
    public async Task<List<Planned>> PassAsync(Tx tx, Guid storeId, Guid connectionId, List<Planned> claimed)
    {
        var emptied = await EmptiedAsync(tx, claimed.Select(item => item.Offer));
        var issue = await issues.StandingAsync(tx, storeId, IssueCatalog.WaveHeld, connectionId, connectionId.ToWire());
        if ((emptied.Count == 0 && issue is null) || !await StopsAsync(tx, storeId, connectionId, issue is { IsOpen: true } ? issue : null))
            return claimed;
        return [.. claimed.Where(item => !emptied.Contains(item.Offer.VariantId))];
    }

    async Task<bool> StopsAsync(Tx tx, Guid storeId, Guid connectionId, IssueStanding? issue)
    {
        var subject = connectionId.ToWire();
        var wave = await WaveAsync(tx, storeId, connectionId);
        if (wave.Held == 0 && issue is not null)
            await issues.ResolveAsync(tx, storeId, IssueCatalog.WaveHeld, connectionId, subject);

        // A wave that is held already grows by what follows close behind it, however little that is.
        var before = issue?.LastMs > await tx.NowMsAsync() - WindowMs ? wave.Held : 0;
        var stopped = wave.Waiting + wave.OnTheWay > 0 && wave.Sent + before + wave.Waiting + wave.OnTheWay > options.Value.EmptiedMax;
        if (stopped)
            await tx.ExecuteAsync(
                $"""
                update offers set stock_state = 'held', stock_dirty_ms = null
                where store_id = @storeId and connection_id = @connectionId and stock_state in ('dirty', 'diverged') and {Emptied(tx)}
                """,
                new { storeId, connectionId, SaleMs });
        // Also when somebody took the issue off the list while its offers wait.
        if ((stopped && wave.Waiting > 0) || (wave.Held > 0 && issue is null))
            await issues.OpenAsync(
                tx, storeId, IssueCatalog.WaveHeld, connectionId, subject,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["offers"] = Text(wave.Held + (stopped ? wave.Waiting : 0)),
                    ["live"] = Text(await tx.ScalarAsync<long>(
                        "select count(*) from offers where store_id = @storeId and connection_id = @connectionId and acked_qty > 0", new { storeId, connectionId })),
                });
        return stopped;
    }

    /// <summary>Those offers of one connection whose desired units take them from sale without orders that explain it and unasked.</summary>
    public static async Task<IReadOnlySet<Guid>> EmptiedAsync(Tx tx, IEnumerable<Offer> asked)
    {
        var emptied = asked.Where(offer => offer.Stock.Desired?.First == 0).ToList();
        if (emptied.Count == 0)
            return new HashSet<Guid>();
        return (await tx.QueryAsync<Guid>(
            $"select variant_id from offers where store_id = @StoreId and connection_id = @ConnectionId and {tx.Db.AnyId("variant_id", "ids")} and {Emptied(tx)}",
            new { emptied[0].StoreId, emptied[0].ConnectionId, ids = tx.Db.IdList(emptied.Select(offer => offer.VariantId)), SaleMs })).ToHashSet();
    }

    static async Task<Wave> WaveAsync(Tx tx, Guid storeId, Guid connectionId) =>
        (await tx.OneAsync<Wave>(
            $"""
            select
                (select count(*) from offers where store_id = @storeId and connection_id = @connectionId and stock_state in ('dirty', 'diverged') and {Emptied(tx)}) as waiting,
                (select count(*) from offers where store_id = @storeId and connection_id = @connectionId and stock_state in ('awaiting', 'uncertain') and sent_qty > 0 and {Emptied(tx)}) as on_the_way,
                (select count(*) from offers where store_id = @storeId and connection_id = @connectionId and stock_state = 'held') as held,
                (select count(*) from push_batches b join push_items i on i.store_id = b.store_id and i.batch_id = b.id
                 where b.store_id = @storeId and b.connection_id = @connectionId and i.zeroed and b.sent_ms > {tx.Db.Now} - @WindowMs) as sent
            """,
            new { storeId, connectionId, SaleMs, WindowMs }))!;

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    sealed class Wave
    {
        public long Waiting { get; init; }

        public long OnTheWay { get; init; }

        public long Held { get; init; }

        public long Sent { get; init; }
    }
}
