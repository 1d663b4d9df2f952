using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>
/// A claim of Trendyol holds lines, a line holds one item a unit, and only items have a state. Deciding is limited to five calls a minute,
/// so that items of a claim are best decided together.
/// </summary>
sealed partial class TrendyolMarketplace : IClaimSource, IClaimActions
{
    const int ClaimPageSize = 200;
    const int ClaimTextMax = 500;
    const int ClaimFileMax = 10 * 1024 * 1024;

    // Taken out of service on 2026-10-08.
    static readonly string[] FormerReasons = ["251", "1701", "1751", "2201", "2001", "2151"];

    static IEnumerable<Limit> ClaimLimits =>
    [
        new(ClaimGroups.Read, 1000, TimeSpan.FromMinutes(1), LimitScope.Endpoint),
        new(ClaimGroups.Decide, 5, TimeSpan.FromMinutes(1), LimitScope.Endpoint),
    ];

    public TimeSpan? ClaimActionTime => TimeSpan.FromHours(48);

    public async Task<ClaimPage> ReadClaimsAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, ClaimState? state, string? cursor, CancellationToken cancel)
    {
        var page = PageOf(cursor);
        // The query takes one word. Where two mean the same to us, all claims are read and the others left out here.
        var words = TrendyolAfterSales.WordsOf(state);
        var status = words is [var only] ? $"&claimItemStatus={only}" : "";
        var (claims, pages) = await AskClaimsAsync(access, Invariant($"page={page}&size={ClaimPageSize}&startDate={from.ToUnixTimeMilliseconds()}&endDate={(to + QuerySkew).ToUnixTimeMilliseconds()}{status}"), cancel);
        var fitting = words.Count < 2 ? claims : [.. claims.Where(claim => claim.Items.Any(item => item.State == state))];
        return new(fitting, claims.Count > 0 && page + 1 < pages ? Invariant($"{page + 1}") : null);
    }

    public async Task<IReadOnlyList<MarketplaceClaim>> ReadClaimsAsync(SellerAccess access, IReadOnlyCollection<string> claimIds, CancellationToken cancel)
    {
        CheckCount(claimIds, 50);
        return (await AskClaimsAsync(access, Invariant($"page=0&size={ClaimPageSize}&claimIds={string.Join(',', claimIds.Select(Uri.EscapeDataString))}"), cancel)).Claims;
    }

    public async Task<IReadOnlyList<ClaimStep>> ReadClaimHistoryAsync(SellerAccess access, string claimItemId, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "claim-audit", ClaimGroups.Read, $"{ClaimRoutes.Claims(access)}/items/{Uri.EscapeDataString(claimItemId)}/audit");
        var steps = await AskAsync(access, call, TrendyolAfterSalesJson.Default.ListClaimAuditStep, cancel);
        return [.. steps
            .Select(step => new ClaimStep(step.PreviousStatus, step.NewStatus, TrendyolPackages.Instant(step.Date) ?? throw MarketplaceHttp.Malformed(call, "A step of a claim has no time.")))
            .OrderBy(step => step.At)];
    }

    public async Task AcceptClaimAsync(SellerAccess access, string claimId, IReadOnlyCollection<string> itemIds, CancellationToken cancel)
    {
        CheckCount(itemIds, 200);
        var call = Call(access, HttpMethod.Put, "claim-approve", ClaimGroups.Decide, $"{ClaimRoutes.Claim(access, claimId)}/items/approve") with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new ClaimApproval([.. itemIds]), TrendyolAfterSalesJson.Default.ClaimApproval),
        };
        await DoAsync(access, call, FaultCodes.ClaimRefused, cancel);
    }

    public async Task RejectClaimAsync(SellerAccess access, string claimId, IReadOnlyCollection<string> itemIds, ClaimRejection rejection, CancellationToken cancel)
    {
        CheckCount(itemIds, 200);
        if (Judge(rejection) is { } fault)
            throw fault;

        var query = $"claimIssueReasonId={Uri.EscapeDataString(rejection.ReasonId)}&claimItemIdList={string.Join(',', itemIds.Select(Uri.EscapeDataString))}&description={Uri.EscapeDataString(rejection.Text)}";
        var call = Call(access, HttpMethod.Post, "claim-issue", ClaimGroups.Decide, $"{ClaimRoutes.Claim(access, claimId)}/issue?{query}");
        if (rejection.File is { } file)
        {
            using var form = new Multipart();
            call = await form.Add("file", file.FileName, file.ContentType, file.Content).OnAsync(call, cancel);
        }

        await DoAsync(access, call, FaultCodes.ClaimRefused, cancel);
    }

    public async Task<IReadOnlyList<ClaimReason>> ReadRejectionReasonsAsync(SellerAccess access, CancellationToken cancel)
    {
        // The list still belongs to all sellers: its address names none.
        var reasons = await AskAsync(access, Call(access, HttpMethod.Get, "claim-reasons", ClaimGroups.Read, "order/claim-issue-reasons"), TrendyolAfterSalesJson.Default.ListClaimIssueReason, cancel);
        return [.. reasons.Where(reason => reason.Id.Length > 0 && !FormerReasons.Contains(reason.Id, StringComparer.Ordinal)).Select(reason => new ClaimReason(reason.Id, reason.Name))];
    }

    async Task<(IReadOnlyList<MarketplaceClaim> Claims, int Pages)> AskClaimsAsync(SellerAccess access, string query, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "claims", ClaimGroups.Read, $"{ClaimRoutes.Claims(access)}?{query}");
        var answer = await AskAsync(access, call, TrendyolAfterSalesJson.Default.ClaimsPage, cancel);
        var claims = (answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of claims has no content."))
            .Select(claim => claim.ToClaim() ?? throw MarketplaceHttp.Malformed(call, "A claim of Trendyol lacks its number, its time or an item's number."))
            .ToList();
        return (claims, answer.TotalPages ?? 0);
    }

    static MarketplaceFault? Judge(ClaimRejection rejection) => rejection switch
    {
        { Text.Length: 0 or > ClaimTextMax } => Refused(FaultCodes.ClaimRefused, "A rejection explains itself in 1 to 500 characters."),
        { File.Content.Length: 0 or > ClaimFileMax } => Refused(FaultCodes.ClaimFileRefused, "A file has 1 byte to 10 MB."),
        _ when FormerReasons.Contains(rejection.ReasonId, StringComparer.Ordinal) => Refused(FaultCodes.ReasonRefused, "Trendyol has taken this reason out of service."),
        _ => null,
    };

    static class ClaimGroups
    {
        public const string Read = "claim-read";
        public const string Decide = "claim-decide";
    }

    static class ClaimRoutes
    {
        public static string Claims(SellerAccess access) => $"{OrderRoutes.Orders(access)}/claims";

        public static string Claim(SellerAccess access, string id) => $"{Claims(access)}/{Uri.EscapeDataString(id)}";
    }
}
