using System.Globalization;
using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Orders;

namespace MesChain.Server.Sync.Issues;

/// <summary>
/// What happened to one thing, newest first. Nothing is written for it: events, movements of stock and requests to marketplaces are
/// facts already, and are only laid side by side here.
/// </summary>
public sealed class Timeline(ConnectionStore connections)
{
    const string OfGoods = "(kind like 'offer.%' or kind like 'listing.%' or kind like 'issue.%')";
    const string OfOrders = "(kind like 'order.%' or kind like 'claim.%')";
    const string InTime = "at_ms >= @FromMs and at_ms <= @ToMs";
    const string Events = "select at_ms, seq as number, kind, connection_id, subject, params from events where store_id = @StoreId and " + InTime;
    const string NewestFirst = "order by at_ms desc, seq desc limit @Limit";

    /// <summary>At most <paramref name="limit"/> entries.</summary>
    /// <exception cref="UnknownResourceException">The store never had such a thing.</exception>
    public Task<IReadOnlyList<TimelineRow>> ReadAsync(Tx tx, Guid storeId, TimelineQuery query, int limit)
    {
        // What an earlier page gave of its last instant is read again and left out: an instant may hold more than a page does.
        var scope = new Scope(storeId, query.FromMs, query.Until, limit + query.Given);
        return query switch
        {
            { ShopVariantId: { } variant } => OfVariantAsync(tx, scope, variant, query),
            { OrderNumber: { } order } => OfOrderAsync(tx, scope, order, query),
            { ConnectionId: { } connection } => OfConnectionAsync(tx, scope, connection, query),
            _ => throw new InvalidOperationException("a timeline is of something"),
        };
    }

    static async Task<IReadOnlyList<TimelineRow>> OfVariantAsync(Tx tx, Scope scope, string shopVariantId, TimelineQuery query)
    {
        var args = new { scope.StoreId, scope.FromMs, scope.ToMs, scope.Limit, shopVariantId };
        var variant = await tx.OneAsync<NamedVariant>("select id, barcode from variants where store_id = @StoreId and shop_variant_id = @shopVariantId", args)
            ?? throw new UnknownResourceException("variant", shopVariantId);
        var barcodes = await tx.QueryAsync<string>("select distinct barcode from links where store_id = @StoreId and variant_id = @Id", new { scope.StoreId, variant.Id });
        var of = new { scope.StoreId, scope.FromMs, scope.ToMs, scope.Limit, shopVariantId, variant.Id, barcodes = tx.Db.TextList([variant.Barcode, .. barcodes]) };

        var rows = new List<TimelineRow>();
        rows.AddRange(await tx.QueryAsync<TimelineRow>($"{Events} and subject = @shopVariantId and kind = 'stock.reported' {NewestFirst}", of));
        rows.AddRange(await tx.QueryAsync<TimelineRow>($"{Events} and {tx.Db.AnyText("subject", "barcodes")} and {OfGoods} {NewestFirst}", of));
        rows.AddRange(await tx.QueryAsync<TimelineRow>(
            $"""
            {Events} and {OfOrders}
              and (subject, connection_id) in (select order_number, connection_id from reservations where store_id = @StoreId and variant_id = @Id)
            {NewestFirst}
            """,
            of));
        rows.AddRange((await tx.QueryAsync<Movement>(
            $"select at_ms, version, delta, on_hand, cause from stock_movements where store_id = @StoreId and variant_id = @Id and {InTime} order by at_ms desc, version desc limit @Limit", of))
            .Select(movement => movement.ToRow(shopVariantId)));
        rows.AddRange((await tx.QueryAsync<Sent>(
            """
            select b.sent_ms as at_ms, b.connection_id, i.barcode, i.version, i.quantity, i.price_minor, i.list_minor, i.outcome
            from push_items i join push_batches b on b.store_id = i.store_id and b.id = i.batch_id
            where i.store_id = @StoreId and i.variant_id = @Id and b.sent_ms >= @FromMs and b.sent_ms <= @ToMs
            order by b.sent_ms desc, i.version desc limit @Limit
            """,
            of)).Select(sent => sent.ToRow()));
        return Page(rows, query, scope);
    }

    static async Task<IReadOnlyList<TimelineRow>> OfOrderAsync(Tx tx, Scope scope, string orderNumber, TimelineQuery query)
    {
        var of = new { scope.StoreId, scope.FromMs, scope.ToMs, scope.Limit, orderNumber };
        if (await tx.ScalarAsync<long>($"select count(*) from ({OrderNumbers.Keys}) as named", new { storeId = scope.StoreId, OrderNumber = orderNumber }) == 0)
            throw new UnknownResourceException("order", orderNumber);
        return Page(await tx.QueryAsync<TimelineRow>($"{Events} and subject = @orderNumber and ({OfOrders} or kind like 'issue.%') {NewestFirst}", of), query, scope);
    }

    async Task<IReadOnlyList<TimelineRow>> OfConnectionAsync(Tx tx, Scope scope, Guid connectionId, TimelineQuery query)
    {
        var connection = await connections.GetAsync(tx, scope.StoreId, connectionId);
        var of = new { scope.StoreId, scope.FromMs, scope.ToMs, scope.Limit, connectionId, names = tx.Db.TextList([connection.Name, connectionId.ToWire()]) };
        return Page(
            await tx.QueryAsync<TimelineRow>(
                $"{Events} and {tx.Db.AnyText("subject", "names")} and connection_id = @connectionId and (kind like 'connection.%' or kind like 'issue.%') {NewestFirst}", of),
            query,
            scope);
    }

    static List<TimelineRow> Page(IEnumerable<TimelineRow> rows, TimelineQuery query, Scope scope) =>
        [.. rows.OrderByDescending(row => row.AtMs)
            .ThenByDescending(row => row.Number)
            .ThenBy(row => row.Kind, StringComparer.Ordinal)
            .ThenBy(row => row.ConnectionId)
            .Skip(query.Given)
            .Take(scope.Limit - query.Given)];

    sealed record Scope(Guid StoreId, long FromMs, long ToMs, int Limit);

    sealed record NamedVariant
    {
        public required Guid Id { get; init; }

        public required string Barcode { get; init; }
    }

    sealed record Movement
    {
        public required long AtMs { get; init; }

        public required long Version { get; init; }

        public required long Delta { get; init; }

        public required long OnHand { get; init; }

        public required string Cause { get; init; }

        public TimelineRow ToRow(string shopVariantId) => new()
        {
            AtMs = AtMs,
            Number = Version,
            Kind = "stock.moved",
            Subject = shopVariantId,
            Params = Json(("delta", Text(Delta)), ("on_hand", Text(OnHand)), ("version", Text(Version)), ("cause", Cause)),
        };
    }

    sealed record Sent
    {
        public required long AtMs { get; init; }

        public required Guid ConnectionId { get; init; }

        public required string Barcode { get; init; }

        public required long Version { get; init; }

        public long? Quantity { get; init; }

        public long? PriceMinor { get; init; }

        public long? ListMinor { get; init; }

        public required string Outcome { get; init; }

        public TimelineRow ToRow() => new()
        {
            AtMs = AtMs,
            Number = Version,
            Kind = "offer.sent",
            ConnectionId = ConnectionId,
            Subject = Barcode,
            Params = Json(("quantity", Text(Quantity)), ("price_minor", Text(PriceMinor)), ("list_minor", Text(ListMinor)), ("version", Text(Version)), ("outcome", Outcome)),
        };
    }

    /// <summary>Without what is not there.</summary>
    static string Json(params (string Name, string? Value)[] values) =>
        JsonSerializer.Serialize(values.Where(value => value.Value is not null).ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal));

    static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whose timeline, of which time; exactly one of the three names is there.</summary>
/// <param name="ToMs">The last millisecond that is asked for.</param>
/// <param name="After">Where the page before ended: its last instant, and how many entries of it were given.</param>
public sealed record TimelineQuery(string? ShopVariantId, string? OrderNumber, Guid? ConnectionId, long FromMs, long ToMs, (long AtMs, int Given)? After)
{
    /// <summary>The newest instant of this page.</summary>
    public long Until => After?.AtMs ?? ToMs;

    /// <summary>Entries of that instant that were given already.</summary>
    public int Given => After?.Given ?? 0;
}

public sealed record TimelineRow
{
    public required long AtMs { get; init; }

    /// <summary>Orders what happened in one millisecond.</summary>
    public required long Number { get; init; }

    public required string Kind { get; init; }

    public Guid? ConnectionId { get; init; }

    public required string Subject { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public required string Params { get; init; }
}
