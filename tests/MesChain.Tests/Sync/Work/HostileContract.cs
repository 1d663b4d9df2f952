using System.Collections.Concurrent;
using System.Text;
using MesChain.Sandbox;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Sync.Work;

/// <summary>A shop with two connections, of which one meets a hostile marketplace: it is named, nothing leaks, and the other goes on.</summary>
public abstract class HostileContract(Engine engine) : IAsyncLifetime
{
    const int Well = 0;
    const int Hostile = 1;

    readonly ConcurrentQueue<LogLine> _logs = new();
    SyncRig _rig = null!;
    int _concurrency = 1;

    RigConnection Ill => _rig.Connections[Hostile];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(FaultKind.Malformed, "ANSWER_MALFORMED")]
    [InlineData(FaultKind.Html, "ANSWER_MALFORMED")]
    [InlineData(FaultKind.Huge, "ANSWER_MALFORMED")]
    [InlineData(FaultKind.Errors, "REQUEST_REFUSED")]
    [InlineData(FaultKind.Redirect, "REDIRECT_REFUSED")]
    [InlineData(FaultKind.Drop, "MARKETPLACE_UNREACHABLE")]
    [InlineData(FaultKind.Status, "MARKETPLACE_FAILING")]
    public async Task What_is_hostile_ends_in_a_named_issue_leaks_nothing_and_stalls_nobody(FaultKind hostility, string code)
    {
        await OpenAsync();
        _rig.Sandbox.AddFault(new() { Kind = hostility, SellerId = Ill.Seller.SellerId, Count = 0 });
        Buy();
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(15));

        await NamedAsync(code);
        Assert.Equal(7, _rig.Shown("869a", Well));
        Assert.Single(await _rig.PullAsync());
        await NothingLeakedAsync();

        _rig.Sandbox.ClearFaults();
        await _rig.PumpAsync(TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(1));
        await WorksAgainAsync();
        await NothingLeakedAsync();
    }

    [Fact]
    public async Task An_answer_that_drips_is_cut_off_named_and_takes_no_place_from_the_others()
    {
        _concurrency = new SyncOptions().Concurrency;
        await OpenAsync();
        _rig.Sandbox.AddFault(new() { Kind = FaultKind.Drip, SellerId = Ill.Seller.SellerId, Count = 0 });
        Buy();
        await UntilAsync(async () => _rig.Shown("869a", Well) == 7 && (await _rig.PullAsync()).Count == 1);
        await UntilAsync(async () => await StateAsync("MARKETPLACE_UNREACHABLE") == "open");
        await NamedAsync("MARKETPLACE_UNREACHABLE");
        await NothingLeakedAsync();

        Buy();
        await UntilAsync(() => Task.FromResult(_rig.Shown("869a", Well) == 5));
        _rig.Sandbox.ClearFaults();
        await UntilAsync(async () => _rig.Shown("869a", Hostile) == 5 && await OpenIssuesAsync() == 0);
        await NothingLeakedAsync();
    }

    [Fact]
    public async Task A_charset_that_lies_harms_nobody()
    {
        await OpenAsync();
        _rig.Sandbox.AddFault(new() { Kind = FaultKind.Charset, SellerId = Ill.Seller.SellerId, Count = 0 });
        _rig.Sandbox.PlaceOrder(new() { SellerId = Ill.Seller.SellerId, Lines = [new() { Barcode = "869a", Quantity = 2 }] });
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(15));

        Assert.Equal((7, 7), (_rig.Shown("869a", Well), _rig.Shown("869a", Hostile)));
        var (_, order) = Assert.Single(await _rig.PullAsync());
        Assert.Equal("Öztürk", order.Person.LastName);
        await WorksAgainAsync();
    }

    [Fact]
    public async Task Trouble_that_is_over_within_a_minute_is_told_to_nobody()
    {
        await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            _rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 503, SellerId = Ill.Seller.SellerId, Count = 2 });
            await _rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        }

        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues"));
    }

    [Fact]
    public async Task Writes_whose_fate_stays_unknown_are_told_while_everything_is_read()
    {
        await OpenAsync();
        _rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 502, Endpoint = "price-and-inventory", SellerId = Ill.Seller.SellerId, Count = 0 });
        Buy();
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(15));
        Assert.Null(await StateAsync("OUTCOME_UNKNOWN"));
        // The same body may be sent again after a quarter of an hour, and not before.
        await _rig.PumpAsync(TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(1));
        Assert.Equal("open", await StateAsync("OUTCOME_UNKNOWN"));

        _rig.Sandbox.ClearFaults();
        await _rig.PumpAsync(TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(1));
        await WorksAgainAsync();
    }

    /// <summary>Nine of one variant at both, and everything at rest.</summary>
    async Task OpenAsync()
    {
        _rig = await SyncRig.OpenAsync(
            engine, shape: new() { Connections = 2 },
            adjust: services =>
            {
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogRecorder(_logs)));
                services.Configure<SyncOptions>(options => options.Concurrency = _concurrency);
            });
        await _rig.AddVariantAsync("a", "869a");
        await _rig.LinkAsync("a");
        await _rig.ReportAsync(1, [new("a", 9)]);
        await UntilAsync(async () => _rig.Shown("869a", Well) == 9 && _rig.Shown("869a", Hostile) == 9 && await StockAsync() == AxisStates.Clean);
    }

    /// <summary>Two are sold where all is well.</summary>
    void Buy() => _rig.Sandbox.PlaceOrder(new() { SellerId = _rig.Connections[Well].Seller.SellerId, Lines = [new() { Barcode = "869a", Quantity = 2 }] });

    /// <summary>Turns and lets time pass until it is so. With jobs that run beside the turns nothing else says when they are done.</summary>
    async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(10));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await _rig.PassAsync(TimeSpan.FromSeconds(1));
            await _rig.PumpAsync();
        }
    }

    Task<string?> StateAsync(string code) =>
        _rig.ScalarAsync<string>("select state from issues where connection_id = @Id and code = @code", new { Ill.Id, code });

    /// <summary>Read without a lock: a job may be holding the offer.</summary>
    Task<string?> StockAsync() => _rig.ScalarAsync<string>("select stock_state from offers where connection_id = @Id", new { Ill.Id });

    /// <summary>Those of connections: that nobody fetches the orders here is another story.</summary>
    Task<long> OpenIssuesAsync() => _rig.ScalarAsync<long>("select count(*) from issues where state = 'open' and connection_id is not null");

    async Task NamedAsync(string code)
    {
        Assert.Equal("open", await StateAsync(code));
        var kind = IssueCatalog.Get(code);
        Assert.Equal(code, kind.Code);
        Assert.NotEmpty(kind.Cause);
        Assert.NotEmpty(kind.Fix);
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where connection_id = @Id", new { _rig.Connections[Well].Id }));
    }

    async Task WorksAgainAsync()
    {
        Assert.Equal((7, 7, 0L), (_rig.Shown("869a", Well), _rig.Shown("869a", Hostile), await OpenIssuesAsync()));
        Assert.Equal(AxisStates.Clean, await StockAsync());
        Assert.Equal("ok", await _rig.ScalarAsync<string>("select health from connections where id = @Id", new { Ill.Id }));
    }

    /// <summary>Neither a key, nor a buyer, nor what a hostile body said that is no refusal.</summary>
    async Task NothingLeakedAsync()
    {
        var said = new StringBuilder();
        foreach (var line in _logs)
            said.AppendLine(line.Text).AppendLine(line.Exception).AppendLine(line.Values);
        foreach (var row in await _rig.QueryAsync<string>(
            """
            select subject || ' ' || params || ' ' || marketplace_text from issues
            union all select subject || ' ' || params from events
            union all select kind || ' ' || subject || ' ' || actor from ledger
            union all select labels || ' ' || coalesce(last_error, '') || ' ' || coalesce(dead_reason, '') from messages
            union all select health_detail from connections
            """))
            said.AppendLine(row);
        var text = said.ToString();
        Assert.Contains(Ill.Id.ToWire(), text, StringComparison.Ordinal);
        foreach (var seller in _rig.Connections.Select(connection => connection.Seller))
        {
            Assert.DoesNotContain(seller.ApiSecret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{seller.ApiKey}:{seller.ApiSecret}")), text, StringComparison.Ordinal);
        }

        foreach (var word in (string[])["Öztürk", "Bakım", "elsewhere.example"])
            Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }
}

public sealed class HostilityOnSqlite() : HostileContract(Engine.Sqlite);

public sealed class HostilityOnPostgres() : HostileContract(Engine.Postgres);
