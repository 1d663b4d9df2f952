using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using WireCause = MesChain.Contracts.Sync.V1.ListingCause;
using WireListing = MesChain.Contracts.Sync.V1.Listing;

namespace MesChain.Server.Sync.Listings;

/// <summary>Listings, between wire and domain. Judges every field of a request.</summary>
static class ListingProto
{
    public const string ListingList = "listings";

    const int PerCall = 100;
    const int CausesMax = 100;
    const int VariantIdMax = 96;

    extension(CreateListingsRequest request)
    {
        public (Guid Connection, IReadOnlyList<string> Variants) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.Texts(request.ShopVariantIds, "shop_variant_ids", 1, PerCall, VariantIdMax);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < request.ShopVariantIds.Count; i++)
                check.That(seen.Add(request.ShopVariantIds[i]), $"shop_variant_ids[{i}]", "stands twice in this call");
            check.ThrowIfAny();
            return (connection, [.. request.ShopVariantIds]);
        }
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
        };
    }

    extension(Listing row)
    {
        public WireListing ToProto(IEnumerable<ListingCause> causes) => new()
        {
            ShopVariantId = row.ShopVariantId,
            Title = Titles.Join(row.ProductTitle, row.VariantTitle),
            Barcode = row.Barcode,
            State = State(row.State),
            Causes = { causes.Take(CausesMax).Select(ToProto) },
            ChangeTime = StoreProto.Instant(row.ChangedMs),
            SentTime = StoreProto.Instant(row.SentMs),
            Refusals = (int)row.Refusals,
        };
    }

    static WireCause ToProto(ListingCause cause) => new() { Code = cause.Code, Field = cause.Field, Detail = cause.Detail, MarketplaceText = cause.MarketplaceText };

    static ListingState State(string state) => state.Length == 0 ? ListingState.Unspecified : Enum.Parse<ListingState>(state.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
