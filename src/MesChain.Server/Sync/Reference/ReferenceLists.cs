using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Reference;

/// <summary>Says how fresh a marketplace's list is, and has it read when it is missing or old. Nobody waits for a marketplace here.</summary>
public sealed class ReferenceLists(ConnectionStore connections, ConnectionAccess access, ReferenceStore lists, Nudges nudges)
{
    /// <summary>Ids stay and names seldom change: Trendyol asks for a refresh once a week (fact sheet §4).</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromDays(7);

    /// <exception cref="UnknownResourceException">There is no such connection.</exception>
    public async Task<string> SourceAsync(Tx tx, Guid storeId, Guid connectionId) => access.ListSource(await connections.GetAsync(tx, storeId, connectionId));

    /// <summary>How fresh a list is; asks for it when it should be fresher.</summary>
    public async Task<Freshness> AskAsync(Tx tx, Guid storeId, Guid connectionId, string source, string subject)
    {
        var read = await lists.ReadMsAsync(tx, source, subject);
        var wanted = read is null || read < await tx.NowMsAsync() - (long)FreshFor.TotalMilliseconds;
        if (wanted)
        {
            // Asked anew each time: a nudge that found the connection without a key has come to nothing.
            await lists.WantAsync(tx, storeId, connectionId, subject);
            await nudges.SendAsync(tx, storeId, connectionId, JobKinds.ReadReference);
        }

        return new(read, wanted);
    }

    /// <summary>
    /// The same for what a category asks for. Only of categories that are in the marketplace's tree, so the tree comes first: nobody can have
    /// us ask a marketplace for whatever he types.
    /// </summary>
    /// <exception cref="UnknownResourceException">The marketplace has no such category.</exception>
    public async Task<Freshness> AskSchemaAsync(Tx tx, Guid storeId, Guid connectionId, string source, string categoryId)
    {
        if ((await AskAsync(tx, storeId, connectionId, source, ReferenceStore.Categories)).ReadMs is null)
            return new(null, Reading: true);
        return await lists.FindCategoryAsync(tx, source, categoryId) is { } category
            ? await AskAsync(tx, storeId, connectionId, source, ReferenceStore.OfCategory(category.Id))
            : throw new UnknownResourceException("category", categoryId);
    }
}

/// <param name="ReadMs">When the last complete reading began; null before the first.</param>
/// <param name="Reading">It is asked for now.</param>
public readonly record struct Freshness(long? ReadMs, bool Reading);
