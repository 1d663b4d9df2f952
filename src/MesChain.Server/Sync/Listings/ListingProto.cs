using Google.Protobuf.Collections;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using WireCause = MesChain.Contracts.Sync.V1.ListingCause;
using WireChange = MesChain.Contracts.Sync.V1.ListingChange;
using WireListing = MesChain.Contracts.Sync.V1.Listing;

namespace MesChain.Server.Sync.Listings;

/// <summary>Listings, between wire and domain. Judges every field of a request.</summary>
static class ListingProto
{
    public const string ListingList = "listings";

    const int PerCall = 100;
    const int CausesMax = 100;
    const int VariantIdMax = 96;
    const int BarcodeMax = 100;

    extension(CreateListingsRequest request)
    {
        public (Guid Connection, IReadOnlyList<string> Variants) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.Texts(request.ShopVariantIds, "shop_variant_ids", 1, PerCall, VariantIdMax);
            Once(check, request.ShopVariantIds, "shop_variant_ids");
            check.ThrowIfAny();
            return (connection, [.. request.ShopVariantIds]);
        }
    }

    extension(StopListingsRequest request)
    {
        public (Guid Connection, ShelfWish Wish) ToDomain() => Shelf(request.ConnectionId, request.ShopVariantIds, request.Barcodes, archive: true);
    }

    extension(ResumeListingsRequest request)
    {
        public (Guid Connection, ShelfWish Wish) ToDomain() => Shelf(request.ConnectionId, request.ShopVariantIds, request.Barcodes, archive: false);
    }

    extension(ListListingsRequest request)
    {
        /// <summary>An empty state means all.</summary>
        public (Guid Connection, Guid? After, int Limit, string State) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadId(check, request.PageToken, ListingList);
            check.That(Enum.IsDefined(request.State), "state", "must be a state of listings");
            check.ThrowIfAny();
            return (connection, after, limit, request.State switch
            {
                ListingState.Unspecified => "",
                ListingState.InReview => ListingStates.InReview,
                var other => other.ToString().ToLowerInvariant(),
            });
        }
    }

    extension(GetListingRequest request)
    {
        public (Guid Connection, string Variant) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.Text(request.ShopVariantId, "shop_variant_id", 1, VariantIdMax);
            check.ThrowIfAny();
            return (connection, request.ShopVariantId);
        }
    }

    extension(ListingOutcome outcome)
    {
        public ListingResult ToProto() => new()
        {
            ShopVariantId = outcome.ShopVariantId,
            State = State(outcome.State),
            Reason = outcome.Reason,
            Causes = { outcome.Causes.Take(CausesMax).Select(ToProto) },
            Barcode = outcome.Barcode,
        };
    }

    extension(Listing row)
    {
        public WireListing ToProto(IEnumerable<ListingCause> causes, IEnumerable<ListingChange> changes) => new()
        {
            ShopVariantId = row.ShopVariantId,
            Title = Titles.Join(row.ProductTitle, row.VariantTitle),
            Barcode = row.Barcode,
            State = State(row.State),
            Causes = { causes.Take(CausesMax).Select(ToProto) },
            ChangeTime = StoreProto.Instant(row.ChangedMs),
            SentTime = StoreProto.Instant(row.SentMs),
            Refusals = (int)row.Refusals,
            StopTime = StoreProto.Instant(row.StoppedMs),
            Changes = { changes.Select(ToProto) },
        };
    }

    static (Guid Connection, ShelfWish Wish) Shelf(string connectionId, RepeatedField<string> variants, RepeatedField<string> barcodes, bool archive)
    {
        var check = new Check();
        var connection = check.Id(connectionId, "connection_id");
        check.That(variants.Count + barcodes.Count > 0, "shop_variant_ids", "name at least one variant or barcode");
        check.Texts(variants, "shop_variant_ids", 0, PerCall, VariantIdMax);
        check.Texts(barcodes, "barcodes", 0, PerCall, BarcodeMax);
        check.That(variants.Count + barcodes.Count <= PerCall, "barcodes", $"at most {PerCall} variants and barcodes in all");
        Once(check, variants, "shop_variant_ids");
        Once(check, barcodes, "barcodes");
        check.ThrowIfAny();
        return (connection, new([.. variants], [.. barcodes], archive));
    }

    static void Once(Check check, RepeatedField<string> texts, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < texts.Count; i++)
            check.That(seen.Add(texts[i]), $"{field}[{i}]", "stands twice in this call");
    }

    static WireChange ToProto(ListingChange change) => new()
    {
        Kind = change.Kind switch
        {
            ChangeKinds.Content => ListingChangeKind.Content,
            ChangeKinds.Terms => ListingChangeKind.Terms,
            _ => change.Wanted == ListingChange.Archived ? ListingChangeKind.Stop : ListingChangeKind.Resume,
        },
        State = change.State switch
        {
            ChangeStates.Sent => ListingChangeState.Sent,
            ChangeStates.Told => ListingChangeState.Taken,
            ChangeStates.Doubt => ListingChangeState.InDoubt,
            ChangeStates.Refused => ListingChangeState.Refused,
            _ => ListingChangeState.Waiting,
        },
        AskTime = StoreProto.Instant(change.AskedMs),
        SentTime = StoreProto.Instant(change.SentMs),
        Cause = change.Code.Length > 0 ? new() { Code = change.Code, Detail = change.Detail, MarketplaceText = change.MarketplaceText } : null,
    };

    static WireCause ToProto(ListingCause cause) => new() { Code = cause.Code, Field = cause.Field, Detail = cause.Detail, MarketplaceText = cause.MarketplaceText };

    static ListingState State(string state) => state.Length == 0 ? ListingState.Unspecified : Enum.Parse<ListingState>(state.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
