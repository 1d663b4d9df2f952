using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Listings;

namespace MesChain.Tests.Sync.Face;

/// <summary>Lists inside messages end at a hundred, however long the thing is that they tell of.</summary>
public sealed class OverflowTests
{
    const int Told = 100;

    [Theory]
    [InlineData(Told)]
    [InlineData(Told + 1)]
    public void A_claim_tells_of_its_first_hundred_items(int items)
    {
        ClaimView claim = new(
            new() { ClaimedMs = 1, ChangedMs = 1 }, "trendyol", [.. Enumerable.Range(0, items).Select(i => new ClaimItemRow { ItemId = $"{i}", State = "accepted" })],
            new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, Told).Select(i => $"{i}"), claim.ToProto().Items.Select(item => item.ItemId));
    }

    [Theory]
    [InlineData(Told)]
    [InlineData(Told + 1)]
    public void A_listing_tells_of_its_first_hundred_causes(int causes)
    {
        var all = Enumerable.Range(0, causes).Select(i => new ListingCause("ATTRIBUTE_MISSING", "s", $"{i}", "")).ToList();
        var told = Enumerable.Range(0, Told).Select(i => $"{i}").ToList();
        Assert.Equal(told, new Listing { ChangedMs = 1 }.ToProto(all, []).Causes.Select(cause => cause.Field));
        Assert.Equal(told, new ListingOutcome("v1", ListingStates.Blocked, "BLOCKED", all).ToProto().Causes.Select(cause => cause.Field));
    }
}
