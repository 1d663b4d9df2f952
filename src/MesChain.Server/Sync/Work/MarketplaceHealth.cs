using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// Whether marketplaces are reached: by what reading orders found for each connection that is not paused. Told by numbers only: whose
/// connection it is, is for its store's own pages.
/// </summary>
sealed class MarketplaceHealth(Db db) : IHealthSource
{
    const string Component = "marketplaces";

    /// <summary>One that fails may be its own fault; when so many fail and none works, the road is closed.</summary>
    const int RoadMin = 2;

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        var found = await db.ReadAsync(
            tx => tx.OneAsync<Counts>(
                $"""
                select count(*) as watched,
                    coalesce(sum(case when health = 'needs_reauth' then 1 else 0 end), 0) as refused,
                    coalesce(sum(case when health <> 'needs_reauth' and orders_failing_ms <= {tx.Db.Now} - @longMs then 1 else 0 end), 0) as failing
                from connections where mode <> 'paused' and health <> 'draft'
                """,
                new { longMs = (long)Health.DegradedAfter.TotalMilliseconds }),
            cancel);
        return [State(found!.Watched, found.Refused, found.Failing)];
    }

    static ComponentState State(long watched, long refused, long failing) =>
        failing >= RoadMin && failing + refused == watched ? new(Component, HealthCauses.EgressDown, Of(failing, watched))
        : failing > 0 ? new(Component, HealthCauses.MarketplaceUnread, Of(failing, watched))
        : new(Component, refused > 0 ? HealthCauses.MarketplaceKeyRefused : null, Of(refused, watched));

    static string Of(long ill, long watched) => string.Create(CultureInfo.InvariantCulture, $"({ill} of {watched} connections)");

    sealed class Counts
    {
        public long Watched { get; init; }

        public long Refused { get; init; }

        public long Failing { get; init; }
    }
}
