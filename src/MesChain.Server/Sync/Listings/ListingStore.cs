using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>Listings, their causes and their requests at rest.</summary>
public sealed class ListingStore(IssueStore issues, EventLog events, Nudges nudges)
{
    const string Columns = "store_id, connection_id, variant_id, barcode, state, batch_id, present, doubt_ms, check_ms, checks, card_id, content_hash, refusals, changed_ms, sent_ms, stopped_ms, said";

    const string Titled =
        """
        select l.*, v.shop_variant_id, v.title as variant_title, p.title as product_title from listings l
        join variants v on v.store_id = l.store_id and v.id = l.variant_id
        join products p on p.store_id = v.store_id and p.id = v.product_id
        """;

    public Task<IReadOnlyList<Listing>> HoldAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<Listing>(
            $"""
            select {Columns} from listings where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "ids")}
            order by variant_id {tx.Db.ForUpdate}
            """,
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    /// <summary>Drafts, longest waiting first.</summary>
    public Task<IReadOnlyList<Listing>> DraftsAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        tx.QueryAsync<Listing>(
            $"select {Columns} from listings where store_id = @storeId and connection_id = @connectionId and state = 'draft' order by changed_ms, variant_id limit @max {tx.Db.ForUpdate}",
            new { storeId, connectionId, max });

    public Task<IReadOnlyList<Listing>> OfBatchAsync(Tx tx, Guid storeId, Guid batchId) =>
        tx.QueryAsync<Listing>($"select {Columns} from listings where store_id = @storeId and batch_id = @batchId order by variant_id {tx.Db.ForUpdate}", new { storeId, batchId });

    /// <summary>What is to be looked at now, longest due first. Not held: the reading lies between.</summary>
    public Task<IReadOnlyList<Listing>> ToCheckAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        tx.QueryAsync<Listing>(
            $"select {Columns} from listings where store_id = @storeId and connection_id = @connectionId and check_ms <= {tx.Db.Now} order by check_ms, variant_id limit @max",
            new { storeId, connectionId, max });

    /// <summary>In order of variants, with their titles; empty <paramref name="state"/> means all.</summary>
    public Task<IReadOnlyList<Listing>> ListAsync(Tx tx, Guid storeId, Guid connectionId, Guid? after, int limit, string state) =>
        tx.QueryAsync<Listing>(
            $"""
            {Titled}
            where l.store_id = @storeId and l.connection_id = @connectionId and l.variant_id > @after {(state.Length > 0 ? "and l.state = @state" : "")}
            order by l.variant_id limit @limit
            """,
            new { storeId, connectionId, after = after ?? Guid.Empty, limit, state });

    /// <summary>What these names of the shop, and these barcodes of the marketplace, mean at a connection. Variants that the shop has removed are found too.</summary>
    public Task<IReadOnlyList<NamedRow>> NamedAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<string> shopVariantIds, IEnumerable<string> barcodes) =>
        tx.QueryAsync<NamedRow>(
            $"""
            select v.id as variant_id, v.shop_variant_id, coalesce(l.barcode, t.barcode, '') as barcode, l.barcode is not null as linked from variants v
            left join links l on l.store_id = v.store_id and l.connection_id = @connectionId and l.variant_id = v.id
            left join listings t on t.store_id = v.store_id and t.connection_id = @connectionId and t.variant_id = v.id
            where v.store_id = @storeId and ({tx.Db.AnyText("v.shop_variant_id", "ids")}
              or v.id in (select b.variant_id from links b where b.store_id = @storeId and b.connection_id = @connectionId and {tx.Db.AnyText("b.barcode", "barcodes")})
              or v.id in (select b.variant_id from listings b where b.store_id = @storeId and b.connection_id = @connectionId and {tx.Db.AnyText("b.barcode", "barcodes")}))
            order by v.id
            """,
            new { storeId, connectionId, ids = tx.Db.TextList(shopVariantIds), barcodes = tx.Db.TextList(barcodes) });

    /// <summary>With its titles; null for a variant that was never listed from here.</summary>
    public Task<Listing?> FindAsync(Tx tx, Guid storeId, Guid connectionId, string shopVariantId) =>
        tx.OneAsync<Listing>(
            $"{Titled} where l.store_id = @storeId and l.connection_id = @connectionId and v.shop_variant_id = @shopVariantId", new { storeId, connectionId, shopVariantId });

    public Task<IReadOnlyList<CauseRow>> CausesAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<CauseRow>(
            $"""
            select variant_id, code, subject, field, detail, marketplace_text from listing_causes
            where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "ids")} order by variant_id, position
            """,
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    /// <summary>Writes a listing with why it does not go on. A change of state is told.</summary>
    public async Task SaveAsync(Tx tx, Listing listing, IReadOnlyList<ListingCause> causes)
    {
        var before = await tx.ScalarAsync<string>(
            "select state from listings where store_id = @StoreId and connection_id = @ConnectionId and variant_id = @VariantId", listing);
        if (before != listing.State)
            listing.ChangedMs = await tx.NowMsAsync();
        await tx.ExecuteAsync(
            $"""
            insert into listings ({Columns}, created_ms)
            values (@StoreId, @ConnectionId, @VariantId, @Barcode, @State, @BatchId, @Present, @DoubtMs, @CheckMs, @Checks, @CardId, @ContentHash, @Refusals, @ChangedMs, @SentMs, @StoppedMs, @Said, {tx.Db.Now})
            on conflict (store_id, connection_id, variant_id) do update
            set barcode = excluded.barcode, state = excluded.state, batch_id = excluded.batch_id, present = excluded.present, doubt_ms = excluded.doubt_ms,
                check_ms = excluded.check_ms, checks = excluded.checks, card_id = excluded.card_id, content_hash = excluded.content_hash,
                refusals = excluded.refusals, changed_ms = excluded.changed_ms, sent_ms = excluded.sent_ms, stopped_ms = excluded.stopped_ms, said = excluded.said
            """,
            listing);
        await SetCausesAsync(tx, listing, causes);
        if (before != listing.State)
            await events.AppendAsync(
                tx, listing.StoreId, "listing.changed", listing.ConnectionId, listing.Barcode, new Dictionary<string, string>(StringComparer.Ordinal) { ["state"] = listing.State });
    }

    /// <summary>Listings that wait for a change look again; empty <paramref name="variantIds"/> means all of the store.</summary>
    public async Task RecheckAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid>? variantIds = null)
    {
        if (variantIds is { Count: 0 })
            return;
        var connections = await tx.QueryAsync<Guid>(
            $"""
            update listings set state = 'draft', changed_ms = {tx.Db.Now}
            where store_id = @storeId and state = 'blocked' {(variantIds is null ? "" : "and " + tx.Db.AnyId("variant_id", "ids"))} returning connection_id
            """,
            new { storeId, ids = tx.Db.IdList(variantIds ?? []) });
        foreach (var connection in connections.Distinct())
            await nudges.SendAsync(tx, storeId, connection, JobKinds.Listings);
    }

    /// <summary>What the marketplace has taken of a listing's content, or of the whole card that it stands on.</summary>
    public async Task SaidAsync(Tx tx, ListingChange change)
    {
        var ofCard = change.Kind == ChangeKinds.Content;
        var rows = await tx.QueryAsync<Listing>(
            $"select {Columns} from listings where store_id = @StoreId and connection_id = @ConnectionId and {(ofCard ? "card_id = @CardId" : "variant_id = @VariantId")} order by variant_id {tx.Db.ForUpdate}",
            change);
        foreach (var row in rows)
        {
            row.Said = ContentParts.Parse(row.Said).With(ContentParts.Parse(change.Said)).ToString();
            await tx.ExecuteAsync("update listings set said = @Said where store_id = @StoreId and connection_id = @ConnectionId and variant_id = @VariantId", row);
        }
    }

    public async Task AddBatchAsync(Tx tx, ListingBatch batch) =>
        await tx.ExecuteAsync(
            """
            insert into listing_batches (store_id, id, connection_id, kind, state, owner_epoch, sent_ms, expires_ms)
            values (@StoreId, @Id, @ConnectionId, @Kind, 'in_flight', @OwnerEpoch, @SentMs, @ExpiresMs)
            """,
            batch);

    /// <summary>False when the batch does not stand in <paramref name="from"/> any more: somebody has decided it.</summary>
    public async Task<bool> MoveAsync(Tx tx, Guid storeId, Guid id, string from, string to) =>
        await tx.ExecuteAsync(
            $"update listing_batches set state = @to, next_poll_ms = null, done_ms = {tx.Db.Now} where store_id = @storeId and id = @id and state = @from",
            new { storeId, id, from, to }) > 0;

    public async Task<bool> AcceptAsync(Tx tx, Guid storeId, Guid id, string receiptId, TimeSpan firstPoll) =>
        await tx.ExecuteAsync(
            $"update listing_batches set state = 'awaiting', receipt_id = @receiptId, next_poll_ms = {tx.Db.Now} + @delayMs where store_id = @storeId and id = @id and state = 'in_flight'",
            new { storeId, id, receiptId, delayMs = (long)firstPoll.TotalMilliseconds }) > 0;

    public async Task PollLaterAsync(Tx tx, Guid storeId, Guid id, TimeSpan pause) =>
        await tx.ExecuteAsync(
            $"update listing_batches set polls = polls + 1, next_poll_ms = {tx.Db.Now} + @pauseMs where store_id = @storeId and id = @id and state = 'awaiting'",
            new { storeId, id, pauseMs = (long)pause.TotalMilliseconds });

    /// <summary>Requests that were being sent when their sender died.</summary>
    public Task<IReadOnlyList<ListingBatch>> AbandonedAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.QueryAsync<ListingBatch>(
            $"select * from listing_batches where store_id = @storeId and connection_id = @connectionId and state = 'in_flight' {tx.Db.ForUpdate}", new { storeId, connectionId });

    public Task<IReadOnlyList<ListingBatch>> ToPollAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        tx.QueryAsync<ListingBatch>(
            $"select * from listing_batches where store_id = @storeId and connection_id = @connectionId and state = 'awaiting' and next_poll_ms <= {tx.Db.Now} order by next_poll_ms limit @max",
            new { storeId, connectionId, max });

    /// <summary>How long until a result or a look is due; null when nothing is.</summary>
    public Task<long?> NextInAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ScalarAsync<long?>(
            $"""
            select min(due) - {tx.Db.Now} from (
              select next_poll_ms as due from listing_batches where store_id = @storeId and connection_id = @connectionId and state = 'awaiting'
              union all
              select check_ms from listings where store_id = @storeId and connection_id = @connectionId and check_ms is not null
              union all
              select check_ms from listing_changes c where store_id = @storeId and connection_id = @connectionId and check_ms is not null
                and (state <> 'waiting' or exists (select 1 from connections k where k.store_id = c.store_id and k.id = c.connection_id and k.mode = 'live'))) as dues
            """,
            new { storeId, connectionId });

    async Task SetCausesAsync(Tx tx, Listing listing, IReadOnlyList<ListingCause> causes)
    {
        var old = (await CausesAsync(tx, listing.StoreId, listing.ConnectionId, [listing.VariantId])).Select(cause => (cause.Code, cause.Subject)).ToHashSet();
        if (old.Count == 0 && causes.Count == 0)
            return;
        await tx.ExecuteAsync("delete from listing_causes where store_id = @StoreId and connection_id = @ConnectionId and variant_id = @VariantId", listing);
        await tx.ExecuteManyAsync(
            """
            insert into listing_causes (store_id, connection_id, variant_id, position, code, subject, field, detail, marketplace_text)
            values (@StoreId, @ConnectionId, @VariantId, @position, @Code, @Subject, @Field, @Detail, @MarketplaceText)
            """,
            causes.Select((cause, i) => new
            {
                listing.StoreId, listing.ConnectionId, listing.VariantId, position = (long)i, cause.Code, cause.Subject, cause.Field, cause.Detail, cause.MarketplaceText,
            }));
        foreach (var cause in causes.DistinctBy(cause => (cause.Code, cause.Subject)).Where(cause => !old.Contains((cause.Code, cause.Subject))))
            await issues.OpenAsync(
                tx, listing.StoreId, cause.Code, listing.ConnectionId, cause.Subject,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["field"] = cause.Field,
                    ["detail"] = cause.Detail,
                    ["listings"] = (await WithAsync(tx, listing, cause.Code, cause.Subject)).ToString(CultureInfo.InvariantCulture),
                },
                cause.MarketplaceText, IssueStore.OfListing);
        foreach (var (code, subject) in old.Except(causes.Select(cause => (cause.Code, cause.Subject))))
        {
            if (await WithAsync(tx, listing, code, subject) == 0)
                await issues.ResolveAsync(tx, listing.StoreId, code, listing.ConnectionId, subject, IssueStore.OfListing);
        }
    }

    /// <summary>How many listings of the connection have a cause.</summary>
    static Task<long> WithAsync(Tx tx, Listing listing, string code, string subject) =>
        tx.ScalarAsync<long>(
            "select count(*) from listing_causes where store_id = @StoreId and connection_id = @ConnectionId and code = @code and subject = @subject",
            new { listing.StoreId, listing.ConnectionId, code, subject });
}

/// <summary>A variant at a marketplace.</summary>
public sealed record NamedRow
{
    public required Guid VariantId { get; init; }

    public required string ShopVariantId { get; init; }

    /// <summary>Empty when the variant is neither linked nor listed there.</summary>
    public required string Barcode { get; init; }

    public required bool Linked { get; init; }
}

public sealed class CauseRow
{
    public Guid VariantId { get; init; }

    public string Code { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Field { get; init; } = "";

    public string Detail { get; init; } = "";

    public string MarketplaceText { get; init; } = "";

    public ListingCause ToCause() => new(Code, Subject, Field, Detail, MarketplaceText);
}
