using System.Globalization;
using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Simulation;

/// <summary>What must hold at every moment, judged against what buyers and marketplaces know and the program may not.</summary>
sealed class Watch(World world, IReadOnlyList<Sale> sales)
{
    /// <summary>Orders of a connection count as fresh for so long after the beginning of their reading.</summary>
    const long FreshMs = 60_000;

    /// <summary>A request whose fate is unknown may be carried out so much later.</summary>
    const long DoubtMs = 35 * 60_000;

    readonly Dictionary<(Guid Connection, Guid Variant), long> _acked = [];
    readonly Dictionary<string, string[]> _steps = new(StringComparer.Ordinal);
    long _written;

    SyncRig Rig => world.Rig;

    /// <summary>The program's clock less the true one: what it writes down as an instant is off by this.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>I1, I2, I7 and I8, after every step.</summary>
    public async Task LookAsync()
    {
        var wrong = await Rig.ScalarAsync<long>(
            """
            select count(*) from order_lines l
            join orders o on o.store_id = l.store_id and o.id = l.order_id
            left join reservations r on r.store_id = o.store_id and r.connection_id = o.connection_id and r.order_number = o.order_number and r.line_id = l.line_id
            where r.state is null or (r.state <> 'consumed' and r.qty_open <> l.quantity - l.cancelled) or (r.state = 'consumed' and r.qty_open <> 0)
            """);
        Assert.True(wrong == 0, "I1: what is held is not what is open.");
        foreach (var offer in await Rig.QueryAsync<Version>("select connection_id, variant_id, acked_version from offers"))
        {
            Assert.True(offer.AckedVersion >= _acked.GetValueOrDefault((offer.ConnectionId, offer.VariantId)), "I2: a confirmed version fell.");
            _acked[(offer.ConnectionId, offer.VariantId)] = offer.AckedVersion;
        }

        var uncaused = await Rig.ScalarAsync<long>(
            "select count(*) from variants v where v.on_hand <> (select coalesce(sum(m.delta), 0) from stock_movements m where m.store_id = v.store_id and m.variant_id = v.id)");
        Assert.True(uncaused == 0, "I8: the movements do not add up to what is on hand.");
        await LookAtLedgerAsync();
    }

    /// <summary>I7: what an order, a request or the stock went through stands in the ledger, step by step.</summary>
    async Task LookAtLedgerAsync()
    {
        foreach (var row in await Rig.QueryAsync<Written>("select seq, kind, subject from ledger where store_id = @StoreId and seq > @_written order by seq", new { Rig.StoreId, _written }))
        {
            Assert.True(row.Seq == ++_written, "I7: a row of the ledger is missing.");
            _steps[row.Subject] = [.. _steps.GetValueOrDefault(row.Subject, []), row.Kind];
        }

        foreach (var (id, revision) in await Rig.QueryAsync<(Guid, long)>("select id, revision from orders"))
            Assert.Equal(["order.new", .. Enumerable.Repeat("order.change", (int)revision - 1)], Steps("order:" + id.ToWire()).Where(kind => kind is "order.new" or "order.change"));
        foreach (var (id, state) in await Rig.QueryAsync<(Guid, string)>("select id, state from push_batches"))
        {
            var last = state switch { "in_flight" => "batch.sent", "awaiting" => "batch.accepted", _ => "batch." + state };
            Assert.True(Steps("batch:" + id.ToWire()) is ["batch.sent", ..] steps && steps[^1] == last, $"I7: a batch is {state}, and the ledger has {string.Join(", ", Steps("batch:" + id.ToWire()))}.");
        }

        foreach (var cause in await Rig.QueryAsync<string>("select cause from stock_movements where cause like 'shop:%'"))
            Assert.True(Steps("report:" + cause.Split(':')[^1]).Length == 1, $"I7: {cause} has no report in the ledger.");
    }

    string[] Steps(string subject) => _steps.GetValueOrDefault(subject, []);

    /// <summary>
    /// I5, just before a request with quantities leaves: a value that is not lower than what the marketplace is thought to have leaves only
    /// when its orders are fresh; and no value offers a unit of an order that was read.
    /// </summary>
    public async Task PushAsync(string what, ReadOnlyMemory<byte> body)
    {
        var sellerId = what.Split(' ', '/')[1];
        var connection = Rig.Connections.Single(one => one.Seller.SellerId == sellerId);
        var now = Rig.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var read = (await Rig.QueryAsync<Reading>("select id, coalesce(orders_read_started_ms, 0) as started_ms from connections"))
            .ToDictionary(reading => reading.Id, reading => reading.StartedMs - (long)Skew.TotalMilliseconds);
        var offers = (await Rig.QueryAsync<Standing>(
            """
            select o.barcode, v.on_hand, max(coalesce(o.acked_qty, 0), coalesce((
                select max(i.quantity) from push_items i join push_batches b on b.store_id = i.store_id and b.id = i.batch_id
                where i.store_id = o.store_id and i.variant_id = o.variant_id and b.connection_id = o.connection_id and i.outcome in ('', 'uncertain') and i.version < o.sent_version
                  and b.sent_ms > @old), 0)) as most
            from offers o join variants v on v.store_id = o.store_id and v.id = o.variant_id where o.connection_id = @Id
            """.Replace("max(coalesce", Rig.Db.Engine == Engine.Sqlite ? "max(coalesce" : "greatest(coalesce", StringComparison.Ordinal),
            new { connection.Id, old = now + (long)Skew.TotalMilliseconds - DoubtMs })).ToDictionary(offer => offer.Barcode, StringComparer.Ordinal);
        var consumed = (await Rig.QueryAsync<string>("select line_id from reservations where state = 'consumed'")).ToHashSet(StringComparer.Ordinal);
        using var request = JsonDocument.Parse(body);
        foreach (var item in request.RootElement.GetProperty("items").EnumerateArray())
        {
            var barcode = item.GetProperty("barcode").GetString()!;
            var quantity = item.GetProperty("quantity").GetInt64();
            var offer = offers[barcode];
            var fresh = now - read[connection.Id] <= FreshMs;
            if (quantity > 0 && !fresh && quantity >= offer.Most)
                Fail($"I5: {barcode} is set to {quantity} from {offer.Most} at most, and orders were last read {(now - read[connection.Id]) / 1000} s ago.");

            var held = sales
                .Where(sale => sale.At.ToUnixTimeMilliseconds() <= read[Rig.Connections[sale.Connection].Id])
                .Sum(sale => sale.Lines.Where(line => line.Barcode == barcode && !consumed.Contains(line.LineId)).Sum(line => sale.OpenOf(line.LineId)));
            if (quantity > Math.Max(0, offer.OnHand - held))
                Fail($"I5: {barcode} is set to {quantity}, of {offer.OnHand} on hand {held} are known to be sold.");
        }
    }

    /// <summary>The program must not take what the watch says for an accident of the network.</summary>
    public string? Failure { get; private set; }

    void Fail(FormattableString why)
    {
        Failure ??= why.ToString(CultureInfo.InvariantCulture);
        world.Note(Failure);
    }

    sealed class Version
    {
        public Guid ConnectionId { get; init; }

        public Guid VariantId { get; init; }

        public long AckedVersion { get; init; }
    }

    sealed class Written
    {
        public long Seq { get; init; }

        public string Kind { get; init; } = "";

        public string Subject { get; init; } = "";
    }

    sealed class Reading
    {
        public Guid Id { get; init; }

        public long StartedMs { get; init; }
    }

    sealed class Standing
    {
        public string Barcode { get; init; } = "";

        /// <summary>What may stand there: what was confirmed or seen, or a request before this one that is not decided.</summary>
        public long Most { get; init; }

        public long OnHand { get; init; }
    }
}
