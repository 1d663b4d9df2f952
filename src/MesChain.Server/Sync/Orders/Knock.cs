using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Loops;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Knocks at a shop that has an order to pull: a signed, empty POST to its callback address. Only a hint; the shop's own timer pulls
/// all the same. When the next knock may be stands in the database, so that neither a restart nor a second node knocks more.
/// </summary>
public sealed class Knock(
    Db db, ISecrets secrets, ISignal signal, IHttpClientFactory http, IssueStore issues, IOptions<SyncOptions> options, TimeProvider clock, ILogger<Knock> log)
    : Loop(clock, log, TimeSpan.FromSeconds(2))
{
    public const string ClientName = "knock";

    /// <summary>A shop that was told and did not come is told again after this.</summary>
    static readonly TimeSpan Remind = TimeSpan.FromMinutes(1);

    static readonly TimeSpan BackoffMax = TimeSpan.FromMinutes(10);

    /// <summary>So many knocks in a row unanswered are an issue; one may be a restart of the shop.</summary>
    const long UnansweredMax = 3;

    const int PerTurn = 50;

    readonly TimeProvider _clock = clock;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var due = await db.ReadAsync(DueAsync, stop);
        var taken = new List<Door>();
        foreach (var door in due)
        {
            if (await db.WriteAsync(tx => TakeAsync(tx, door), stop))
                taken.Add(door);
        }

        await Task.WhenAll(taken.Select(door => KnockAsync(door, stop)));
        return due.Count == PerTurn;
    }

    protected override Task WaitAsync(TimeSpan idle, CancellationToken stop) => signal.WaitAsync(Feed.Topic, idle, stop);

    /// <summary>Stores with a due entry that they have not been told of, or were told of a while ago.</summary>
    static Task<IReadOnlyList<Door>> DueAsync(Tx tx) =>
        tx.QueryAsync<Door>(
            $"""
            select * from (
                select s.id as store_id, s.callback_url, coalesce(k.next_ms, 0) as next_ms, coalesce(k.knocked_seq, 0) as knocked_seq, coalesce(k.failures, 0) as failures,
                    coalesce(k.ok_ms, 0) as ok_ms,
                    (select max(f.seq) from feed_entries f where f.store_id = s.id and f.acked_ms is null and f.not_before_ms <= {tx.Db.Now}) as newest_seq
                from stores s left join store_knocks k on k.store_id = s.id
                where s.callback_url <> ''
            ) as doors
            where newest_seq is not null and next_ms <= {tx.Db.Now}
              and (newest_seq > knocked_seq or failures > 0 or ok_ms <= {tx.Db.Now} - @remindMs)
            limit @PerTurn
            """,
            new { PerTurn, remindMs = (long)Remind.TotalMilliseconds });

    /// <summary>Claims the knock. False when another node was faster.</summary>
    async Task<bool> TakeAsync(Tx tx, Door door) =>
        await tx.ExecuteAsync(
            $"""
            insert into store_knocks (store_id, next_ms) values (@StoreId, {tx.Db.Now} + @everyMs)
            on conflict (store_id) do update set next_ms = excluded.next_ms where store_knocks.next_ms <= {tx.Db.Now}
            """,
            new { door.StoreId, everyMs = (long)options.Value.KnockEvery.TotalMilliseconds }) > 0;

    async Task KnockAsync(Door door, CancellationToken stop)
    {
        var answered = await AnsweredAsync(door, stop);
        await db.WriteAsync(tx => answered ? HeardAsync(tx, door) : UnheardAsync(tx, door), CancellationToken.None);
    }

    async Task<bool> AnsweredAsync(Door door, CancellationToken stop)
    {
        try
        {
            var secret = await secrets.GetAsync(door.StoreId, ShopStores.KnockSecret, "system:knock", stop);
            var time = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Post, door.CallbackUrl);
            request.Headers.TryAddWithoutValidation("x-meschain-time", time);
            request.Headers.TryAddWithoutValidation("x-meschain-signature", Sign(secret.Bytes.Span, time, door.StoreId));
            request.Content = new ByteArrayContent([]);
            using var client = http.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return response.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or UriFormatException or (MesChainException and not BusyException) && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Hex of HMAC-SHA256 over <c>{time}\n{store_id}</c>.</summary>
    public static string Sign(ReadOnlySpan<byte> secret, string time, Guid storeId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{time}\n{storeId.ToWire()}")));

    async Task HeardAsync(Tx tx, Door door)
    {
        await tx.ExecuteAsync(
            $"update store_knocks set knocked_seq = @NewestSeq, failures = 0, ok_ms = {tx.Db.Now} where store_id = @StoreId",
            new { door.StoreId, door.NewestSeq });
        if (door.Failures >= UnansweredMax)
            await issues.ResolveAsync(tx, door.StoreId, IssueCatalog.ShopUnreachable, null, door.StoreId.ToWire());
    }

    async Task UnheardAsync(Tx tx, Door door)
    {
        var pause = options.Value.KnockEvery * Math.Pow(2, Math.Min(door.Failures + 1, 12));
        await tx.ExecuteAsync(
            $"update store_knocks set failures = failures + 1, next_ms = {tx.Db.Now} + @pauseMs where store_id = @StoreId",
            new { door.StoreId, pauseMs = (long)Math.Min(pause.TotalMilliseconds, BackoffMax.TotalMilliseconds) });
        if (door.Failures + 1 >= UnansweredMax)
            await issues.OpenAsync(tx, door.StoreId, IssueCatalog.ShopUnreachable, null, door.StoreId.ToWire());
    }

    sealed class Door
    {
        public Guid StoreId { get; init; }

        public string CallbackUrl { get; init; } = "";

        public long Failures { get; init; }

        public long NewestSeq { get; init; }
    }
}
