using System.Globalization;
using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Reference;

namespace MesChain.Server.Sync.Catalog;

/// <summary>The shop's catalog, the marketplaces' lists and the mappings between them on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class CatalogGrpc(
    Db db, ShopStores stores, ShopCatalog catalog, CatalogStore rows, ReferenceStore lists, ReferenceLists asked, MappingStore mappings, MappingRules rules)
    : CatalogService.CatalogServiceBase
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

    public override async Task<ListCategoriesResponse> ListCategories(ListCategoriesRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, after, limit, query) = request.ToDomain();
        var (fresh, found) = await LookAsync(
            store, connection,
            (tx, source) => asked.AskAsync(tx, store, connection, source, ReferenceStore.Categories),
            (tx, source) => lists.ListCategoriesAsync(tx, source, after, limit + 1, query, request.LeavesOnly),
            context.CancellationToken);
        return new()
        {
            Categories = { found.Take(limit).Select(row => row.ToProto()) },
            NextPageToken = found.Count > limit ? Token(ReferenceProto.CategoryList, found[limit - 1].Position) : "",
            ReadTime = StoreProto.Instant(fresh.ReadMs),
            Reading = fresh.Reading,
        };
    }

    public override async Task<ListCategoryAttributesResponse> ListCategoryAttributes(ListCategoryAttributesRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, category, after, limit) = request.ToDomain();
        var (fresh, found) = await LookAsync(
            store, connection,
            (tx, source) => asked.AskSchemaAsync(tx, store, connection, source, category),
            (tx, source) => lists.ListAttributesAsync(tx, source, category, after, limit + 1),
            context.CancellationToken);
        return new()
        {
            Attributes = { found.Take(limit).Select(row => row.ToProto()) },
            NextPageToken = found.Count > limit ? Token(ReferenceProto.AttributeList, found[limit - 1].Position) : "",
            ReadTime = StoreProto.Instant(fresh.ReadMs),
            Reading = fresh.Reading,
        };
    }

    public override async Task<ListAttributeOptionsResponse> ListAttributeOptions(ListAttributeOptionsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, category, attribute, after, limit, query) = request.ToDomain();
        var (fresh, found) = await LookAsync(
            store, connection,
            (tx, source) => asked.AskSchemaAsync(tx, store, connection, source, category),
            (tx, source) => lists.ListOptionsAsync(tx, source, category, attribute, after, limit + 1, query),
            context.CancellationToken);
        return new()
        {
            Options = { found.Take(limit).Select(row => new AttributeOption { Id = row.Id, Name = row.Name }) },
            NextPageToken = found.Count > limit ? PageToken.Of(ReferenceProto.OptionList, found[limit - 1].Id) : "",
            ReadTime = StoreProto.Instant(fresh.ReadMs),
            Reading = fresh.Reading,
        };
    }

    public override async Task<ListBrandsResponse> ListBrands(ListBrandsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, after, limit, query) = request.ToDomain();
        var (fresh, found) = await LookAsync(
            store, connection,
            (tx, source) => asked.AskAsync(tx, store, connection, source, ReferenceStore.Brands),
            (tx, source) => lists.ListBrandsAsync(tx, source, after, limit + 1, query),
            context.CancellationToken);
        return new()
        {
            Brands = { found.Take(limit).Select(row => new Brand { Id = row.Id, Name = row.Name }) },
            NextPageToken = found.Count > limit ? PageToken.Of(ReferenceProto.BrandList, found[limit - 1].Id) : "",
            ReadTime = StoreProto.Instant(fresh.ReadMs),
            Reading = fresh.Reading,
        };
    }

    public override async Task<SetMappingsResponse> SetMappings(SetMappingsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (connection, wanted) = request.ToDomain();
        var results = await db.WriteAsync(tx => rules.SetAsync(tx, store, connection, wanted, caller.Actor), context.CancellationToken);
        return new() { Results = { results.Select(result => result.ToProto()) } };
    }

    public override async Task<ListMappingsResponse> ListMappings(ListMappingsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (connection, afterKind, afterKey, limit) = request.ToDomain();
        var found = await db.ReadAsync(
            async tx => await mappings.ListAsync(tx, store, await asked.SourceAsync(tx, store, connection), afterKind, afterKey, limit + 1), context.CancellationToken);
        return new()
        {
            Mappings = { found.Take(limit).Select(row => row.ToProto()) },
            NextPageToken = found.Count > limit ? PageToken.Of(MappingProto.MappingList, found[limit - 1].Kind, found[limit - 1].Key) : "",
        };
    }

    public override async Task<RevertMappingsResponse> RevertMappings(RevertMappingsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (connection, wanted) = request.ToDomain();
        var results = await db.WriteAsync(tx => rules.RevertAsync(tx, store, connection, wanted, caller.Actor), context.CancellationToken);
        return new() { Results = { results.Select(result => result.ToProto()) } };
    }

    /// <summary>A page of a marketplace's list, and how fresh the list is; in one unit, because looking asks for what should be fresher.</summary>
    Task<(Freshness Fresh, IReadOnlyList<T> Found)> LookAsync<T>(
        Guid store, Guid connection, Func<Tx, string, Task<Freshness>> ask, Func<Tx, string, Task<IReadOnlyList<T>>> find, CancellationToken cancel) =>
        db.WriteAsync(
            async tx =>
            {
                var source = await asked.SourceAsync(tx, store, connection);
                return (await ask(tx, source), await find(tx, source));
            },
            cancel);

    static string Token(string list, long position) => PageToken.Of(list, position.ToString(CultureInfo.InvariantCulture));
}
