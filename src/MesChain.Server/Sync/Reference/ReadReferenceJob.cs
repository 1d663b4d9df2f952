using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Reference;

/// <summary>Reads the marketplace's lists that somebody asked for. A list counts as read when all of it is written.</summary>
public sealed class ReadReferenceJob(ReferenceStore lists, ConnectionAccess sources, Nudges nudges, EventLog events) : ISyncJob
{
    public string Kind => JobKinds.ReadReference;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var source = sources.ListSource(run.Connection);
        var access = await run.AccessAsync(cancel);
        foreach (var subject in await run.ReadAsync(tx => lists.WantsAsync(tx, run.StoreId, run.ConnectionId), cancel))
        {
            cancel.ThrowIfCancellationRequested();
            var now = await run.ReadAsync(tx => tx.NowMsAsync(), cancel);
            // Another shop of the same marketplace may have had it read meanwhile.
            var read = await run.ReadAsync(tx => lists.ReadMsAsync(tx, source, subject), cancel);
            if (read is null || read < now - (long)ReferenceLists.FreshFor.TotalMilliseconds)
                await ReadAsync(run, source, access, subject, now, cancel);
            await run.WriteAsync(
                async tx =>
                {
                    await lists.HaveAsync(tx, run.StoreId, run.ConnectionId, subject);
                    await events.AppendAsync(tx, run.StoreId, "list.read", run.ConnectionId, subject);
                    // What a listing waits for may be there now.
                    await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.Listings);
                },
                cancel);
        }
    }

    Task ReadAsync(JobRun run, string source, SellerAccess access, string subject, long startedMs, CancellationToken cancel) => subject switch
    {
        ReferenceStore.Categories => ReadCategoriesAsync(run, source, access, startedMs, cancel),
        ReferenceStore.Brands => ReadBrandsAsync(run, source, access, startedMs, cancel),
        _ when ReferenceStore.CategoryOf(subject) is { } category => ReadSchemaAsync(run, source, access, category, startedMs, cancel),
        _ => Task.CompletedTask,
    };

    async Task ReadCategoriesAsync(JobRun run, string source, SellerAccess access, long startedMs, CancellationToken cancel)
    {
        if (run.Can<ICategorySource>() is not { } port)
            return;
        var categories = await port.ReadCategoriesAsync(access, cancel);
        await run.WriteAsync(
            async tx =>
            {
                await lists.ReplaceCategoriesAsync(tx, source, categories);
                await lists.FinishAsync(tx, source, ReferenceStore.Categories, startedMs);
            },
            cancel);
    }

    async Task ReadBrandsAsync(JobRun run, string source, SellerAccess access, long startedMs, CancellationToken cancel)
    {
        if (run.Can<IBrandSource>() is not { } port)
            return;
        await foreach (var page in port.ReadBrandsAsync(access, cancel))
            await run.WriteAsync(tx => lists.AddBrandsAsync(tx, source, page, startedMs), cancel);
        await run.WriteAsync(
            async tx =>
            {
                await lists.DropBrandsAsync(tx, source, startedMs);
                await lists.FinishAsync(tx, source, ReferenceStore.Brands, startedMs);
            },
            cancel);
    }

    /// <summary>A category that is gone, or never was, has an empty schema.</summary>
    async Task ReadSchemaAsync(JobRun run, string source, SellerAccess access, string category, long startedMs, CancellationToken cancel)
    {
        if (run.Can<ICategorySource>() is not { } port)
            return;
        IReadOnlyList<CategoryAttribute> attributes = [];
        try
        {
            attributes = await port.ReadAttributesAsync(access, category, cancel);
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Missing or FaultKind.Rejected)
        {
            // The marketplace refuses what is listed in it, whatever is thought of it here.
        }

        foreach (var attribute in attributes)
        {
            await foreach (var page in port.ReadOptionsAsync(access, category, attribute.Id, cancel))
                await run.WriteAsync(tx => lists.AddOptionsAsync(tx, source, category, attribute.Id, page, startedMs), cancel);
        }

        await run.WriteAsync(
            async tx =>
            {
                await lists.ReplaceAttributesAsync(tx, source, category, attributes, startedMs);
                await lists.FinishAsync(tx, source, ReferenceStore.OfCategory(category), startedMs);
            },
            cancel);
    }
}
