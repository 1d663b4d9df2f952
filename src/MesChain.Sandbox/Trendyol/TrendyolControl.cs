using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The strings behind the scenes: plain JSON over HTTP, described in docs/sandbox.md, and the page that pulls them.</summary>
static class TrendyolControl
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    sealed record ClockRequest(long AdvanceSeconds);

    sealed record ResetRequest(int Seed = 1);

    public static void Map(RouteGroupBuilder group, TrendyolSandbox sandbox)
    {
        Post<SellerRequest>(group, "/sellers", request => Done(() => sandbox.AddSeller(request)));
        Post<ItemsRequest>(group, "/items", request => Done(() => sandbox.PutItems(request)));
        Post<OrderRequest>(group, "/orders", sandbox.PlaceOrder);
        Post<CancelRequest>(group, "/orders/cancel-line", sandbox.CancelUnits);
        Post<AdvanceRequest>(group, "/packages/advance", request => Done(() => sandbox.AdvancePackage(request)));
        Post<ClaimRequest>(group, "/claims", sandbox.PlaceClaim);
        Post<AdvanceClaimRequest>(group, "/claims/advance", request => Done(() => sandbox.AdvanceClaim(request)));
        Post<QuestionRequest>(group, "/questions", sandbox.Ask);
        Post<VerifyRequest>(group, "/webhooks/verify", request => Done(() => sandbox.Verify(request)));
        Post<BookingRequest>(group, "/bookings", request => Done(() => sandbox.Book(request)));
        Post<SetQuantityRequest>(group, "/setquantity", request => Done(() => sandbox.SetQuantity(request)));
        Post<ReviewRequest>(group, "/products/review", request => Done(() => sandbox.Review(request)));
        Post<MarkRequest>(group, "/products/mark", request => Done(() => sandbox.Mark(request)));
        Post<SandboxFault>(group, "/faults", request => Done(() => sandbox.AddFault(request)));
        Post<TrendyolSwitches>(group, "/switches", request => Done(() => sandbox.Set(request)));
        Post<ClockRequest>(group, "/clock", request => Done(() => Move(sandbox, request)));
        Post<ResetRequest>(group, "/reset", request => Done(() => sandbox.Reset(request.Seed)));

        Get(group, "/sellers", _ => sandbox.Locked(() => sandbox.Sellers.Select(seller => new { seller.Id, seller.Tier }).ToList()));
        Get(group, "/offers", query => sandbox.With(query["sellerId"].ToString(), Offers));
        Get(group, "/packages", query => sandbox.With(query["sellerId"].ToString(), Packages));
        Get(group, "/claims", query => sandbox.With(query["sellerId"].ToString(), Claims));
        Get(group, "/questions", query => sandbox.With(query["sellerId"].ToString(), Questions));
        Get(group, "/webhooks", query => sandbox.With(query["sellerId"].ToString(), Webhooks));
        Get(group, "/changes", query => sandbox.Changes(query["sellerId"].ToString(), After(query)));
        Get(group, "/calls", query => sandbox.Calls(After(query)));
        Get(group, "/faults", _ => sandbox.Locked(() => sandbox.Faults.All.Select(entry => new { entry.Fault, entry.Left }).ToList()));
        Get(group, "/switches", _ => sandbox.Switches);
        Get(group, "/clock", _ => new { Now = sandbox.Clock.GetUtcNow(), OffsetSeconds = (long)sandbox.Clock.Offset.TotalSeconds });
        group.MapDelete("/faults", () =>
        {
            sandbox.ClearFaults();
            return Results.Json(new { Ok = true }, Json);
        });

        SandboxPage.Map(group);
    }

    static void Move(TrendyolSandbox sandbox, ClockRequest request)
    {
        if (request.AdvanceSeconds is < 0 or > 366 * 86_400)
            throw new SandboxRefusal(400, "The clock moves forward, by at most a year at once.");
        sandbox.Clock.Advance(TimeSpan.FromSeconds(request.AdvanceSeconds));
    }

    static object Offers(Seller seller) => seller.Items.Select(item => new
    {
        item.Barcode,
        item.Title,
        item.StockCode,
        item.Quantity,
        Price = item.SalePrice,
        item.ListPrice,
        item.VatRate,
        item.Approved,
        item.Archived,
        StockModifiedMs = item.StockModifiedAt.ToUnixTimeMilliseconds(),
    }).ToList();

    static object Packages(Seller seller) => seller.Packages.AsEnumerable().Reverse().Select(package => new
    {
        PackageId = TrendyolSales.Text(package.Id),
        package.OrderNumber,
        package.Status,
        package.Carrier,
        package.TrackingNumber,
        Total = TrendyolSales.TotalOf(package),
        Replaces = package.OriginPackageIds.Select(TrendyolSales.Text),
        OrderedMs = package.OrderedAt.ToUnixTimeMilliseconds(),
        ModifiedMs = package.ModifiedAt.ToUnixTimeMilliseconds(),
        Lines = package.Lines.Select(line => new { LineId = TrendyolSales.Text(line.Id), line.Item.Barcode, line.Item.Title, Quantity = line.Units.Count, line.Price }),
    }).ToList();

    static object Claims(Seller seller) => seller.Claims.AsEnumerable().Reverse().Select(claim => new
    {
        ClaimId = claim.Id,
        claim.Package.OrderNumber,
        ClaimedMs = claim.CreatedAt.ToUnixTimeMilliseconds(),
        Items = claim.Items.Select(item => new { ClaimItemId = item.Id, item.Line.Item.Barcode, item.Status, item.AutoAccepted, StatusMs = item.StatusAt.ToUnixTimeMilliseconds() }),
    }).ToList();

    static object Questions(Seller seller) => seller.Questions.AsEnumerable().Reverse().Select(question => new
    {
        QuestionId = TrendyolSales.Text(question.Id),
        question.Item.Barcode,
        question.Status,
        question.Text,
        question.Answer,
        ExpiresMs = question.ExpiresAt.ToUnixTimeMilliseconds(),
    }).ToList();

    static object Webhooks(Seller seller) => seller.Hooks.Select(hook => new
    {
        hook.Id,
        hook.Wish.Url,
        hook.Active,
        hook.Failures,
        Owed = seller.Owed.Count(delivery => delivery.Hook == hook),
    }).ToList();

    static long After(IQueryCollection query) =>
        long.TryParse(query["after"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var after) ? after : 0;

    static object Done(Action act)
    {
        act();
        return new { Ok = true };
    }

    static void Get(RouteGroupBuilder group, string pattern, Func<IQueryCollection, object?> read) =>
        group.MapGet(pattern, (HttpContext context) => Answer(() => read(context.Request.Query)));

    // Only JSON is taken: a page of another site can make a browser post forms and text here, but not JSON.
    static void Post<T>(RouteGroupBuilder group, string pattern, Func<T, object> act) =>
        group.MapPost(pattern, async (HttpContext context) =>
        {
            if (!context.Request.HasJsonContentType())
                return Refused(StatusCodes.Status415UnsupportedMediaType, "Send application/json.");

            try
            {
                var request = await context.Request.ReadFromJsonAsync<T>(Json, context.RequestAborted);
                return request is null ? Refused(400, "The body is empty.") : Answer(() => act(request));
            }
            catch (JsonException fault)
            {
                return Refused(400, fault.Message);
            }
        });

    static IResult Answer(Func<object?> act)
    {
        try
        {
            return Results.Json(act(), Json);
        }
        catch (SandboxRefusal refusal)
        {
            return Refused(refusal.Status, refusal.Message);
        }
    }

    static IResult Refused(int status, string message) => Results.Json(new { Error = message }, Json, statusCode: status);
}
