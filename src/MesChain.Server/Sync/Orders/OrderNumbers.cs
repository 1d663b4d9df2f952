namespace MesChain.Server.Sync.Orders;

/// <summary>
/// An order is known by its connection and its number, and people name only the number. The connections are taken from the orders
/// themselves, since orders outlive theirs: a step of the index for each, however many orders a store has.
/// </summary>
static class OrderNumbers
{
    /// <summary>A query: the orders of <c>@storeId</c> that are called <c>@OrderNumber</c>, a few at most; see <see cref="OrderKey"/>.</summary>
    public const string Keys =
        """
        with recursive seller(id) as (
            select (select connection_id from orders where store_id = @storeId order by connection_id limit 1)
            union all
            select (select connection_id from orders where store_id = @storeId and connection_id > seller.id order by connection_id limit 1)
            from seller where seller.id is not null
        )
        select orders.id, orders.seq, orders.connection_id from seller join orders on orders.store_id = @storeId and orders.connection_id = seller.id and orders.order_number = @OrderNumber
        """;
}
