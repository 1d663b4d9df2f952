using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// What the backbone finds a connection to be in. Without a successful read of orders stock is first only lowered (degraded),
/// then last units are taken from sale (guarded); a key that is refused twice stops everything until a new one passes.
/// </summary>
public sealed class Health(Desire desire, IssueStore issues, EventLog events)
{
    public static readonly TimeSpan DegradedAfter = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan GuardedAfter = TimeSpan.FromMinutes(60);

    /// <summary>Orders that were to be read and that no reading even failed at: nobody does the work.</summary>
    public static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(5);

    /// <summary>Two refusals this far apart are no accident.</summary>
    static readonly TimeSpan RefusedApart = TimeSpan.FromSeconds(60);

    /// <summary>Recomputing goes through so many variants at once.</summary>
    const int Slice = 500;

    /// <summary>Orders were read completely; the reading began at <paramref name="startedMs"/>.</summary>
    public async Task OrdersReadAsync(Tx tx, Guid storeId, Guid connectionId, long startedMs)
    {
        var was = await HealthAsync(tx, storeId, connectionId);
        await issues.StandAsync(tx, storeId, IssueCatalog.WorkStalled, connectionId, connectionId.ToWire(), false);
        await tx.ExecuteAsync(
            $"""
            update connections set orders_read_started_ms = @startedMs, orders_read_ok_ms = {tx.Db.Now}, orders_failing_ms = null, refused_ms = null, health_detail = ''
            where store_id = @storeId and id = @connectionId
            """,
            new { storeId, connectionId, startedMs });
        if (was is not ("degraded" or "guarded"))
            return;
        await SetAsync(tx, storeId, connectionId, "ok", "");
        await issues.ResolveAsync(tx, storeId, IssueCatalog.OrdersNotRead, connectionId, connectionId.ToWire());
        if (was == "guarded")
            await RecomputeAllAsync(tx, storeId, connectionId);
    }

    /// <summary>Orders are to be read now: until they are, this is how long they have not been. What keeps them from it, a failing read says.</summary>
    public static async Task OrdersAskedAsync(Tx tx, Guid storeId, Guid connectionId) =>
        await tx.ExecuteAsync(
            $"update connections set orders_failing_ms = coalesce(orders_failing_ms, {tx.Db.Now}) where store_id = @storeId and id = @connectionId", new { storeId, connectionId });

    /// <summary>A read of orders failed. Speed limits count too: what is not read is not known, whoever is to blame.</summary>
    public static async Task OrdersFailedAsync(Tx tx, Guid storeId, Guid connectionId, MarketplaceFault fault) =>
        await tx.ExecuteAsync(
            $"update connections set orders_failing_ms = coalesce(orders_failing_ms, {tx.Db.Now}), health_detail = @Message where store_id = @storeId and id = @connectionId",
            new { storeId, connectionId, fault.Message });

    /// <summary>Draws the conclusions of time: a connection whose orders cannot be read becomes degraded, then guarded.</summary>
    public async Task JudgeAsync(Tx tx, Guid storeId, Guid connectionId)
    {
        var now = await tx.NowMsAsync();
        var standing = await tx.OneAsync<Standing>(
            $"select health, health_detail, orders_failing_ms from connections where store_id = @storeId and id = @connectionId {tx.Db.ForUpdate}",
            new { storeId, connectionId });
        if (standing?.OrdersFailingMs is not { } since)
            return;
        if (standing.HealthDetail.Length == 0 && now - since >= (long)StalledAfter.TotalMilliseconds)
            await issues.StandAsync(tx, storeId, IssueCatalog.WorkStalled, connectionId, connectionId.ToWire(), true);
        var next = now - since >= (long)GuardedAfter.TotalMilliseconds ? "guarded" : now - since >= (long)DegradedAfter.TotalMilliseconds ? "degraded" : null;
        if (next is null || standing.Health == next || (standing.Health == "guarded" && next == "degraded") || standing.Health is "draft" or "needs_reauth")
            return;
        await SetAsync(tx, storeId, connectionId, next, standing.HealthDetail);
        await issues.OpenAsync(tx, storeId, IssueCatalog.OrdersNotRead, connectionId, connectionId.ToWire());
        if (next == "guarded")
            await RecomputeAllAsync(tx, storeId, connectionId);
    }

    /// <summary>The key was refused. The first time may be an accident of theirs; a second one a minute later is not.</summary>
    /// <returns>Whether the connection stands still now.</returns>
    public async Task<bool> RefusedAsync(Tx tx, Guid storeId, Guid connectionId, MarketplaceFault fault)
    {
        var now = await tx.NowMsAsync();
        var first = await tx.ScalarAsync<long?>(
            $"select refused_ms from connections where store_id = @storeId and id = @connectionId {tx.Db.ForUpdate}",
            new { storeId, connectionId });
        if (first is null)
        {
            await tx.ExecuteAsync("update connections set refused_ms = @atMs where store_id = @storeId and id = @connectionId", new { storeId, connectionId, atMs = now });
            return false;
        }

        if (now - first < (long)RefusedApart.TotalMilliseconds)
            return false;
        await SetAsync(tx, storeId, connectionId, "needs_reauth", fault.Message);
        await issues.OpenAsync(tx, storeId, IssueCatalog.CredentialRefused, connectionId, connectionId.ToWire(), marketplaceText: fault.MarketplaceText);
        return true;
    }

    async Task SetAsync(Tx tx, Guid storeId, Guid connectionId, string health, string detail)
    {
        await tx.ExecuteAsync(
            "update connections set health = @health, health_detail = @detail where store_id = @storeId and id = @connectionId",
            new { storeId, connectionId, health, detail });
        await events.AppendAsync(
            tx, storeId, "connection.changed", connectionId, connectionId.ToWire(), new Dictionary<string, string>(StringComparer.Ordinal) { ["health"] = health });
    }

    async Task RecomputeAllAsync(Tx tx, Guid storeId, Guid connectionId)
    {
        var variants = await tx.QueryAsync<Guid>(
            "select variant_id from offers where store_id = @storeId and connection_id = @connectionId order by variant_id",
            new { storeId, connectionId });
        foreach (var slice in variants.Chunk(Slice))
            await desire.RecomputeAsync(tx, storeId, slice);
    }

    static Task<string?> HealthAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ScalarAsync<string>($"select health from connections where store_id = @storeId and id = @connectionId {tx.Db.ForUpdate}", new { storeId, connectionId });

    sealed class Standing
    {
        public string Health { get; init; } = "";

        public string HealthDetail { get; init; } = "";

        public long? OrdersFailingMs { get; init; }
    }
}
