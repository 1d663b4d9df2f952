using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Sync.Face;

public abstract class WatchTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task A_stream_without_a_cursor_says_where_it_stands_and_tells_what_happens_from_then_on()
    {
        await TellAsync("before");
        using var watch = Shop.Sync.WatchEvents(new(), cancellationToken: Stop);
        var start = await NextAsync(watch);
        Assert.Null(start.Event);
        await TellAsync("after");
        var told = await NextEventAsync(watch);
        Assert.Equal(("test", "after", "7"), (told.Event.Kind, told.Event.Subject, told.Event.Params["quantity"]));
        Assert.Equal(told.Cursor, told.Event.Cursor);
        Assert.NotEqual(start.Cursor, told.Cursor);
    }

    [Fact]
    public async Task A_stream_resumes_behind_its_cursor_without_loss_and_without_repeats()
    {
        var cursor = "";
        using (var first = Shop.Sync.WatchEvents(new(), cancellationToken: Stop))
            cursor = (await NextAsync(first)).Cursor;
        for (var i = 1; i <= 5; i++)
            await TellAsync($"{i}");
        using (var second = Shop.Sync.WatchEvents(new() { Cursor = cursor }, cancellationToken: Stop))
        {
            Assert.Equal(cursor, (await NextAsync(second)).Cursor);
            Assert.Equal("1", (await NextEventAsync(second)).Event.Subject);
            var two = await NextEventAsync(second);
            Assert.Equal("2", two.Event.Subject);
            cursor = two.Cursor;
        }

        using var third = Shop.Sync.WatchEvents(new() { Cursor = cursor }, cancellationToken: Stop);
        foreach (var expected in (string[])["3", "4", "5"])
            Assert.Equal(expected, (await NextEventAsync(third)).Event.Subject);
    }

    [Fact]
    public async Task While_many_write_a_stream_gets_everything_once_and_in_order()
    {
        using var watch = Shop.Sync.WatchEvents(new(), cancellationToken: Stop);
        await NextAsync(watch);
        const int writers = 8, each = 40;
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < each; i++)
                await TellAsync($"{writer}:{i}");
        }));
        var seen = new List<string>();
        while (seen.Count < writers * each)
            seen.Add((await NextEventAsync(watch)).Event.Subject);
        await writing;
        Assert.Equal(writers * each, seen.Distinct().Count());
        foreach (var own in seen.Select(subject => subject.Split(':')).GroupBy(parts => parts[0]))
            Assert.Equal(Enumerable.Range(0, each), own.Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Silence_is_broken_by_a_heartbeat()
    {
        using var watch = Shop.Sync.WatchEvents(new(), cancellationToken: Stop);
        var start = await NextAsync(watch);
        var beat = await NextAsync(watch);
        Assert.Null(beat.Event);
        Assert.Equal(start.Cursor, beat.Cursor);
    }

    [Fact]
    public async Task A_cursor_older_than_what_is_kept_has_expired_and_a_fresh_one_has_not()
    {
        string old, fresh;
        using (var watch = Shop.Sync.WatchEvents(new(), cancellationToken: Stop))
        {
            old = (await NextAsync(watch)).Cursor;
            await TellAsync("1");
            await TellAsync("2");
            await NextEventAsync(watch);
            fresh = (await NextEventAsync(watch)).Cursor;
        }

        Shop.Db.ClockOffset += TimeSpan.FromDays(8);
        await SweepAsync();
        Assert.Equal(0, await Shop.CountAsync("events"));
        Assert.Equal((StatusCode.OutOfRange, "CURSOR_EXPIRED"), await EndAsync(old));
        await TellAsync("3");
        Assert.Equal((StatusCode.OutOfRange, "CURSOR_EXPIRED"), await EndAsync(old));
        using var resumed = Shop.Sync.WatchEvents(new() { Cursor = fresh }, cancellationToken: Stop);
        Assert.Equal("3", (await NextEventAsync(resumed)).Event.Subject);
    }

    [Fact]
    public async Task A_cursor_of_another_database_or_of_the_future_has_expired()
    {
        await TellAsync("1");
        var foreign = new EventCursor(Ids.New(TimeProvider.System), 1);
        Assert.Equal((StatusCode.OutOfRange, "CURSOR_EXPIRED"), await EndAsync(foreign.ToWire()));
        var here = await Shop.Db.ReadAsync(tx => tx.OneAsync<Guid>("select incarnation from installation"), Stop);
        Assert.Equal((StatusCode.OutOfRange, "CURSOR_EXPIRED"), await EndAsync(new EventCursor(here, 1_000_000).ToWire()));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAA")]
    [InlineData("!!!!")]
    public async Task A_cursor_that_was_never_answered_is_a_bad_field(string cursor)
    {
        using var watch = Shop.Sync.WatchEvents(new() { Cursor = cursor }, cancellationToken: Stop);
        var refusal = Refusal.Of(await Assert.ThrowsAsync<RpcException>(() => NextAsync(watch)));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Status);
        Assert.Equal(["cursor"], refusal.Fields);
    }

    [Fact]
    public async Task A_store_hears_nothing_of_another()
    {
        using var watch = Shop.Sync.WatchEvents(new(), cancellationToken: Stop);
        await NextAsync(watch);
        var other = await Face.OpenStoreAsync();
        await other.ConnectAsync();
        await TellAsync("mine");
        Assert.Equal("mine", (await NextEventAsync(watch)).Event.Subject);
    }

    Task TellAsync(string subject)
    {
        var events = Face.Server.Services.GetRequiredService<EventLog>();
        return Shop.Db.WriteAsync(tx => events.AppendAsync(tx, Shop.Id, "test", null, subject, new Dictionary<string, string>(StringComparer.Ordinal) { ["quantity"] = "7" }), Stop);
    }

    async Task SweepAsync()
    {
        var sweep = ActivatorUtilities.CreateInstance<EventSweep>(Face.Server.Services, NullLogger<EventSweep>.Instance);
        while (await sweep.RunOnceAsync(Stop))
        {
            // Until everything old is gone.
        }
    }

    async Task<(StatusCode, string)> EndAsync(string cursor)
    {
        using var watch = Shop.Sync.WatchEvents(new() { Cursor = cursor }, cancellationToken: Stop);
        var refusal = Refusal.Of(await Assert.ThrowsAsync<RpcException>(() => NextAsync(watch)));
        return (refusal.Status, refusal.Reason);
    }

    static async Task<WatchEventsResponse> NextAsync(AsyncServerStreamingCall<WatchEventsResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Stop));
        return watch.ResponseStream.Current;
    }

    /// <summary>The next that is no heartbeat.</summary>
    static async Task<WatchEventsResponse> NextEventAsync(AsyncServerStreamingCall<WatchEventsResponse> watch)
    {
        while (true)
        {
            var next = await NextAsync(watch);
            if (next.Event is not null)
                return next;
        }
    }
}

[Collection(SqliteFaces.Name)]
public sealed class WatchOnSqlite(FaceOnSqlite face) : WatchTests(face);

[Collection(PostgresFaces.Name)]
public sealed class WatchOnPostgres(FaceOnPostgres face) : WatchTests(face);
