using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Orders;

/// <summary>Orders with their lines and packages, for whoever may see the buyer.</summary>
public sealed class OrderReader(PersonVault persons)
{
    public async Task<IReadOnlyList<OrderView>> LoadAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> orderIds)
    {
        if (orderIds.Count == 0)
            return [];
        var ids = new { storeId, ids = tx.Db.IdList(orderIds) };
        var orders = (await tx.QueryAsync<OrderRow>($"select * from orders where store_id = @storeId and {tx.Db.AnyId("id", "ids")}", ids)).ToDictionary(order => order.Id);
        var lines = (await tx.QueryAsync<LineRow>(
            $"""
            select l.*, coalesce(v.shop_variant_id, '') as shop_variant_id
            from order_lines l left join variants v on v.store_id = l.store_id and v.id = l.variant_id
            where l.store_id = @storeId and {tx.Db.AnyId("l.order_id", "ids")} order by l.order_id, l.position, l.line_id
            """,
            ids)).ToLookup(line => line.OrderId);
        var packages = (await tx.QueryAsync<PackageRow>(
            $"select * from order_packages where store_id = @storeId and {tx.Db.AnyId("order_id", "ids")} order by order_id, changed_ms, package_id",
            ids)).ToLookup(package => package.OrderId);
        var marketplaces = (await tx.QueryAsync<MarketplaceName>("select id, marketplace from connections where store_id = @storeId", ids)).ToDictionary(row => row.Id, row => row.Marketplace);
        List<OrderView> views = [];
        foreach (var order in orderIds.Where(orders.ContainsKey).Select(id => orders[id]))
        {
            var person = await persons.OpenAsync(tx, storeId, order.Id, order.Person);
            views.Add(new(order, marketplaces.GetValueOrDefault(order.ConnectionId, ""), person, [.. lines[order.Id]], [.. packages[order.Id]]));
        }

        return views;
    }

    /// <summary>Newest first, one more than asked says that there are more.</summary>
    public async Task<IReadOnlyList<OrderKey>> ListAsync(Tx tx, Guid storeId, OrderQuery query)
    {
        var before = query.BeforeSeq ?? long.MaxValue;
        if (query.OrderNumber.Length == 0)
            return await tx.QueryAsync<OrderKey>(
                $"""
                select id, seq, connection_id from orders
                where store_id = @storeId and seq < @before
                  {(query.ConnectionId is null ? "" : "and connection_id = @ConnectionId")}
                order by seq desc limit @limit
                """,
                new { storeId, before, ConnectionId = query.ConnectionId ?? Guid.Empty, limit = query.Limit + 1 });

        return
        [
            .. (await tx.QueryAsync<OrderKey>(OrderNumbers.Keys, new { storeId, query.OrderNumber }))
                .Where(order => order.Seq < before && (query.ConnectionId is null || order.ConnectionId == query.ConnectionId))
                .OrderByDescending(order => order.Seq)
                .Take(query.Limit + 1),
        ];
    }

    sealed class MarketplaceName
    {
        public Guid Id { get; init; }

        public string Marketplace { get; init; } = "";
    }
}

/// <summary>An order as it is now. Holds personal data; its text form is fixed.</summary>
public sealed class OrderView(OrderRow order, string marketplace, Person person, IReadOnlyList<LineRow> lines, IReadOnlyList<PackageRow> packages)
{
    public OrderRow Order { get; } = order;

    public string Marketplace { get; } = marketplace;

    public Person Person { get; } = person;

    public IReadOnlyList<LineRow> Lines { get; } = lines;

    public IReadOnlyList<PackageRow> Packages { get; } = packages;

    public override string ToString() => "(order)";
}

public sealed record OrderQuery(int Limit, long? BeforeSeq, Guid? ConnectionId, string OrderNumber);

public sealed class OrderKey
{
    public Guid Id { get; init; }

    public long Seq { get; init; }

    public Guid ConnectionId { get; init; }
}
