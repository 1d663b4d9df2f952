using System.Net;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keys;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Listeners;

/// <summary>What is remembered of addresses that try keys.</summary>
public sealed class FailedAttemptTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    static readonly IPAddress Searcher = IPAddress.Parse("203.0.113.1");

    [Fact]
    public async Task S27_a_search_from_very_many_addresses_takes_bounded_memory_and_frees_no_searcher_at_once()
    {
        // However long it takes, it is one minute.
        await using var server = await TestServer.StartAsync(Engine.Sqlite, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var failures = server.Services.GetRequiredService<FailedAttempts>();
        await SearchAsync(failures);
        // As many others as one generation holds, and some: the searcher is in the older one and still known.
        await FromManyAsync(failures, 10_500);
        await Assert.ThrowsAsync<ExhaustedException>(() => failures.CountAsync(Searcher, null, Cancel));
        await FromManyAsync(failures, 25_000);
        Assert.InRange(failures.Remembered, 1, 20_000);
    }

    [Fact]
    public async Task An_address_may_try_again_a_minute_later_however_it_is_written()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Engine.Sqlite, clock);
        var failures = server.Services.GetRequiredService<FailedAttempts>();
        await SearchAsync(failures);
        var refused = await Assert.ThrowsAsync<ExhaustedException>(() => failures.CountAsync(Searcher.MapToIPv6(), null, Cancel));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        clock.Advance(refused.RetryAfter);
        await failures.CountAsync(Searcher, null, Cancel);
    }

    static async Task SearchAsync(FailedAttempts failures)
    {
        for (var i = 0; i < 20; i++)
            await failures.CountAsync(Searcher, null, Cancel);
    }

    static Task FromManyAsync(FailedAttempts failures, int count) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 200, CancellationToken = Cancel },
            async (i, cancel) => await failures.CountAsync(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), null, cancel));
}
