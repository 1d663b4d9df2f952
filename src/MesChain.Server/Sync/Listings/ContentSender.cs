using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Sends what the shop has changed since it was last said: what buyers read goes by the card and is reviewed, stock code, VAT rate and weight
/// go by the variant and are not. Only where the owner has switched it on, only for what was listed from here, and only the parts that differ.
/// </summary>
public sealed class ContentSender(
    ConnectionStore connections, CatalogStore catalog, ListingStore listings, ChangeStore changes, Preflight preflight, ChangeVerdicts verdicts, ListingPost post)
{
    const int PerBatch = 100;

    static readonly TimeSpan BusyAgain = TimeSpan.FromMinutes(2);
    static readonly TimeSpan SchemaAgain = TimeSpan.FromSeconds(10);

    public async Task RunAsync(JobRun run, SellerAccess access, CancellationToken cancel)
    {
        if (run.Can<IContentTarget>() is { } content)
            await post.RunAsync(run, verdicts, (tx, only) => PrepareCardsAsync(tx, run, content, access, only), cancel);
        if (run.Can<IVariantTarget>() is { } variants)
            await post.RunAsync(run, verdicts, (tx, only) => PrepareTermsAsync(tx, run, variants, access, only), cancel);
    }

    async Task<ListingLetter?> PrepareCardsAsync(Tx tx, JobRun run, IContentTarget target, SellerAccess access, IReadOnlyCollection<Guid>? only)
    {
        var outdated = await OutdatedAsync(tx, run, ChangeKinds.Content, only);
        var busy = (await changes.BusyCardsAsync(tx, run.StoreId, run.ConnectionId, outdated.Select(one => one.Listing.CardId))).ToHashSet(StringComparer.Ordinal);
        List<ContentChange> bodies = [];
        List<ListingChange> said = [];
        foreach (var card in outdated.GroupBy(one => one.Listing.CardId, StringComparer.Ordinal))
        {
            if (card.Key.Length == 0 || busy.Contains(card.Key))
            {
                foreach (var one in card)
                    await LaterAsync(tx, one, BusyAgain);
                continue;
            }

            // Variants of a card share what is said on it; the oldest speaks for all.
            var first = card.First();
            var parts = first.Now.Against(first.Said, ContentParts.OfCard);
            if (await SettledAsync(tx, [.. card], parts))
                continue;
            var body = ToBody(card.Key, first.Judged.Draft!, first.Judged.Own, parts);
            if (target.Judge(body) is { } fault)
            {
                foreach (var one in card)
                    await RefuseHereAsync(tx, one.Change, fault.Code, fault.Message);
                continue;
            }

            bodies.Add(body);
            foreach (var one in card)
            {
                // What is fixed is told about once the rest is done.
                one.Change.Wanted = IsFixed(one).Count > 0 ? "" : parts.ToString();
                one.Change.Said = parts.ToString();
                said.Add(one.Change);
            }
        }

        return bodies.Count == 0 ? null : await RecordAsync(tx, run, ChangeKinds.Content, said, () => target.ChangeContentAsync(access, bodies, CancellationToken.None));
    }

    async Task<ListingLetter?> PrepareTermsAsync(Tx tx, JobRun run, IVariantTarget target, SellerAccess access, IReadOnlyCollection<Guid>? only)
    {
        List<VariantChange> bodies = [];
        List<ListingChange> said = [];
        foreach (var one in await OutdatedAsync(tx, run, ChangeKinds.Terms, only))
        {
            var parts = one.Now.Against(one.Said, [ContentParts.Terms]);
            if (parts.IsEmpty)
            {
                await changes.EndAsync(tx, one.Change);
                continue;
            }

            var draft = one.Judged.Draft!;
            var body = new VariantChange { Barcode = one.Listing.Barcode, Sku = draft.Sku, VatBasisPoints = draft.VatBasisPoints, Desi = draft.Desi };
            if (target.Judge(body) is { } fault)
            {
                await RefuseHereAsync(tx, one.Change, fault.Code, fault.Message);
                continue;
            }

            if (IsRefused(one.Change, parts))
            {
                await StayRefusedAsync(tx, one.Change, one.Change);
                continue;
            }

            bodies.Add(body);
            one.Change.Wanted = one.Change.Said = parts.ToString();
            said.Add(one.Change);
        }

        return bodies.Count == 0 ? null : await RecordAsync(tx, run, ChangeKinds.Terms, said, () => target.ChangeVariantsAsync(access, bodies, CancellationToken.None));
    }

    /// <summary>What waits and can be judged, in the order of cards; what cannot be sent at all is decided here.</summary>
    async Task<IReadOnlyList<Outdated>> OutdatedAsync(Tx tx, JobRun run, string kind, IReadOnlyCollection<Guid>? only)
    {
        if (await connections.FindAsync(tx, run.StoreId, run.ConnectionId) is not { Works: true, Mode: ConnectionRow.Live } connection)
            return [];
        var waiting = only is null
            ? await changes.WaitingAsync(tx, run.StoreId, run.ConnectionId, kind, PerBatch)
            : [.. (await changes.HoldAsync(tx, run.StoreId, run.ConnectionId, kind, only)).Where(change => change.State == ChangeStates.Waiting)];
        var held = (await listings.HoldAsync(tx, run.StoreId, run.ConnectionId, waiting.Select(change => change.VariantId))).ToDictionary(listing => listing.VariantId);
        var goods = (await catalog.VariantsAsync(tx, run.StoreId, held.Keys)).Where(row => row.RemovedMs is null).ToList();
        var judged = (await preflight.JudgeLiveAsync(tx, run.StoreId, run.ConnectionId, run.Marketplace, goods)).ToDictionary(one => one.Variant.Id);
        var outdated = new List<Outdated>(waiting.Count);
        foreach (var change in waiting)
        {
            var listing = held[change.VariantId];
            if (!connection.ContentEnabled || listing.State is not (ListingStates.Live or ListingStates.Suspended) || !judged.TryGetValue(change.VariantId, out var one))
                await changes.EndAsync(tx, change);
            else if (one.Waits)
                await LaterAsync(tx, change, SchemaAgain);
            else if (one.Draft is null)
                await RefuseHereAsync(tx, change, one.Faults[0].Code, string.Join("; ", one.Faults.Select(cause => $"{cause.Field}: {cause.Detail}")));
            else
                outdated.Add(new(change, listing, one, ContentParts.Of(one.Draft, one.Own), ContentParts.Parse(listing.Said)));
        }

        return [.. outdated.OrderBy(one => one.Listing.CardId, StringComparer.Ordinal).ThenBy(one => one.Listing.VariantId)];
    }

    /// <summary>Nothing is left to say, or the marketplace has refused exactly this.</summary>
    async Task<bool> SettledAsync(Tx tx, IReadOnlyCollection<Outdated> card, ContentParts parts)
    {
        if (!parts.IsEmpty)
        {
            var refused = card.FirstOrDefault(one => IsRefused(one.Change, parts))?.Change;
            foreach (var one in refused is null ? [] : card)
                await StayRefusedAsync(tx, one.Change, refused!);
            return refused is not null;
        }

        foreach (var one in card)
        {
            if (IsFixed(one) is { Count: > 0 } names)
                await RefuseHereAsync(tx, one.Change, FaultCodes.ListingFieldFixed, $"{string.Join(", ", names)}: fixed since the approval; the marketplace keeps what it has");
            else
                await changes.EndAsync(tx, one.Change);
        }

        return true;
    }

    static IReadOnlyList<string> IsFixed(Outdated one) => one.Now.Unlike(one.Said, ContentParts.Fixed);

    /// <summary>The very same was refused: it is not said again.</summary>
    static bool IsRefused(ListingChange change, ContentParts parts) => change.Code.Length > 0 && change.Said == parts.ToString();

    Task StayRefusedAsync(Tx tx, ListingChange change, ListingChange refused)
    {
        (change.State, change.CheckMs, change.Said, change.Wanted) = (ChangeStates.Refused, null, refused.Said, refused.Said);
        (change.Code, change.Detail, change.MarketplaceText) = (refused.Code, refused.Detail, refused.MarketplaceText);
        return changes.SaveAsync(tx, change);
    }

    /// <summary>Not worth a call. Nothing was said, so it is judged anew when something changes.</summary>
    async Task RefuseHereAsync(Tx tx, ListingChange change, string code, string detail)
    {
        (change.State, change.CheckMs, change.Said) = (ChangeStates.Refused, null, "");
        (change.Code, change.Detail, change.MarketplaceText) = (code, detail, "");
        await changes.SaveAsync(tx, change);
    }

    Task LaterAsync(Tx tx, Outdated one, TimeSpan wait) => LaterAsync(tx, one.Change, wait);

    async Task LaterAsync(Tx tx, ListingChange change, TimeSpan wait)
    {
        change.CheckMs = await tx.NowMsAsync() + (long)wait.TotalMilliseconds;
        await changes.SaveAsync(tx, change);
    }

    async Task<ListingLetter> RecordAsync(Tx tx, JobRun run, string kind, IReadOnlyList<ListingChange> said, Func<Task<ListingReceipt>> send)
    {
        var now = await tx.NowMsAsync();
        var batch = await post.RecordAsync(tx, run, kind, now);
        foreach (var change in said)
        {
            (change.State, change.SentMs, change.BatchId, change.CheckMs, change.Checks) = (ChangeStates.Sent, now, batch.Id, null, 0);
            (change.Code, change.Detail, change.MarketplaceText) = ("", "", "");
            await changes.SaveAsync(tx, change);
        }

        return new(batch, [.. said.Select(change => change.VariantId)], send);
    }

    static ContentChange ToBody(string cardId, ListingDraft draft, IReadOnlySet<string> own, ContentParts parts) => new()
    {
        CardId = cardId,
        Title = parts.Has(ContentParts.Title) ? draft.Title : null,
        DescriptionHtml = parts.Has(ContentParts.Description) ? draft.DescriptionHtml : null,
        Images = parts.Has(ContentParts.Images) ? draft.Images : null,
        Attributes = parts.Has(ContentParts.Attributes) ? [.. draft.Attributes.Where(value => !own.Contains(value.Id))] : null,
    };

    /// <param name="Now">What the shop says.</param>
    /// <param name="Said">What was last said.</param>
    sealed record Outdated(ListingChange Change, Listing Listing, Judged Judged, ContentParts Now, ContentParts Said);
}
