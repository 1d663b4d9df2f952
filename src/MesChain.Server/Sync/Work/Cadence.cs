using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// Keeps the work of every connection going: reads of orders and items when they are due, and, as a net below the jobs'
/// own nudges, whatever should have been looked at a while ago. It remembers nothing: what is due stands in the tables.
/// </summary>
public sealed class Cadence(Db db, Nudges nudges, Health health, FeedWatch feed, IOptions<SyncOptions> options, TimeProvider clock, ILogger<Cadence> log)
    : Loop(clock, log, TimeSpan.FromSeconds(1))
{
    const int PerTurn = 200;

    /// <summary>What is overdue by this much was forgotten by everybody else.</summary>
    const long NetMs = 20_000;

    /// <summary>No request takes this long: its sender is gone.</summary>
    const long LostMs = 120_000;

    /// <summary>How often the net is drawn. Only its pace is remembered here; a restart draws it at once.</summary>
    static readonly TimeSpan NetEvery = TimeSpan.FromSeconds(20);

    /// <summary>A server that was away blames nobody before it has tried for this long.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);

    readonly TimeProvider _clock = clock;
    long? _begun;
    long? _drawn;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var due = await db.ReadAsync(DueAsync, stop);
        var settled = _clock.GetElapsedTime(_begun ??= _clock.GetTimestamp()) >= Settling;
        foreach (var connection in due)
            await db.WriteAsync(tx => KeepAsync(tx, connection, settled), stop);
        if (_drawn is { } then && _clock.GetElapsedTime(then) < NetEvery)
            return due.Count == PerTurn;

        _drawn = _clock.GetTimestamp();
        foreach (var connection in await db.ReadAsync(OverdueAsync, stop))
            await db.WriteAsync(tx => CatchAsync(tx, connection), stop);
        foreach (var shop in await db.ReadAsync(FeedWatch.LookAsync, stop))
            await db.WriteAsync(tx => feed.TellAsync(tx, shop), stop);
        return due.Count == PerTurn;
    }

    /// <summary>Connections whose regular reads, or whose judgement, are due.</summary>
    static Task<IReadOnlyList<Due>> DueAsync(Tx tx) =>
        tx.QueryAsync<Due>(
            $"""
            select * from (
                select store_id, id, orders_next_ms <= {tx.Db.Now} as orders, items_next_ms <= {tx.Db.Now} as items,
                    claims_next_ms <= {tx.Db.Now} as claims, questions_next_ms <= {tx.Db.Now} as questions,
                    mode = 'live' and hooks_next_ms <= {tx.Db.Now} as hooks,
                    coalesce(orders_failing_ms, {long.MaxValue}) <= {tx.Db.Now} - case health when 'degraded' then @GuardedMs else @DegradedMs end
                        and health <> 'guarded'
                        or (health_detail = '' and orders_failing_ms <= {tx.Db.Now} - @StalledMs and not exists (
                            select 1 from issues i where i.store_id = connections.store_id and i.connection_id = connections.id and i.code = '{IssueCatalog.WorkStalled}' and i.state = 'open')) as health
                from connections
                where mode <> 'paused' and health not in ('draft', 'needs_reauth')
            ) as looked
            where orders or items or claims or questions or hooks or health
            limit @PerTurn
            """,
            new { PerTurn, DegradedMs = (long)Health.DegradedAfter.TotalMilliseconds, GuardedMs = (long)Health.GuardedAfter.TotalMilliseconds, StalledMs = (long)Health.StalledAfter.TotalMilliseconds });

    /// <summary>What should have been done a while ago. Each condition has its index.</summary>
    static Task<IReadOnlyList<Overdue>> OverdueAsync(Tx tx) =>
        tx.QueryAsync<Overdue>(
            $"""
            select * from (
                select c.store_id, c.id,
                    exists (select 1 from push_batches b where b.store_id = c.store_id and b.connection_id = c.id and b.state = 'awaiting'
                            and b.next_poll_ms <= {tx.Db.Now} - @NetMs) as receipts,
                    exists (select 1 from offers o where o.store_id = c.store_id and o.connection_id = c.id and o.verify_due_ms is not null
                            and o.verify_due_ms <= {tx.Db.Now} - @NetMs) as verify,
                    c.mode = 'live' and c.stock_enabled and (
                        exists (select 1 from offers o where o.store_id = c.store_id and o.connection_id = c.id and o.stock_state in ('dirty', 'diverged')
                                and o.stock_dirty_ms <= {tx.Db.Now} - @NetMs and o.stock_not_before_ms <= {tx.Db.Now})
                        or exists (select 1 from push_batches b where b.store_id = c.store_id and b.connection_id = c.id and b.state = 'in_flight'
                                   and b.axis = 'stock' and b.sent_ms <= {tx.Db.Now} - @LostMs)
                        -- held without an open issue: somebody took it off the list, so that there is a resolved one
                        or (exists (select 1 from issues i where i.store_id = c.store_id and i.state = 'resolved' and i.connection_id = c.id and i.code = 'WAVE_HELD')
                            and exists (select 1 from offers o where o.store_id = c.store_id and o.connection_id = c.id and o.stock_state = 'held'))
                    ) as stock,
                    c.mode = 'live' and c.price_enabled and (
                        exists (select 1 from offers o where o.store_id = c.store_id and o.connection_id = c.id and o.price_state in ('dirty', 'diverged')
                                and o.price_dirty_ms <= {tx.Db.Now} - @NetMs and o.price_not_before_ms <= {tx.Db.Now})
                        or exists (select 1 from push_batches b where b.store_id = c.store_id and b.connection_id = c.id and b.state = 'in_flight'
                                   and b.axis = 'price' and b.sent_ms <= {tx.Db.Now} - @LostMs)
                    ) as prices,
                    exists (select 1 from order_packages p join orders o on o.store_id = p.store_id and o.id = p.order_id
                            where p.store_id = c.store_id and p.wish <> '' and o.connection_id = c.id) as wishes,
                    exists (select 1 from claims k where k.store_id = c.store_id and k.connection_id = c.id and k.decision <> '') as decisions,
                    exists (select 1 from questions q where q.store_id = c.store_id and q.connection_id = c.id and length(q.wish) > 0) as answers,
                    exists (select 1 from listings t where t.store_id = c.store_id and t.connection_id = c.id and t.check_ms is not null
                            and t.check_ms <= {tx.Db.Now} - @NetMs)
                        or (c.mode = 'live' and exists (select 1 from listings t where t.store_id = c.store_id and t.connection_id = c.id and t.state = 'draft'
                                                        and t.changed_ms <= {tx.Db.Now} - @NetMs))
                        or exists (select 1 from listing_changes g where g.store_id = c.store_id and g.connection_id = c.id and g.check_ms is not null
                                   and g.check_ms <= {tx.Db.Now} - @NetMs and (c.mode = 'live' or g.state <> 'waiting'))
                        or exists (select 1 from listing_batches b where b.store_id = c.store_id and b.connection_id = c.id and b.state = 'awaiting'
                                   and b.next_poll_ms <= {tx.Db.Now} - @NetMs)
                        or exists (select 1 from listing_batches b where b.store_id = c.store_id and b.connection_id = c.id and b.state = 'in_flight'
                                   and b.sent_ms <= {tx.Db.Now} - @LostMs) as listings
                from connections c
                where c.mode <> 'paused' and c.health not in ('draft', 'needs_reauth')
            ) as looked
            where receipts or verify or stock or prices or wishes or decisions or answers or listings
            """,
            new { NetMs, LostMs });

    async Task KeepAsync(Tx tx, Due due, bool settled)
    {
        if (due.Health && settled)
            await health.JudgeAsync(tx, due.StoreId, due.Id);
        if (due.Orders)
        {
            await ScheduleAsync(tx, due, "orders_next_ms", options.Value.OrdersEvery);
            await Health.OrdersAskedAsync(tx, due.StoreId, due.Id);
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.PullOrders);
        }

        if (due.Items)
        {
            await ScheduleAsync(tx, due, "items_next_ms", options.Value.ItemsEvery);
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.ReadItems);
        }

        if (due.Claims)
        {
            await ScheduleAsync(tx, due, "claims_next_ms", options.Value.ClaimsEvery);
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.ReadClaims);
        }

        if (due.Questions)
        {
            await ScheduleAsync(tx, due, "questions_next_ms", options.Value.QuestionsEvery);
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.ReadQuestions);
        }

        if (due.Hooks)
        {
            await ScheduleAsync(tx, due, "hooks_next_ms", options.Value.HooksEvery);
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.Hooks);
        }
    }

    async Task CatchAsync(Tx tx, Overdue due)
    {
        if (due.Receipts)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.ReadReceipts);
        if (due.Verify)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.VerifyOffers);
        if (due.Stock)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.PushStock);
        if (due.Prices)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.PushPrices);
        if (due.Listings)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.Listings);
        if (due.Wishes)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.Package);
        if (due.Decisions)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.DecideClaims);
        if (due.Answers)
            await nudges.SendAsync(tx, due.StoreId, due.Id, JobKinds.AnswerQuestions);
    }

    /// <summary>The next time stands before the nudge does: a job that dies is nudged again then.</summary>
    static async Task ScheduleAsync(Tx tx, Due due, string column, TimeSpan every) =>
        await tx.ExecuteAsync(
            $"update connections set {column} = {tx.Db.Now} + @everyMs where store_id = @StoreId and id = @Id",
            new { due.StoreId, due.Id, everyMs = (long)every.TotalMilliseconds });

    sealed class Due
    {
        public Guid StoreId { get; init; }

        public Guid Id { get; init; }

        public bool Orders { get; init; }

        public bool Items { get; init; }

        public bool Claims { get; init; }

        public bool Questions { get; init; }

        public bool Hooks { get; init; }

        public bool Health { get; init; }
    }

    sealed class Overdue
    {
        public Guid StoreId { get; init; }

        public Guid Id { get; init; }

        public bool Receipts { get; init; }

        public bool Verify { get; init; }

        public bool Stock { get; init; }

        public bool Prices { get; init; }

        public bool Wishes { get; init; }

        public bool Listings { get; init; }

        public bool Decisions { get; init; }

        public bool Answers { get; init; }
    }
}
