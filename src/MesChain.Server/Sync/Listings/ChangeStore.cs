using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>Changes of listings at rest, and the issues of those that are refused.</summary>
public sealed class ChangeStore(IssueStore issues, Nudges nudges)
{
    const string Columns =
        """
        c.store_id, c.connection_id, c.variant_id, c.kind, c.state, c.wanted, c.said, c.asked_ms, c.sent_ms, c.check_ms, c.checks, c.vain, c.batch_id, c.receipt_id,
        c.code, c.detail, c.marketplace_text, t.barcode, t.card_id
        """;

    const string Rows = $"select {Columns} from listing_changes c join listings t on t.store_id = c.store_id and t.connection_id = c.connection_id and t.variant_id = c.variant_id";

    /// <summary>Of all kinds.</summary>
    public Task<IReadOnlyList<ListingChange>> OfAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<ListingChange>(
            $"{Rows} where c.store_id = @storeId and c.connection_id = @connectionId and {tx.Db.AnyId("c.variant_id", "ids")} order by c.variant_id, c.kind",
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    public Task<IReadOnlyList<ListingChange>> HoldAsync(Tx tx, Guid storeId, Guid connectionId, string kind, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<ListingChange>(
            $"""
            {Rows} where c.store_id = @storeId and c.connection_id = @connectionId and c.kind = @kind and {tx.Db.AnyId("c.variant_id", "ids")}
            order by c.variant_id {tx.Db.ForUpdate}
            """,
            new { storeId, connectionId, kind, ids = tx.Db.IdList(variantIds) });

    /// <summary>Those that may be tried now, those of one card together.</summary>
    public Task<IReadOnlyList<ListingChange>> WaitingAsync(Tx tx, Guid storeId, Guid connectionId, string kind, int max) =>
        tx.QueryAsync<ListingChange>(
            $"""
            {Rows} where c.store_id = @storeId and c.connection_id = @connectionId and c.kind = @kind and c.state = 'waiting' and c.check_ms <= {tx.Db.Now}
            order by t.card_id, c.check_ms, c.variant_id limit @max {tx.Db.ForUpdate}
            """,
            new { storeId, connectionId, kind, max });

    public Task<IReadOnlyList<ListingChange>> OfBatchAsync(Tx tx, Guid storeId, Guid batchId) =>
        tx.QueryAsync<ListingChange>($"{Rows} where c.store_id = @storeId and c.batch_id = @batchId order by c.variant_id {tx.Db.ForUpdate}", new { storeId, batchId });

    /// <summary>What is to be looked at now, longest due first. Not held: the reading lies between.</summary>
    public Task<IReadOnlyList<ListingChange>> ToLookAsync(Tx tx, Guid storeId, Guid connectionId, string kind, int max) =>
        tx.QueryAsync<ListingChange>(
            $"""
            {Rows} where c.store_id = @storeId and c.connection_id = @connectionId and c.kind = @kind and c.state in ('told', 'doubt') and c.check_ms <= {tx.Db.Now}
            order by c.check_ms, c.variant_id limit @max
            """,
            new { storeId, connectionId, kind, max });

    /// <summary>
    /// Those of the variants that offer nothing any more at the marketplace, as far as it has confirmed: only then their listings leave the
    /// shelf, so that none comes back with units that are sold elsewhere meanwhile.
    /// </summary>
    public Task<IReadOnlyList<Guid>> EmptyAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<Guid>(
            $"""
            select v.id from variants v
            where v.store_id = @storeId and {tx.Db.AnyId("v.id", "ids")} and not exists (
              select 1 from offers o where o.store_id = v.store_id and o.connection_id = @connectionId and o.variant_id = v.id
                and not (o.stock_state = 'clean' and coalesce(o.acked_qty, 0) = 0))
            """,
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    /// <summary>Those of the cards whose content is on its way or under review.</summary>
    public Task<IReadOnlyList<string>> BusyCardsAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<string> cardIds) =>
        tx.QueryAsync<string>(
            $"""
            select distinct t.card_id from listing_changes c join listings t on t.store_id = c.store_id and t.connection_id = c.connection_id and t.variant_id = c.variant_id
            where c.store_id = @storeId and c.connection_id = @connectionId and c.kind = 'content' and c.state in ('sent', 'told', 'doubt') and {tx.Db.AnyText("t.card_id", "cards")}
            """,
            new { storeId, connectionId, cards = tx.Db.TextList(cardIds.Distinct(StringComparer.Ordinal)) });

    /// <summary>
    /// The shop may say something else of these listings than was last sent: whether it does is judged when they are sent. Only what was listed
    /// from here, and only where content is sent at all; null means all variants of the store.
    /// </summary>
    public async Task OutdateAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid>? variantIds = null)
    {
        if (variantIds is { Count: 0 })
            return;
        // Most shops leave it off, and then an import shall not look through their listings.
        if (await tx.ScalarAsync<long>("select count(*) from connections where store_id = @storeId and content_enabled", new { storeId }) == 0)
            return;
        var connections = await tx.QueryAsync<Guid>(
            $"""
            insert into listing_changes (store_id, connection_id, variant_id, kind, state, wanted, asked_ms, check_ms)
            select t.store_id, t.connection_id, t.variant_id, k.kind, 'waiting', '', {tx.Db.Now}, {tx.Db.Now} from listings t
            join connections c on c.store_id = t.store_id and c.id = t.connection_id
            join (select 'content' as kind union all select 'terms') k on true
            where t.store_id = @storeId and c.content_enabled and t.state in ('live', 'suspended') and t.sent_ms is not null
              {(variantIds is null ? "" : "and " + tx.Db.AnyId("t.variant_id", "ids"))}
            on conflict (store_id, connection_id, variant_id, kind) do update
            set wanted = '', asked_ms = excluded.asked_ms,
                check_ms = case when listing_changes.state in ('waiting', 'refused') then excluded.check_ms else listing_changes.check_ms end,
                state = case when listing_changes.state = 'refused' then 'waiting' else listing_changes.state end
            returning connection_id
            """,
            new { storeId, ids = tx.Db.IdList(variantIds ?? []) });
        foreach (var connection in connections.Distinct())
            await nudges.SendAsync(tx, storeId, connection, JobKinds.Listings);
    }

    /// <summary>Writes a change as it stands. A refused one has an issue; the issue of one that goes on is resolved.</summary>
    public async Task SaveAsync(Tx tx, ListingChange change)
    {
        await SettleAsync(tx, change, change.Code);
        await tx.ExecuteAsync(
            """
            insert into listing_changes (store_id, connection_id, variant_id, kind, state, wanted, said, asked_ms, sent_ms, check_ms, checks, vain, batch_id, receipt_id, code, detail, marketplace_text)
            values (@StoreId, @ConnectionId, @VariantId, @Kind, @State, @Wanted, @Said, @AskedMs, @SentMs, @CheckMs, @Checks, @Vain, @BatchId, @ReceiptId, @Code, @Detail, @MarketplaceText)
            on conflict (store_id, connection_id, variant_id, kind) do update
            set state = excluded.state, wanted = excluded.wanted, said = excluded.said, asked_ms = excluded.asked_ms, sent_ms = excluded.sent_ms, check_ms = excluded.check_ms,
                checks = excluded.checks, vain = excluded.vain, batch_id = excluded.batch_id, receipt_id = excluded.receipt_id, code = excluded.code, detail = excluded.detail,
                marketplace_text = excluded.marketplace_text
            """,
            change);
        if (change.Code.Length > 0)
            await issues.OpenAsync(
                tx, change.StoreId, change.Code, change.ConnectionId, change.Barcode,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["field"] = "", ["detail"] = change.Detail, ["listings"] = "1" }, change.MarketplaceText, Of(change));
    }

    public async Task EndAsync(Tx tx, ListingChange change)
    {
        await SettleAsync(tx, change, "");
        await tx.ExecuteAsync("delete from listing_changes where store_id = @StoreId and connection_id = @ConnectionId and variant_id = @VariantId and kind = @Kind", change);
    }

    /// <summary>Resolves the issue that stands, unless it is about <paramref name="code"/>.</summary>
    async Task SettleAsync(Tx tx, ListingChange change, string code)
    {
        var before = await tx.ScalarAsync<string>(
            "select code from listing_changes where store_id = @StoreId and connection_id = @ConnectionId and variant_id = @VariantId and kind = @Kind", change);
        if (before is { Length: > 0 } && before != code)
            await issues.ResolveAsync(tx, change.StoreId, before, change.ConnectionId, change.Barcode, Of(change));
    }

    /// <summary>The issue of a change ends with the change, whatever else the listing or its offer suffers from.</summary>
    static string Of(ListingChange change) => $"{IssueStore.OfListing}/{change.Kind}";
}
