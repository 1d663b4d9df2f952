using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>What a repeated call finds, on each engine.</summary>
public abstract class RepeatsContract(Engine engine) : IAsyncLifetime
{
    static readonly Guid Id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    TestDatabase _database = null!;
    Repeats _repeats = null!;
    int _effects;

    Db Db => _database.Db;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.OpenAsync(engine);
        _repeats = new(await TestKeys.OpenAsync(Db));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_repeat_takes_effect_once_and_is_answered_from_what_was_made()
    {
        Assert.Equal("made thing-1", await CallAsync(Request("a")));
        Assert.Equal("rebuilt thing-1", await CallAsync(Request("a")));
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task Another_request_under_the_same_id_is_refused()
    {
        await CallAsync(Request("a"));
        var refusal = await Assert.ThrowsAsync<AlreadyThereException>(() => CallAsync(Request("b")));
        Assert.Equal("REQUEST_ID_REUSED", refusal.Reason);
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task Another_caller_another_method_and_another_store_are_not_a_repeat()
    {
        await CallAsync(Request("a"));
        Assert.Equal("made thing-2", await CallAsync(Request("a"), caller: new("other", new HashSet<string>(), null)));
        Assert.Equal("made thing-3", await CallAsync(Request("a"), method: "/other"));
        Assert.Equal("made thing-4", await CallAsync(Request("a"), store: Ids.New(TimeProvider.System)));
    }

    [Fact]
    public async Task Without_an_id_every_call_takes_effect()
    {
        Assert.Equal("made thing-1", await CallAsync(Request("a"), id: null));
        Assert.Equal("made thing-2", await CallAsync(Request("a"), id: null));
    }

    [Fact]
    public async Task A_call_that_failed_is_not_remembered()
    {
        await Assert.ThrowsAsync<FormatException>(() => Db.WriteAsync(
            tx => _repeats.OnceAsync<string>(tx, Caller.System, Ids.SystemStore, "/m", Id, Request("a"), () => throw new FormatException(), Task.FromResult), default));
        Assert.Equal("made thing-1", await CallAsync(Request("a")));
    }

    [Fact]
    public async Task Calls_that_arrive_together_take_effect_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(Request("a"))));
        Assert.Single(answers, answer => answer.StartsWith("made ", StringComparison.Ordinal));
        Assert.Equal(19, answers.Count(answer => answer == "rebuilt thing-1"));
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task An_id_is_forgotten_after_a_day()
    {
        await CallAsync(Request("a"));
        Db.ClockOffset = TimeSpan.FromHours(23);
        Assert.Equal("rebuilt thing-1", await CallAsync(Request("a")));
        Db.ClockOffset = TimeSpan.FromHours(25);
        Assert.Equal("made thing-2", await CallAsync(Request("b")));
        Assert.Equal("rebuilt thing-2", await CallAsync(Request("b")));
    }

    [Fact]
    public async Task The_sweep_forgets_what_is_older_than_a_day_and_nothing_else()
    {
        await CallAsync(Request("a"));
        Db.ClockOffset = TimeSpan.FromHours(25);
        await CallAsync(Request("a"), method: "/other");
        using var sweep = new RepeatsSweep(Db, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RepeatsSweep>.Instance);
        await sweep.RunOnceAsync(default);
        Assert.Equal("/other", await Db.ReadAsync(tx => tx.OneAsync<string>("select method from repeats"), default));
    }

    static CreateStoreRequest Request(string slug) => new() { RequestId = Id.ToWire(), Slug = slug };

    Task<string> CallAsync(CreateStoreRequest request, Caller? caller = null, string method = "/m", Guid? store = null)
        => CallAsync(request, Id, caller, method, store);

    Task<string> CallAsync(CreateStoreRequest request, Guid? id, Caller? caller = null, string method = "/m", Guid? store = null) =>
        Db.WriteAsync(
            tx => _repeats.OnceAsync(
                tx, caller ?? Caller.System, store ?? Ids.SystemStore, method, id, request,
                () =>
                {
                    var made = $"thing-{Interlocked.Increment(ref _effects)}";
                    return Task.FromResult(($"made {made}", made));
                },
                made => Task.FromResult($"rebuilt {made}")),
            default);
}

public sealed class RepeatsOnSqlite() : RepeatsContract(Engine.Sqlite);

public sealed class RepeatsOnPostgres() : RepeatsContract(Engine.Postgres);
