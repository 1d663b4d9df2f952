using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Offers;

/// <summary>Stock, price, links and offers, between wire and domain. Judges every field of a request.</summary>
static class OfferProto
{
    public const string OfferList = "offers";
    public const string ProposalList = "proposals";

    const int LevelsMax = 500;
    const int AppliedMax = 200;
    const int QuantityMax = 1_000_000;
    const long MoneyMax = 1_000_000_000_000;
    const int VariantIdMax = 96;
    const int BarcodeMax = 100;

    extension(ReportStockRequest request)
    {
        public StockReport ToDomain()
        {
            var check = new Check();
            check.That(request.ShopSequence >= 1, "shop_sequence", "must be from 1 upwards");
            check.That(request.Levels.Count <= LevelsMax, "levels", $"must hold at most {LevelsMax} entries");
            check.That(request.Levels.Count > 0 || request.AppliedOrders.Count > 0, "levels", "must not be empty when applied_orders is");
            var variants = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < request.Levels.Count; i++)
            {
                Variant(check, request.Levels[i].ShopVariantId, $"levels[{i}].shop_variant_id", variants);
                check.That(request.Levels[i].Quantity is >= 0 and <= QuantityMax, $"levels[{i}].quantity", "must be from 0 to 1,000,000");
            }

            check.That(request.AppliedOrders.Count <= AppliedMax, "applied_orders", $"must hold at most {AppliedMax} entries");
            var applied = new List<AppliedOrderInput>(request.AppliedOrders.Count);
            for (var i = 0; i < request.AppliedOrders.Count; i++)
            {
                var order = check.Id(request.AppliedOrders[i].OrderId, $"applied_orders[{i}].order_id");
                applied.Add(new(order, check.Text(request.AppliedOrders[i].ShopOrderId, $"applied_orders[{i}].shop_order_id", 1, 64)));
            }

            check.ThrowIfAny();
            return new(request.ShopSequence, [.. request.Levels.Select(level => new StockLevelInput(level.ShopVariantId, level.Quantity))], applied);
        }
    }

    extension(ReportPricesRequest request)
    {
        public PriceReport ToDomain()
        {
            var check = new Check();
            check.That(request.ShopSequence >= 1, "shop_sequence", "must be from 1 upwards");
            check.That(request.Levels.Count is >= 1 and <= LevelsMax, "levels", $"must hold 1 to {LevelsMax} entries");
            var variants = new HashSet<string>(StringComparer.Ordinal);
            var levels = new List<PriceLevelInput>(request.Levels.Count);
            for (var i = 0; i < request.Levels.Count; i++)
            {
                var level = request.Levels[i];
                Variant(check, level.ShopVariantId, $"levels[{i}].shop_variant_id", variants);
                var sale = Lira(check, level.SalePrice, $"levels[{i}].sale_price");
                var list = level.ListPrice is null ? sale : Lira(check, level.ListPrice, $"levels[{i}].list_price");
                check.That(list >= sale, $"levels[{i}].list_price", "must not be below sale_price");
                levels.Add(new(level.ShopVariantId, sale, list));
            }

            check.ThrowIfAny();
            return new(request.ShopSequence, levels);
        }

        static long Lira(Check check, Money? money, string field)
        {
            check.That(money is not null, field, "is required");
            if (money is null)
                return 0;
            check.That(money.CurrencyCode == "TRY", field + ".currency_code", "must be TRY, the only currency served");
            check.That(money.Minor is > 0 and <= MoneyMax, field + ".minor", "must be above 0 and at most 1,000,000,000,000");
            return money.Minor;
        }
    }

    extension(ProposeLinksRequest request)
    {
        public (Guid Connection, string? After, int Limit) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadText(check, request.PageToken, ProposalList);
            check.ThrowIfAny();
            return (connection, after, limit);
        }
    }

    extension(LinkVariantsRequest request)
    {
        /// <summary>No links means "take every sure proposal".</summary>
        public (Guid Connection, IReadOnlyList<LinkInput> Links) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.That(request.Links.Count <= Linking.LinksMax, "links", $"must hold at most {Linking.LinksMax} entries");
            check.That(request.AllSure || request.Links.Count > 0, "links", "must not be empty unless all_sure is set");
            check.That(!request.AllSure || request.Links.Count == 0, "all_sure", "stands instead of links: send one of the two");
            var variants = new HashSet<string>(StringComparer.Ordinal);
            List<LinkInput> links = [];
            for (var i = 0; i < request.Links.Count; i++)
            {
                Variant(check, request.Links[i].ShopVariantId, $"links[{i}].shop_variant_id", variants);
                // Marketplaces answer without the blanks: with them, no order and no result would ever belong to the link.
                links.Add(new(request.Links[i].ShopVariantId, check.Text(Fold.Barcode(request.Links[i].Barcode), $"links[{i}].barcode", 0, BarcodeMax)));
            }

            check.ThrowIfAny();
            return (connection, links);
        }
    }

    extension(UnlinkVariantsRequest request)
    {
        public (Guid Connection, IReadOnlyList<string> Variants) ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.Texts(request.ShopVariantIds, "shop_variant_ids", 1, 200, VariantIdMax);
            check.ThrowIfAny();
            return (connection, [.. request.ShopVariantIds.Distinct(StringComparer.Ordinal)]);
        }
    }

    extension(ListOffersRequest request)
    {
        public OfferQuery ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadText(check, request.PageToken, OfferList);
            check.That(!request.RecentFirst || request.PageToken.Length == 0, "page_token", "must be empty when recent_first is set");
            check.That(Enum.IsDefined(request.State), "state", "is not a state of an offer");
            check.Text(request.Query, "query", 0, CatalogProto.QueryMax);
            check.ThrowIfAny();
            return new(connection, after, limit, request.State == OfferState.Unspecified ? "" : Word(request.State), request.Query, request.RecentFirst);
        }
    }

    extension(ItemRow item)
    {
        public LinkProposal ToProto(IEnumerable<CandidateRow> candidates) => new()
        {
            Barcode = item.Barcode,
            MarketplaceTitle = item.Title,
            Candidates = { candidates.Select(candidate => new Candidate { ShopVariantId = candidate.ShopVariantId, Title = candidate.Title }) },
            LinkedShopVariantId = item.Linked ?? "",
        };
    }

    extension(OfferLine line)
    {
        public Contracts.Sync.V1.Offer ToProto()
        {
            var offer = new Contracts.Sync.V1.Offer
            {
                ShopVariantId = line.ShopVariantId,
                Title = Titles.Join(line.ProductTitle, line.VariantTitle),
                Barcode = line.Barcode,
                StockState = State(line.StockState),
                DesiredQuantity = (int)line.DesiredQty,
                ObservedTime = StoreProto.Instant(line.ObservedMs),
                SentTime = StoreProto.Instant(line.SentMs),
                AckedTime = StoreProto.Instant(line.AckedMs),
                IssueCode = line.IssueCode,
                PriceState = State(line.PriceState),
                DesiredPrice = CatalogProto.Lira(line.DesiredPriceMinor),
                AckedPrice = CatalogProto.Lira(line.AckedPriceMinor),
                StockVersion = line.StockVersion,
                AckedVersion = line.AckedVersion,
            };
            if (line.AckedQty is { } acked)
                offer.AckedQuantity = (int)acked;
            if (line.ObservedQty is { } observed)
                offer.ObservedQuantity = (int)observed;
            return offer;
        }
    }

    static OfferState State(string word) => word switch
    {
        AxisStates.Clean => OfferState.Clean,
        AxisStates.Dirty => OfferState.Dirty,
        AxisStates.Held => OfferState.Held,
        AxisStates.InFlight => OfferState.InFlight,
        AxisStates.Awaiting => OfferState.Awaiting,
        AxisStates.Uncertain => OfferState.Uncertain,
        AxisStates.Failed => OfferState.Failed,
        AxisStates.Diverged => OfferState.Diverged,
        _ => OfferState.Unspecified,
    };

    static string Word(OfferState state) => state switch
    {
        OfferState.Clean => AxisStates.Clean,
        OfferState.Dirty => AxisStates.Dirty,
        OfferState.Held => AxisStates.Held,
        OfferState.InFlight => AxisStates.InFlight,
        OfferState.Awaiting => AxisStates.Awaiting,
        OfferState.Uncertain => AxisStates.Uncertain,
        OfferState.Failed => AxisStates.Failed,
        _ => AxisStates.Diverged,
    };

    static void Variant(Check check, string id, string field, HashSet<string> seen)
    {
        check.Text(id, field, 1, VariantIdMax);
        check.That(seen.Add(id), field, "stands twice in this call");
    }
}

public sealed record OfferQuery(Guid Connection, string? After, int Limit, string State, string Query, bool RecentFirst);
