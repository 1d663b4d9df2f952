using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Listings;

namespace MesChain.Server.Sync.Offers;

/// <summary>Stock, price, links and offers on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class OfferGrpc(
    Db db, ShopStores stores, ConnectionStore connections, StockReports stock, PriceReports prices, Linking linking, LinkStore links, OfferList offers, ListingDesk desk, ShelfDesk shelf, ListingStore listings, ChangeStore changes, WaveDesk waves)
    : OfferService.OfferServiceBase
{
    public override async Task<ReportStockResponse> ReportStock(ReportStockRequest request, ServerCallContext context)
    {
        var store = await StoreAsync(request.StoreId, context);
        var report = request.ToDomain();
        var outcome = await db.WriteAsync(tx => stock.RecordAsync(tx, store, report, Caller.Of(context).Actor), context.CancellationToken);
        return new() { Results = { outcome.Results.Select(result => result.ToProto()) }, ClosedOrders = outcome.Closed };
    }

    public override async Task<ReportPricesResponse> ReportPrices(ReportPricesRequest request, ServerCallContext context)
    {
        var store = await StoreAsync(request.StoreId, context);
        var report = request.ToDomain();
        var results = await db.WriteAsync(tx => prices.RecordAsync(tx, store, report), context.CancellationToken);
        return new() { Results = { results.Select(result => result.ToProto()) } };
    }

    public override async Task<ProposeLinksResponse> ProposeLinks(ProposeLinksRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, after, limit) = request.ToDomain();
        return await db.ReadAsync(
            async tx =>
            {
                var row = await connections.GetAsync(tx, store, connection);
                var counts = await links.CountAsync(tx, store, connection);
                var items = await links.ListItemsAsync(tx, store, connection, after, limit + 1);
                var candidates = (await links.CandidatesAsync(tx, store, items.Select(item => item.Barcode))).ToLookup(candidate => candidate.Barcode, StringComparer.Ordinal);
                return new ProposeLinksResponse
                {
                    Proposals = { items.Take(limit).Select(item => item.ToProto(candidates[item.Barcode])) },
                    NextPageToken = items.Count > limit ? PageToken.Of(OfferProto.ProposalList, items[limit - 1].Barcode) : "",
                    Sure = (int)counts.Sure,
                    Doubtful = (int)counts.Doubtful,
                    OnlyMarketplace = (int)counts.OnlyMarketplace,
                    OnlyShop = (int)counts.OnlyShop,
                    ReadTime = StoreProto.Instant(row.ItemsReadMs),
                };
            },
            context.CancellationToken);
    }

    public override async Task<LinkVariantsResponse> LinkVariants(LinkVariantsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, wanted) = request.ToDomain();
        if (wanted.Count == 0)
            return new() { Linked = await linking.LinkSureAsync(store, connection, context.CancellationToken) };

        var report = await db.WriteAsync(tx => linking.LinkAsync(tx, store, connection, wanted), context.CancellationToken);
        return new() { Results = { report.Results.Select(result => result.ToProto()) }, Linked = report.Linked };
    }

    public override async Task<UnlinkVariantsResponse> UnlinkVariants(UnlinkVariantsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, variants) = request.ToDomain();
        return new() { Unlinked = await db.WriteAsync(tx => linking.UnlinkAsync(tx, store, connection, variants), context.CancellationToken) };
    }

    public override async Task<ListOffersResponse> ListOffers(ListOffersRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var query = request.ToDomain();
        var rows = await db.ReadAsync(
            async tx =>
            {
                await connections.GetAsync(tx, store, query.Connection);
                return await offers.ListAsync(tx, store, query);
            },
            context.CancellationToken);
        return new()
        {
            Offers = { rows.Take(query.Limit).Select(row => row.ToProto()) },
            NextPageToken = rows.Count > query.Limit && !query.RecentFirst ? PageToken.Of(OfferProto.OfferList, rows[query.Limit - 1].Barcode) : "",
        };
    }

    public override async Task<CreateListingsResponse> CreateListings(CreateListingsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (connection, variants) = request.ToDomain();
        var outcomes = await db.WriteAsync(tx => desk.CreateAsync(tx, store, connection, variants, request.Preview ? null : caller.Actor), context.CancellationToken);
        return new() { Results = { outcomes.Select(outcome => outcome.ToProto()) } };
    }

    public override async Task<ListListingsResponse> ListListings(ListListingsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, after, limit, state) = request.ToDomain();
        return await db.ReadAsync(
            async tx =>
            {
                await connections.GetAsync(tx, store, connection);
                var rows = await listings.ListAsync(tx, store, connection, after, limit + 1, state);
                var causes = (await listings.CausesAsync(tx, store, connection, rows.Select(row => row.VariantId))).ToLookup(cause => cause.VariantId, cause => cause.ToCause());
                var under = (await changes.OfAsync(tx, store, connection, rows.Select(row => row.VariantId))).ToLookup(change => change.VariantId);
                return new ListListingsResponse
                {
                    Listings = { rows.Take(limit).Select(row => row.ToProto(causes[row.VariantId], under[row.VariantId])) },
                    NextPageToken = rows.Count > limit ? PageToken.Of(ListingProto.ListingList, rows[limit - 1].VariantId.ToWire()) : "",
                };
            },
            context.CancellationToken);
    }

    public override async Task<GetListingResponse> GetListing(GetListingRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, variant) = request.ToDomain();
        return await db.ReadAsync(
            async tx =>
            {
                await connections.GetAsync(tx, store, connection);
                var row = await listings.FindAsync(tx, store, connection, variant) ?? throw new UnknownResourceException("listing", variant);
                var causes = await listings.CausesAsync(tx, store, connection, [row.VariantId]);
                return new GetListingResponse { Listing = row.ToProto(causes.Select(cause => cause.ToCause()), await changes.OfAsync(tx, store, connection, [row.VariantId])) };
            },
            context.CancellationToken);
    }

    public override async Task<StopListingsResponse> StopListings(StopListingsRequest request, ServerCallContext context) =>
        new() { Results = { await ShelfAsync(request.StoreId, request.ToDomain, request.Preview, context) } };

    public override async Task<ResumeListingsResponse> ResumeListings(ResumeListingsRequest request, ServerCallContext context) =>
        new() { Results = { await ShelfAsync(request.StoreId, request.ToDomain, request.Preview, context) } };

    public override async Task<ListWavesResponse> ListWaves(ListWavesRequest request, ServerCallContext context)
    {
        var store = await StoreAsync(request.StoreId, context);
        var (after, limit) = request.ToDomain();
        var rows = await db.ReadAsync(tx => waves.ListAsync(tx, store, after, limit), context.CancellationToken);
        return new()
        {
            Waves = { rows.Take(limit).Select(row => row.ToProto()) },
            NextPageToken = rows.Count > limit ? PageToken.Of(WaveProto.WaveList, rows[limit - 1].Wave.ConnectionId.ToWire()) : "",
        };
    }

    public override async Task<ReleaseWaveResponse> ReleaseWave(ReleaseWaveRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (connection, seen) = request.ToDomain();
        return new() { Released = await db.WriteAsync(tx => waves.ReleaseAsync(tx, store, connection, seen, caller.Actor), context.CancellationToken) };
    }

    public override async Task<RejectWaveResponse> RejectWave(RejectWaveRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (connection, seen) = request.ToDomain();
        return new() { Rejected = await db.WriteAsync(tx => waves.RejectAsync(tx, store, connection, seen, caller.Actor), context.CancellationToken) };
    }

    async Task<IEnumerable<ListingResult>> ShelfAsync(string storeId, Func<(Guid Connection, ShelfWish Wish)> parse, bool preview, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(storeId);
        var (connection, wish) = parse();
        var outcomes = await db.WriteAsync(tx => shelf.AskAsync(tx, store, connection, wish, preview ? null : caller.Actor), context.CancellationToken);
        return outcomes.Select(outcome => outcome.ToProto());
    }

    /// <summary>A store that is there: of one that is not, a report would be taken for one whose variants are all unknown.</summary>
    async Task<Guid> StoreAsync(string requested, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(requested);
        await db.ReadAsync(tx => stores.GetAsync(tx, store), context.CancellationToken);
        return store;
    }
}
