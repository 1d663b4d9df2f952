using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Sync.Connections;

/// <summary>Connections at rest.</summary>
public sealed class ConnectionStore
{
    const string Columns =
        """
        store_id, id, marketplace, environment, mode, health, health_detail, name, seller_id, endpoint, secret_path, stock_enabled, price_enabled, content_enabled,
        tested_ms, cutover_ms, refused_ms, revision, orders_cursor_ms, orders_read_started_ms, orders_read_ok_ms, orders_next_ms, orders_failing_ms, orders_deep_ms,
        items_read_ms, items_next_ms, items_round, confirmed_ms, created_ms
        """;

    /// <summary>Null when there is none.</summary>
    public Task<ConnectionRow?> FindAsync(Tx tx, Guid storeId, Guid id) =>
        tx.OneAsync<ConnectionRow>($"select {Columns} from connections where store_id = @storeId and id = @id", new { storeId, id });

    /// <exception cref="UnknownResourceException">There is none.</exception>
    public async Task<ConnectionRow> GetAsync(Tx tx, Guid storeId, Guid id) =>
        await FindAsync(tx, storeId, id) ?? throw Unknown(id);

    /// <summary>The same, held until the transaction ends: what follows was decided on what is read here.</summary>
    public async Task<ConnectionRow> HoldAsync(Tx tx, Guid storeId, Guid id) =>
        await tx.OneAsync<ConnectionRow>($"select {Columns} from connections where store_id = @storeId and id = @id {tx.Db.ForUpdate}", new { storeId, id })
        ?? throw Unknown(id);

    /// <summary>Oldest first: the ids are in order of time.</summary>
    public Task<IReadOnlyList<ConnectionRow>> ListAsync(Tx tx, Guid storeId, Guid? after, int limit) =>
        tx.QueryAsync<ConnectionRow>(
            $"select {Columns} from connections where store_id = @storeId and id > @after order by id limit @limit",
            new { storeId, after = after ?? Guid.Empty, limit });

    /// <summary>Offers by stock state, of the named connections.</summary>
    public async Task<ILookup<Guid, StateCount>> CountOffersAsync(Tx tx, Guid storeId, IEnumerable<Guid> connections)
    {
        var counts = await tx.QueryAsync<StateCount>(
            $"""
            select connection_id, stock_state as state, count(*) as count from offers
            where store_id = @storeId and {tx.Db.AnyId("connection_id", "ids")}
            group by connection_id, stock_state
            """,
            new { storeId, ids = tx.Db.IdList(connections) });
        return counts.ToLookup(count => count.ConnectionId);
    }

    public Task<long> CountAsync(Tx tx, Guid storeId) =>
        tx.ScalarAsync<long>("select count(*) from connections where store_id = @storeId", new { storeId });

    /// <summary>False when the store has this seller already, in this environment.</summary>
    public async Task<bool> InsertAsync(Tx tx, ConnectionRow row) =>
        await tx.ExecuteAsync(
            $"""
            insert into connections (store_id, id, marketplace, environment, mode, health, name, seller_id, endpoint, secret_path, created_ms)
            values (@StoreId, @Id, @Marketplace, @Environment, @Mode, @Health, @Name, @SellerId, @Endpoint, @SecretPath, {tx.Db.Now})
            on conflict do nothing
            """,
            row) == 1;

    /// <summary>Writes what a caller may change, and counts the change.</summary>
    public Task ChangeAsync(Tx tx, ConnectionRow row) =>
        tx.ExecuteAsync(
            """
            update connections
            set name = @Name, orders_failing_ms = case when mode = @Mode then orders_failing_ms end, mode = @Mode, stock_enabled = @StockEnabled, price_enabled = @PriceEnabled, content_enabled = @ContentEnabled, cutover_ms = @CutoverMs, tested_ms = @TestedMs,
                revision = revision + 1
            where store_id = @StoreId and id = @Id
            """,
            row);

    /// <summary>Writes what a test found.</summary>
    public Task TestedAsync(Tx tx, ConnectionRow row) =>
        tx.ExecuteAsync(
            """
            update connections
            set orders_failing_ms = case when health = @Health then orders_failing_ms end, health = @Health, health_detail = @HealthDetail, tested_ms = @TestedMs, refused_ms = @RefusedMs, revision = @Revision
            where store_id = @StoreId and id = @Id
            """,
            row);

    /// <summary>Keeps what is needed to take a connection's webhook back after it is deleted. False when it has none, or no key that would be heard.</summary>
    public async Task<bool> DepartAsync(Tx tx, ConnectionRow row) =>
        row.HasKey && await tx.ExecuteAsync(
            $"""
            insert into departed_connections (store_id, id, marketplace, environment, endpoint, seller_id, secret_path, left_ms, next_ms)
            select h.store_id, h.connection_id, @Marketplace, @Environment, @Endpoint, @SellerId, @SecretPath, {tx.Db.Now}, {tx.Db.Now}
            from connection_hooks h where h.store_id = @StoreId and h.connection_id = @Id
            """,
            row) > 0;

    /// <summary>
    /// Forgets a connection with everything that only it gives a meaning: claims too, which nobody can decide any more. Orders, and what
    /// they hold, stay.
    /// Its row must be held, so that no job writes a batch in between.
    /// </summary>
    public async Task DeleteAsync(Tx tx, Guid storeId, Guid id)
    {
        var it = new { storeId, id };
        await tx.ExecuteAsync(
            "delete from push_items where store_id = @storeId and batch_id in (select id from push_batches where store_id = @storeId and connection_id = @id)", it);
        await tx.ExecuteAsync("delete from push_batches where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from offers where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from links where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync(
            "delete from claim_steps where store_id = @storeId and claim_id in (select id from claims where store_id = @storeId and connection_id = @id)", it);
        await tx.ExecuteAsync(
            "delete from claim_items where store_id = @storeId and claim_id in (select id from claims where store_id = @storeId and connection_id = @id)", it);
        await tx.ExecuteAsync("delete from claims where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from claim_reasons where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from questions where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from marketplace_items where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from listing_changes where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from listing_causes where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from listings where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from listing_batches where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from catalog_wants where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from connection_hooks where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from connection_owner where store_id = @storeId and connection_id = @id", it);
        await tx.ExecuteAsync("delete from connections where store_id = @storeId and id = @id", it);
    }

    static UnknownResourceException Unknown(Guid id) => new("connection", id.ToWire());
}

public sealed record StateCount
{
    public required Guid ConnectionId { get; init; }

    public required string State { get; init; }

    public required long Count { get; init; }
}
