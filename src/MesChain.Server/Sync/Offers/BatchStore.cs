using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Sync.Offers;

/// <summary>Requests to a marketplace at rest, each written before it is sent. Every step of one has its row in the ledger (I7).</summary>
public sealed class BatchStore(LedgerRows ledger)
{
    public const string Stock = "stock";
    public const string Price = "price";

    public static string Axis(bool price) => price ? Price : Stock;

    static readonly RowSet<BatchItem> ItemRows = new RowSet<BatchItem>()
        .Key("variant_id", item => item.VariantId)
        .Text("barcode", item => item.Barcode)
        .Number("quantity", item => item.Quantity)
        .Number("version", item => item.Version)
        .Number("price_minor", item => item.PriceMinor)
        .Number("list_minor", item => item.ListMinor)
        .Number("dirty_ms", item => item.DirtyMs)
        .Number("priority", item => item.Priority)
        .Flag("zeroed", item => item.Zeroed);

    /// <summary>Writes down what is about to be sent.</summary>
    public async Task AddAsync(Tx tx, Batch batch, IReadOnlyCollection<BatchItem> items)
    {
        await tx.ExecuteAsync(
            """
            insert into push_batches (store_id, id, connection_id, axis, body_hash, state, owner_epoch, sent_ms, expires_ms)
            values (@StoreId, @Id, @ConnectionId, @Axis, @BodyHash, 'in_flight', @OwnerEpoch, @SentMs, @ExpiresMs)
            """,
            batch);
        await tx.ExecuteAsync(
            $"insert into push_items (store_id, batch_id, {ItemRows.Names}) select @StoreId, @Id, {ItemRows.Names} from {ItemRows.Given(tx.Db)}",
            ItemRows.Arguments(tx.Db, items, new { batch.StoreId, batch.Id }));
        await NoteAsync(tx, batch.StoreId, batch.Id, "sent", string.Join('\n', items.Select(item =>
            string.Create(CultureInfo.InvariantCulture, $"{item.Barcode} {item.Value.First} {item.Value.Second} {item.Version}"))));
    }

    /// <summary>When the identical-body window of this body ends; null when it may be sent now.</summary>
    public Task<long?> RefusedUntilAsync(Tx tx, Guid storeId, Guid connectionId, byte[] bodyHash, long windowMs) =>
        tx.ScalarAsync<long?>(
            $"""
            select max(sent_ms) + @windowMs from push_batches
            where store_id = @storeId and connection_id = @connectionId and body_hash = @bodyHash and sent_ms > {tx.Db.Now} - @windowMs
            """,
            new { storeId, connectionId, bodyHash, windowMs });

    /// <summary>Moves a batch on. False when it does not stand in <paramref name="from"/> any more.</summary>
    public async Task<bool> MoveAsync(Tx tx, Guid storeId, Guid id, string from, string to)
    {
        var moved = await tx.ExecuteAsync(
            $"""
            update push_batches set state = @to, next_poll_ms = null, done_ms = case when @to in ('done', 'uncertain', 'refused') then {tx.Db.Now} else done_ms end
            where store_id = @storeId and id = @id and state = @from
            """,
            new { storeId, id, from, to }) > 0;
        if (moved)
            await NoteAsync(tx, storeId, id, to, string.Join('\n', await tx.QueryAsync<string>(
                "select barcode || ' ' || outcome from push_items where store_id = @storeId and batch_id = @id order by variant_id", new { storeId, id })));
        return moved;
    }

    /// <summary>The marketplace took the batch: its result is asked for from now on. False when somebody has given it up meanwhile.</summary>
    public async Task<bool> AcceptAsync(Tx tx, Guid storeId, Guid id, string receiptId, TimeSpan firstPoll)
    {
        var accepted = await tx.ExecuteAsync(
            $"""
            update push_batches set state = 'awaiting', receipt_id = @receiptId, next_poll_ms = {tx.Db.Now} + @delayMs
            where store_id = @storeId and id = @id and state = 'in_flight'
            """,
            new { storeId, id, receiptId, delayMs = (long)firstPoll.TotalMilliseconds }) > 0;
        if (accepted)
            await NoteAsync(tx, storeId, id, "accepted", receiptId);
        return accepted;
    }

    /// <summary>Forgets a batch that was refused before it was processed: an equal body may be sent again.</summary>
    public async Task RemoveAsync(Tx tx, Guid storeId, Guid id)
    {
        await tx.ExecuteAsync("delete from push_items where store_id = @storeId and batch_id = @id", new { storeId, id });
        await tx.ExecuteAsync("delete from push_batches where store_id = @storeId and id = @id", new { storeId, id });
        await NoteAsync(tx, storeId, id, "withdrawn", "");
    }

    Task NoteAsync(Tx tx, Guid storeId, Guid id, string step, string what) => ledger.AppendAsync(tx, storeId, "batch." + step, "batch:" + id.ToWire(), "system:sync", what);

    /// <summary>Batches that were being sent when their sender died: nobody knows what became of them.</summary>
    public Task<IReadOnlyList<Batch>> AbandonedAsync(Tx tx, Guid storeId, Guid connectionId, string axis) =>
        tx.QueryAsync<Batch>(
            $"select * from push_batches where store_id = @storeId and connection_id = @connectionId and axis = @axis and state = 'in_flight' {tx.Db.ForUpdate}",
            new { storeId, connectionId, axis });

    /// <summary>Batches whose result is due to be asked for, longest due first.</summary>
    public Task<IReadOnlyList<Batch>> ToPollAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        tx.QueryAsync<Batch>(
            $"""
            select * from push_batches
            where store_id = @storeId and connection_id = @connectionId and state = 'awaiting' and next_poll_ms <= {tx.Db.Now}
            order by next_poll_ms limit @max
            """,
            new { storeId, connectionId, max });

    /// <summary>How long until the next result is due; null when none is awaited.</summary>
    public Task<long?> NextPollInAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ScalarAsync<long?>(
            $"select min(next_poll_ms) - {tx.Db.Now} from push_batches where store_id = @storeId and connection_id = @connectionId and state = 'awaiting'",
            new { storeId, connectionId });

    /// <summary>When the oldest batch whose result is awaited was sent; null when none is.</summary>
    public Task<long?> OldestAwaitedAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ScalarAsync<long?>(
            "select min(sent_ms) from push_batches where store_id = @storeId and connection_id = @connectionId and state = 'awaiting'", new { storeId, connectionId });

    public async Task PollLaterAsync(Tx tx, Guid storeId, Guid id, TimeSpan pause) =>
        await tx.ExecuteAsync(
            $"update push_batches set polls = polls + 1, next_poll_ms = {tx.Db.Now} + @pauseMs where store_id = @storeId and id = @id and state = 'awaiting'",
            new { storeId, id, pauseMs = (long)pause.TotalMilliseconds });

    /// <summary>Whether a batch still awaits its result; locked, so that only one unit decides its items.</summary>
    public async Task<bool> IsAwaitedAsync(Tx tx, Guid storeId, Guid id) =>
        await tx.ScalarAsync<string>($"select state from push_batches where store_id = @storeId and id = @id {tx.Db.ForUpdate}", new { storeId, id }) == "awaiting";

    /// <summary>The items of a batch that are not decided yet.</summary>
    public Task<IReadOnlyList<BatchItem>> OpenItemsAsync(Tx tx, Guid storeId, Guid batchId) =>
        tx.QueryAsync<BatchItem>(
            "select * from push_items where store_id = @storeId and batch_id = @batchId and outcome = '' order by variant_id",
            new { storeId, batchId });

    /// <summary>Decides these items of a batch alike.</summary>
    public async Task DecideAsync(Tx tx, Batch batch, IEnumerable<BatchItem> items, string outcome) =>
        await tx.ExecuteAsync(
            $"update push_items set outcome = @outcome where store_id = @StoreId and batch_id = @Id and {tx.Db.AnyId("variant_id", "ids")}",
            new { batch.StoreId, batch.Id, ids = tx.Db.IdList(items.Select(item => item.VariantId)), outcome });

    /// <summary>Which of these variants another undecided batch of the same connection and axis holds too.</summary>
    public async Task<IReadOnlySet<Guid>> HeldElsewhereAsync(Tx tx, Batch batch, IEnumerable<Guid> variantIds) =>
        (await tx.QueryAsync<Guid>(
            $"""
            select distinct i.variant_id from push_items i join push_batches b on b.store_id = i.store_id and b.id = i.batch_id
            where i.store_id = @StoreId and {tx.Db.AnyId("i.variant_id", "ids")} and i.outcome = '' and b.connection_id = @ConnectionId and b.axis = @Axis
              and b.id <> @Id and b.state in ('in_flight', 'awaiting')
            """,
            new { batch.StoreId, batch.ConnectionId, batch.Axis, batch.Id, ids = tx.Db.IdList(variantIds) })).ToHashSet();
}

/// <summary>One request to a marketplace.</summary>
public sealed class Batch
{
    public Guid StoreId { get; init; }

    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    public string Axis { get; init; } = "";

    public byte[] BodyHash { get; init; } = [];

    public string State { get; init; } = "";

    public string ReceiptId { get; init; } = "";

    public long OwnerEpoch { get; init; }

    public long SentMs { get; init; }

    public long Polls { get; init; }

    public long? ExpiresMs { get; init; }

    public bool OfPrice => Axis == BatchStore.Price;
}

/// <summary>What a request sets of one offer.</summary>
public sealed class BatchItem
{
    public Guid StoreId { get; init; }

    public Guid BatchId { get; init; }

    public Guid VariantId { get; init; }

    public string Barcode { get; init; } = "";

    public long? Quantity { get; init; }

    public long Version { get; init; }

    public long? PriceMinor { get; init; }

    public long? ListMinor { get; init; }

    public long? DirtyMs { get; init; }

    public long Priority { get; init; }

    /// <summary>Takes an offer from sale that no order emptied; the breaker counts these.</summary>
    public bool Zeroed { get; init; }

    public string Outcome { get; init; } = "";

    public OfferValue Value => Quantity is { } units ? OfferValue.Units(units) : OfferValue.Price(PriceMinor, ListMinor)!.Value;
}
