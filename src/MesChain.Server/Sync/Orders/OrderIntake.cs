using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// A page of packages becomes orders, exactly once by (connection, order number): order, lines, holds, feed entry and the recomputed
/// offers in one transaction. What is known already, or older than what is known, changes nothing.
/// </summary>
public sealed class OrderIntake(
    ConnectionStore connections, OrderLedger ledger, Desire desire, Feed feed, IssueStore issues, EventLog events, PersonVault persons, TimeProvider clock)
{
    public async Task TakeAsync(JobRun run, IReadOnlyList<MarketplacePackage> packages, CancellationToken cancel)
    {
        var page = await run.ReadAsync(tx => NewsAsync(tx, run, packages), cancel);
        if (page.Count == 0)
            return;

        var arrivals = page.Select(news => new Arrival(news.OrderId ?? Ids.New(clock), news.OrderId is null, news.Number, news.Packages)).ToList();
        await run.WriteAsync(
            async tx =>
            {
                var sales = new Sales(run.ConnectionId);
                foreach (var arrival in arrivals)
                    await ApplyAsync(tx, run, arrival, sales);
                await SpreadAsync(tx, run.StoreId, sales);
            },
            cancel);
    }

    /// <summary>Counts again the orders whose closed packages have waited for successors long enough. Answers whether more are due.</summary>
    public Task<bool> SettleAsync(JobRun run, CancellationToken cancel) => run.WriteAsync(
        async tx =>
        {
            const int PerUnit = 50;
            var due = await tx.QueryAsync<Guid>(
                $"select id from orders where store_id = @StoreId and connection_id = @ConnectionId and settle_ms <= {tx.Db.Now} order by settle_ms, seq limit @PerUnit",
                new { run.StoreId, run.ConnectionId, PerUnit });
            var sales = new Sales(run.ConnectionId);
            foreach (var orderId in due)
            {
                var order = (await ledger.OrderAsync(tx, run.StoreId, orderId))!;
                if (await ledger.CountAsync(tx, run.StoreId, order, settle: true, sales))
                {
                    await feed.ChangedAsync(tx, run.StoreId, orderId);
                    await events.AppendAsync(tx, run.StoreId, "order.changed", run.ConnectionId, order.OrderNumber);
                }
            }

            await SpreadAsync(tx, run.StoreId, sales);
            return due.Count == PerUnit;
        },
        cancel);

    /// <summary>The packages that say something new, by order.</summary>
    static async Task<IReadOnlyList<News>> NewsAsync(Tx tx, JobRun run, IReadOnlyList<MarketplacePackage> packages)
    {
        var numbers = packages.Select(package => package.OrderNumber).Distinct(StringComparer.Ordinal).ToList();
        var known = (await tx.QueryAsync<Known>(
            $"""
            select o.id as order_id, o.order_number, p.package_id, p.marketplace_status, p.changed_ms
            from orders o left join order_packages p on p.store_id = o.store_id and p.order_id = o.id
            where o.store_id = @StoreId and o.connection_id = @ConnectionId and {tx.Db.AnyText("o.order_number", "numbers")}
            """,
            new { run.StoreId, run.ConnectionId, numbers = tx.Db.TextList(numbers) })).ToLookup(row => row.OrderNumber, StringComparer.Ordinal);
        return
        [
            .. packages.GroupBy(package => package.OrderNumber, StringComparer.Ordinal)
                .Select(group => new News(
                    known[group.Key].FirstOrDefault()?.OrderId,
                    group.Key,
                    [.. group.Where(package => !known[group.Key].Any(row => row.IsAsNewAs(package))).OrderBy(package => package.ChangedAt)]))
                .Where(news => news.Packages.Count > 0)
                .OrderBy(news => news.Number, StringComparer.Ordinal),
        ];
    }

    async Task ApplyAsync(Tx tx, JobRun run, Arrival arrival, Sales sales)
    {
        var person = await persons.SealAsync(tx, run.StoreId, arrival.Id, arrival.Packages[^1].Person);
        if (arrival.IsNew)
            await ledger.AddAsync(tx, run.StoreId, arrival.Id, await FirstSightAsync(tx, run, arrival), person);
        var order = (await ledger.OrderAsync(tx, run.StoreId, arrival.Id))!;
        foreach (var package in arrival.Packages)
        {
            await ledger.StorePackageAsync(tx, run.StoreId, order.Id, package);
            if (package.State == PackageState.Unknown)
                await issues.OpenAsync(
                    tx, run.StoreId, IssueCatalog.OrderStatusUnknown, run.ConnectionId, order.OrderNumber,
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = package.StateText });
        }

        await ledger.NameLinesAsync(tx, run.StoreId, order, arrival.Packages);
        await ledger.CountAsync(tx, run.StoreId, order, settle: false, sales);
        await ledger.TouchAsync(tx, run.StoreId, order, arrival.Packages[^1], person);
        foreach (var barcode in await ledger.UnknownBarcodesAsync(tx, run.StoreId, order))
            await issues.OpenAsync(
                tx, run.StoreId, IssueCatalog.UnknownBarcodeSold, run.ConnectionId, barcode,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["order_number"] = order.OrderNumber });

        if (arrival.IsNew)
            await feed.NewAsync(tx, run.StoreId, order.Id);
        else
            await feed.ChangedAsync(tx, run.StoreId, order.Id);
        await events.AppendAsync(tx, run.StoreId, arrival.IsNew ? "order.new" : "order.changed", run.ConnectionId, order.OrderNumber);
    }

    async Task<MarketplaceOrder> FirstSightAsync(Tx tx, JobRun run, Arrival arrival)
    {
        var connection = (await connections.FindAsync(tx, run.StoreId, run.ConnectionId))!;
        var ordered = arrival.Packages.Min(package => package.OrderedAt.ToUnixTimeMilliseconds());
        return new(
            run.ConnectionId, arrival.Number, connection.Trial,
            // Before the connection goes live there is no cut-over, and everything is history.
            Historical: connection.CutoverMs is not { } cutover || ordered < cutover,
            ordered, arrival.Packages[^1].CurrencyCode);
    }

    /// <summary>Recomputes what every marketplace offers of what was sold or taken back here, and counts the numbers that a push may have put back.</summary>
    async Task SpreadAsync(Tx tx, Guid storeId, Sales sales)
    {
        if (sales.Variants.Count == 0)
            return;
        await desire.RecomputeAsync(tx, storeId, [.. sales.Variants.Keys.Order()], sales);
        var connectionId = sales.ConnectionId;
        foreach (var (variantId, (orderedMs, _)) in sales.Variants.OrderBy(pair => pair.Key))
        {
            var repaired = await tx.ExecuteAsync(
                """
                update offers set priority = 1000
                where store_id = @storeId and connection_id = @connectionId and variant_id = @variantId and sent_ms >= @orderedMs
                  and @orderedMs > (select coalesce(orders_read_started_ms, 0) from connections where store_id = @storeId and id = @connectionId)
                """,
                new { storeId, connectionId, variantId, orderedMs });
            if (repaired > 0)
                await events.AppendAsync(
                    tx, storeId, "offer.reinflation_repaired", connectionId, variantId.ToWire(),
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["ordered_ms"] = orderedMs.ToString(CultureInfo.InvariantCulture) });
        }
    }

    sealed record News(Guid? OrderId, string Number, List<MarketplacePackage> Packages);

    sealed class Known
    {
        public Guid OrderId { get; init; }

        public string OrderNumber { get; init; } = "";

        public string? PackageId { get; init; }

        public string? MarketplaceStatus { get; init; }

        public long? ChangedMs { get; init; }

        public bool IsAsNewAs(MarketplacePackage package)
        {
            var changed = package.ChangedAt.ToUnixTimeMilliseconds();
            return PackageId == package.PackageId && (ChangedMs > changed || (ChangedMs == changed && MarketplaceStatus == package.StateText));
        }
    }
}

/// <summary>What a page says of one order.</summary>
sealed record Arrival(Guid Id, bool IsNew, string Number, IReadOnlyList<MarketplacePackage> Packages);

/// <summary>An order as it is first seen.</summary>
public sealed record MarketplaceOrder(Guid ConnectionId, string Number, bool Trial, bool Historical, long OrderedMs, string CurrencyCode);

/// <summary>Variants whose sold units changed at a connection: the time of the order that changed them last, and by how many.</summary>
public sealed class Sales(Guid connectionId)
{
    public Guid ConnectionId { get; } = connectionId;

    public Dictionary<Guid, (long OrderedMs, long Units)> Variants { get; } = [];

    /// <param name="units">Less than none when more was cancelled than sold.</param>
    public void Note(Guid variantId, long orderedMs, long units)
    {
        var before = Variants.GetValueOrDefault(variantId);
        Variants[variantId] = (Math.Max(orderedMs, before.OrderedMs), before.Units + units);
    }
}
