using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Work;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Offers;

/// <summary>Reads the whole list of what the marketplace sells for this seller; what it no longer lists is forgotten at the end.</summary>
public sealed class ReadItemsJob(Nudges nudges, IOptions<SyncOptions> options) : ISyncJob
{
    public string Kind => JobKinds.ReadItems;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IItemSource>() is not { } source)
            return;

        // Each run is a round of its own: one that was killed half-way leaves nothing that the next could take for its own.
        var round = await run.WriteAsync(
            tx => tx.ScalarAsync<long>(
                $"""
                update connections set items_round = items_round + 1, items_next_ms = {tx.Db.Now} + @everyMs
                where store_id = @StoreId and id = @ConnectionId returning items_round
                """,
                new { run.StoreId, run.ConnectionId, everyMs = (long)options.Value.ItemsEvery.TotalMilliseconds }),
            cancel);
        var access = await run.AccessAsync(cancel);
        await foreach (var page in source.ReadItemsAsync(access, cancel))
            await run.WriteAsync(tx => StoreAsync(tx, run, page, round), cancel);

        await run.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    "delete from marketplace_items where store_id = @StoreId and connection_id = @ConnectionId and seen_round <> @round",
                    new { run.StoreId, run.ConnectionId, round });
                await tx.ExecuteAsync(
                    $"update connections set items_read_ms = {tx.Db.Now} where store_id = @StoreId and id = @ConnectionId",
                    new { run.StoreId, run.ConnectionId });
                await LookAsync(tx, run);
            },
            cancel);
    }

    static async Task StoreAsync(Tx tx, JobRun run, IReadOnlyList<MarketplaceItem> page, long round) =>
        await tx.ExecuteManyAsync(
            $"""
            insert into marketplace_items (store_id, connection_id, barcode, external_id, title, sku, quantity, sale_price_minor, list_price_minor, on_sale, seen_round, observed_ms)
            values (@StoreId, @ConnectionId, @Barcode, @ExternalId, @Title, @Sku, @Quantity, @SalePriceMinor, @ListPriceMinor, @OnSale, @round, {tx.Db.Now})
            on conflict (store_id, connection_id, barcode) do update
            set external_id = excluded.external_id, title = excluded.title, sku = excluded.sku, quantity = excluded.quantity,
                sale_price_minor = excluded.sale_price_minor, list_price_minor = excluded.list_price_minor, on_sale = excluded.on_sale,
                seen_round = excluded.seen_round, observed_ms = excluded.observed_ms
            """,
            page.Select(item => new
            {
                run.StoreId,
                run.ConnectionId,
                item.Barcode,
                item.ExternalId,
                item.Title,
                item.Sku,
                Quantity = (long?)item.Quantity,
                item.SalePriceMinor,
                item.ListPriceMinor,
                item.OnSale,
                round,
            }));

    /// <summary>Where the list shows another number than the confirmed one, the item itself is read before anything is concluded.</summary>
    async Task LookAsync(Tx tx, JobRun run)
    {
        var doubtful = await tx.ExecuteAsync(
            $"""
            update offers set verify_due_ms = {tx.Db.Now}
            where store_id = @StoreId and connection_id = @ConnectionId and stock_state = 'clean' and verify_due_ms is null
              and exists (
                select 1 from marketplace_items m
                where m.store_id = offers.store_id and m.connection_id = offers.connection_id and m.barcode = offers.barcode and m.quantity <> offers.acked_qty)
            """,
            new { run.StoreId, run.ConnectionId });
        if (doubtful > 0)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.VerifyOffers);
    }
}
