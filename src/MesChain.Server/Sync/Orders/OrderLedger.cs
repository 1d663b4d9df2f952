using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Orders;

/// <summary>Orders, packages and lines at rest, and the counting of lines.</summary>
public sealed class OrderLedger
{
    public Task<OrderRow?> OrderAsync(Tx tx, Guid storeId, Guid orderId) =>
        tx.OneAsync<OrderRow>($"select * from orders where store_id = @storeId and id = @orderId {tx.Db.ForUpdate}", new { storeId, orderId });

    public async Task AddAsync(Tx tx, Guid storeId, Guid id, MarketplaceOrder order, byte[] person) =>
        await tx.ExecuteAsync(
            $"""
            insert into orders (store_id, id, connection_id, order_number, seq, trial, historical, ordered_ms, changed_ms, currency_code,
                                total_minor, gross_minor, discount_minor, person, revision, created_ms)
            values (@storeId, @id, @ConnectionId, @Number, @seq, @Trial, @Historical, @OrderedMs, 0, @CurrencyCode, 0, 0, 0, @person, 1, {tx.Db.Now})
            """,
            new
            {
                storeId, id, order.ConnectionId, order.Number, seq = await tx.NextAsync(storeId, "orders"), order.Trial, order.Historical,
                order.OrderedMs, order.CurrencyCode, person,
            });

    /// <summary>Stores what a package says, unless something newer is known of it.</summary>
    public async Task StorePackageAsync(Tx tx, Guid storeId, Guid orderId, MarketplacePackage package)
    {
        var stored = await tx.ExecuteAsync(
            $"""
            insert into order_packages (store_id, order_id, package_id, status, marketplace_status, cargo_provider, tracking_number, tracking_url, ship_by_ms, changed_ms, seen_ms, replaces)
            values (@storeId, @orderId, @PackageId, @status, @StateText, @CargoProvider, @TrackingNumber, @TrackingUrl, @shipByMs, @changedMs, {tx.Db.Now}, @replaces)
            on conflict (store_id, order_id, package_id) do update
            set status = case
                    -- A word that we do not know must not open again what is closed.
                    when excluded.status = 'unknown' and order_packages.status in ('cancelled', 'superseded') then order_packages.status
                    else excluded.status end,
                marketplace_status = excluded.marketplace_status, cargo_provider = excluded.cargo_provider, tracking_number = excluded.tracking_number,
                tracking_url = excluded.tracking_url, ship_by_ms = excluded.ship_by_ms, changed_ms = excluded.changed_ms, replaces = excluded.replaces,
                seen_ms = case when excluded.status = order_packages.status then order_packages.seen_ms else excluded.seen_ms end,
                -- What is over by now: a pick of what is picked, a step of what has left, a paper of what is no more.
                wish = case when excluded.status in ('awaiting', 'new') or (order_packages.wish <> 'pick' and excluded.status in ('picking', 'invoiced'))
                    or (order_packages.wish = 'invoice' and excluded.status not in ('cancelled', 'superseded')) then order_packages.wish else '' end
            where order_packages.changed_ms <= excluded.changed_ms
            """,
            new
            {
                storeId, orderId, package.PackageId, status = package.State.ToString().ToLowerInvariant(), package.StateText, package.CargoProvider,
                package.TrackingNumber, package.TrackingUrl, shipByMs = package.ShipBy?.ToUnixTimeMilliseconds(),
                changedMs = package.ChangedAt.ToUnixTimeMilliseconds(), replaces = string.Join(',', package.Replaces),
            });
        if (stored == 0)
            return;

        await tx.ExecuteAsync(
            "delete from order_package_lines where store_id = @storeId and order_id = @orderId and package_id = @PackageId",
            new { storeId, orderId, package.PackageId });
        foreach (var line in package.Lines.GroupBy(line => line.LineId, StringComparer.Ordinal))
        {
            // Dearest first, with the discount of the same unit beside it.
            var units = line.SelectMany(part => part.UnitTotalsMinor.Zip(part.UnitDiscountsMinor)).OrderByDescending(unit => unit.First).ToList();
            await tx.ExecuteAsync(
                """
                insert into order_package_lines (store_id, order_id, package_id, line_id, quantity, unit_totals, unit_discounts)
                values (@storeId, @orderId, @PackageId, @lineId, @quantity, @totals, @discounts)
                """,
                new
                {
                    storeId, orderId, package.PackageId, lineId = line.Key, quantity = (long)units.Count,
                    totals = Joined.Of(units.Select(unit => unit.First)), discounts = Joined.Of(units.Select(unit => unit.Second)),
                });
        }
    }

    /// <summary>Makes the rows of lines that are seen for the first time; their numbers come from the count.</summary>
    public async Task NameLinesAsync(Tx tx, Guid storeId, OrderRow order, IReadOnlyList<MarketplacePackage> packages)
    {
        foreach (var package in packages)
        {
            foreach (var line in package.Lines)
            {
                await tx.ExecuteAsync(
                    """
                    insert into order_lines (store_id, order_id, line_id, position, package_id, variant_id, barcode, sku, title, quantity, cancelled,
                                             unit_totals, unit_discounts, total_minor, discount_minor, vat_basis_points)
                    values (@storeId, @Id, @LineId,
                            (select count(*) from order_lines where store_id = @storeId and order_id = @Id), @PackageId,
                            (select variant_id from links where store_id = @storeId and connection_id = @ConnectionId and barcode = @Barcode),
                            @Barcode, @Sku, @Title, 0, 0, '', '', 0, 0, @VatBasisPoints)
                    on conflict (store_id, order_id, line_id) do update
                    -- Said late is said.
                    set vat_basis_points = excluded.vat_basis_points where order_lines.vat_basis_points is null and excluded.vat_basis_points is not null
                    """,
                    new { storeId, order.Id, order.ConnectionId, line.LineId, package.PackageId, line.Barcode, line.Sku, line.Title, line.VatBasisPoints });
            }
        }
    }

    /// <summary>Counts all lines of an order from all its packages, and sets what each line holds.</summary>
    /// <param name="sales">Takes the variants whose sold units changed.</param>
    /// <returns>Whether a number of a line changed.</returns>
    public async Task<bool> CountAsync(Tx tx, Guid storeId, OrderRow order, bool settle, Sales sales)
    {
        var packages = await PackagesAsync(tx, storeId, order.Id);
        var lines = (await tx.QueryAsync<LineRow>("select * from order_lines where store_id = @storeId and order_id = @Id", new { storeId, order.Id }))
            .ToDictionary(line => line.LineId, StringComparer.Ordinal);
        var counts = LineCounters.Count(
            packages,
            lineId => new(lines[lineId].Quantity, lines[lineId].Cancelled, lines[lineId].TotalMinor, lines[lineId].DiscountMinor),
            settle, await tx.NowMsAsync(), out var settleMs);
        var changed = false;
        foreach (var count in counts)
        {
            var line = lines[count.LineId];
            var moved = line.Quantity != count.Quantity || line.Cancelled != count.Cancelled;
            changed |= moved || line.TotalMinor != count.TotalMinor || line.DiscountMinor != count.DiscountMinor;
            await StoreCountAsync(tx, storeId, order, line, count, packages);
            var held = await Reservations.SetAsync(tx, storeId, new()
            {
                ConnectionId = order.ConnectionId,
                OrderNumber = order.OrderNumber,
                LineId = line.LineId,
                VariantId = line.VariantId,
                Barcode = line.Barcode,
                Trial = order.Trial,
                // The shop is never told of history: what has left it is missing from what it reports.
                Units = order.Historical ? Math.Min(count.Open, count.Unshipped) : count.Open,
                Cancelled = count.Cancelled,
                OrderedMs = order.OrderedMs,
            });
            if (line.VariantId is { } variantId && (moved || held))
                sales.Note(variantId, order.OrderedMs, count.Open - (line.Quantity - line.Cancelled));
        }

        await tx.ExecuteAsync(
            """
            update orders set total_minor = @total, discount_minor = @discount, gross_minor = @total + @discount, settle_ms = @settleMs
            where store_id = @storeId and id = @Id
            """,
            new { storeId, order.Id, total = counts.Sum(count => count.TotalMinor), discount = counts.Sum(count => count.DiscountMinor), settleMs });
        return changed;
    }

    /// <summary>Takes over what the newest package says of the order itself.</summary>
    public async Task TouchAsync(Tx tx, Guid storeId, OrderRow order, MarketplacePackage newest, byte[] person)
    {
        var changedMs = newest.ChangedAt.ToUnixTimeMilliseconds();
        if (changedMs < order.ChangedMs)
            return;
        await tx.ExecuteAsync(
            "update orders set changed_ms = @changedMs, payment_method = @PaymentMethod, person = @person where store_id = @storeId and id = @Id",
            new { storeId, order.Id, changedMs, newest.PaymentMethod, person });
    }

    /// <summary>Barcodes of an order that hold units and belong to no variant.</summary>
    public Task<IReadOnlyList<string>> UnknownBarcodesAsync(Tx tx, Guid storeId, OrderRow order) =>
        tx.QueryAsync<string>(
            """
            select distinct barcode from reservations
            where store_id = @storeId and connection_id = @ConnectionId and order_number = @OrderNumber and state = 'open' and variant_id is null
            """,
            new { storeId, order.ConnectionId, order.OrderNumber });

    static async Task StoreCountAsync(Tx tx, Guid storeId, OrderRow order, LineRow line, LineCount count, IReadOnlyList<PackageFacts> packages)
    {
        // The units as they were sold: of the packages that replaced nothing, or of the one that is known.
        var known = packages.Select(package => package.Id).ToHashSet(StringComparer.Ordinal);
        var first = packages.Where(package => package.Units(line.LineId) > 0 && !package.Replaces.Any(known.Contains)).Select(package => package.Lines[line.LineId]).ToList();
        var totals = first.SelectMany(facts => facts.Totals.Zip(facts.Discounts)).OrderByDescending(unit => unit.First).ToList();
        await tx.ExecuteAsync(
            """
            update order_lines
            set package_id = @PackageId, quantity = @Quantity, cancelled = @Cancelled, total_minor = @TotalMinor, discount_minor = @DiscountMinor,
                unit_totals = @unitTotals, unit_discounts = @unitDiscounts
            where store_id = @storeId and order_id = @Id and line_id = @LineId
            """,
            new
            {
                storeId, order.Id, line.LineId, count.PackageId, count.Quantity, count.Cancelled, count.TotalMinor, count.DiscountMinor,
                unitTotals = Joined.Of(totals.Select(unit => unit.First)), unitDiscounts = Joined.Of(totals.Select(unit => unit.Second)),
            });
    }

    static async Task<IReadOnlyList<PackageFacts>> PackagesAsync(Tx tx, Guid storeId, Guid orderId)
    {
        var lines = (await tx.QueryAsync<PackageLineRow>(
            "select package_id, line_id, unit_totals, unit_discounts from order_package_lines where store_id = @storeId and order_id = @orderId",
            new { storeId, orderId })).ToLookup(line => line.PackageId, StringComparer.Ordinal);
        var packages = await tx.QueryAsync<PackageRow>(
            "select * from order_packages where store_id = @storeId and order_id = @orderId order by changed_ms, package_id",
            new { storeId, orderId });
        return
        [
            .. packages.Select(package => new PackageFacts(
                package.PackageId, package.Status, package.ChangedMs, package.SeenMs, Joined.Ids(package.Replaces),
                lines[package.PackageId].ToDictionary(
                    line => line.LineId, line => new LineFacts(Joined.Amounts(line.UnitTotals), Joined.Amounts(line.UnitDiscounts)), StringComparer.Ordinal))),
        ];
    }
}
