using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Catalog;

/// <summary>The shop's catalog on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class CatalogGrpc(Db db, ShopStores stores, ShopCatalog catalog, CatalogStore rows) : CatalogService.CatalogServiceBase
{
    public override async Task<UpsertProductsResponse> UpsertProducts(UpsertProductsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var products = request.ToDomain();
        var results = await db.WriteAsync(
            async tx =>
            {
                // Two calls that bring the same new product would otherwise both insert it.
                await stores.HoldAsync(tx, store);
                return await catalog.UpsertAsync(tx, store, products);
            },
            context.CancellationToken);
        return new() { Results = { results.Select(result => result.ToProto()) } };
    }

    public override async Task<DeleteProductsResponse> DeleteProducts(DeleteProductsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var ids = request.ToDomain();
        return new() { Deleted = await db.WriteAsync(tx => catalog.DeleteAsync(tx, store, ids), context.CancellationToken) };
    }

    public override async Task<ListProductsResponse> ListProducts(ListProductsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (after, limit, query) = request.ToDomain();
        var (products, variants) = await db.ReadAsync(
            async tx =>
            {
                await stores.GetAsync(tx, store);
                var page = await rows.ListProductsAsync(tx, store, after, limit + 1, query);
                return (page, (await rows.ListVariantsAsync(tx, store, page.Select(row => row.Id))).ToLookup(row => row.ProductId));
            },
            context.CancellationToken);
        var answer = new ListProductsResponse { Products = { products.Take(limit).Select(row => row.ToProto(variants[row.Id])) } };
        if (products.Count > limit)
            answer.NextPageToken = PageToken.Of(CatalogProto.ProductList, products[limit - 1].Id.ToWire());
        return answer;
    }
}
