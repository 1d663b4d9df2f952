using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Loops;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Hooks;

/// <summary>
/// Takes back the webhooks of connections that were deleted, and then forgets their credentials, which is why those outlive the connection
/// until it is done. Who cannot be reached for a day, or refuses the key, keeps a webhook that nobody answers.
/// </summary>
public sealed partial class Farewell(Db db, ConnectionAccess access, FindMarketplace find, ISecrets secrets, TimeProvider clock, ILogger<Farewell> log)
    : Loop(clock, log, Idle)
{
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);

    const string Actor = "system:sync";
    const int PerTurn = 20;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var due = await db.ReadAsync(
            tx => tx.QueryAsync<Departed>(
                $"select store_id, id, marketplace, environment, endpoint, seller_id, secret_path, left_ms, {tx.Db.Now} as now_ms from departed_connections where next_ms <= {tx.Db.Now} order by next_ms limit @PerTurn",
                new { PerTurn }),
            stop);
        foreach (var departed in due)
        {
            if (await NextAsync(departed, stop) is { } next)
                await db.WriteAsync(
                    tx => tx.ExecuteAsync("update departed_connections set next_ms = @next where store_id = @StoreId and id = @Id", new { departed.StoreId, departed.Id, next }), stop);
            else
                await EndAsync(departed, stop);
        }

        return due.Count == PerTurn;
    }

    /// <summary>Takes back what is there. Answers when to look again; null when nothing is left to do, or nothing can be done.</summary>
    async Task<long?> NextAsync(Departed departed, CancellationToken cancel)
    {
        if (find(departed.Marketplace) is not IWebhooks marketplace)
            return null;
        try
        {
            await marketplace.RemoveAllOfAsync(await access.GetAsync(departed.ToConnection(), Actor, cancel), departed.Id, cancel);
            // A registration may have been on its way when the connection was deleted: only a reading that began later says that none is left.
            var sure = departed.LeftMs + Telling.OnItsWayMs;
            return departed.NowMs >= sure ? null : sure;
        }
        catch (UnknownResourceException)
        {
            return null;
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Unauthorised or FaultKind.Forbidden)
        {
            GivenUp(log, departed.Id.ToWire(), fault.Code);
            return null;
        }
        catch (MarketplaceFault fault)
        {
            if (departed.NowMs < departed.LeftMs + (long)GivenUpAfter.TotalMilliseconds)
                return departed.NowMs + (long)Again.TotalMilliseconds;
            GivenUp(log, departed.Id.ToWire(), fault.Code);
            return null;
        }
    }

    Task EndAsync(Departed departed, CancellationToken cancel) =>
        db.WriteAsync(
            async tx =>
            {
                await secrets.DeleteAsync(tx, departed.StoreId, departed.SecretPath, Actor);
                await tx.ExecuteAsync("delete from departed_connections where store_id = @StoreId and id = @Id", departed);
            },
            cancel);

    [LoggerMessage(1010, LogLevel.Warning, "The webhook of the deleted connection {Connection} stays at the marketplace: {Why}")]
    static partial void GivenUp(ILogger log, string connection, string why);

    sealed class Departed
    {
        public Guid StoreId { get; init; }

        public Guid Id { get; init; }

        public string Marketplace { get; init; } = "";

        public string Environment { get; init; } = "";

        public string Endpoint { get; init; } = "";

        public string SellerId { get; init; } = "";

        public string SecretPath { get; init; } = "";

        public long LeftMs { get; init; }

        public long NowMs { get; init; }

        public ConnectionRow ToConnection() => new()
        {
            StoreId = StoreId,
            Id = Id,
            Marketplace = Marketplace,
            Environment = Environment,
            Mode = ConnectionRow.Paused,
            Health = ConnectionRow.Ok,
            HealthDetail = "",
            Name = "",
            SellerId = SellerId,
            Endpoint = Endpoint,
            SecretPath = SecretPath,
        };
    }
}
