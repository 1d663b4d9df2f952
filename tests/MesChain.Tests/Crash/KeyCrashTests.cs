using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Crash;

/// <summary>kill -9 in the middle of a change of keys, under load: no acknowledged value is lost, none is unreadable, and no reader waits.</summary>
public sealed class KeyCrashTests
{
    const int Paths = 40;
    const int Filling = 400;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly string Store = Ids.SystemStore.ToWire();
    static readonly int Kills = Soak.Count(100);

    [Theory]
    [Trait(Soak.Trait, "yes")]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task S11_A_change_of_keys_survives_a_kill_at_any_instant_and_blocks_no_reading(Engine engine)
    {
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var chance = new Random(seed);
        await using var server = await CrashServer.NewAsync(engine);
        var book = new Book();
        await server.StartAsync(Patience);
        await FillAsync(server, book);
        for (var kill = 0; kill < Kills; kill++)
        {
            await RotateUnderLoadAsync(server, book, chance);
            await server.StayAwayAsync();
            await server.StartAsync(Patience);
            await VerifyAsync(server, book);
        }

        // Left alone, what the kills broke off comes to its end.
        var status = await FinishedAsync(server);
        Assert.All(status.Generations.Skip(1), generation => Assert.Equal((KekState.DecryptOnly, 0L), (generation.State, generation.StoredValues)));
        Assert.Equal(KekState.Active, status.Generations[0].State);
        using var channel = server.Connect();
        foreach (var old in status.Generations.Skip(1))
            await new SecretService.SecretServiceClient(channel).RetireKekAsync(new() { StoreId = Store, Generation = old.Generation });
        await server.KillAsync();
        await server.StartAsync(Patience);
        await VerifyAsync(server, book);

        Assert.True(status.Generations.Count > Kills / 2, "too few changes came as far as the moving of values");
        var (still, during) = (book.Latencies(rotating: false), book.Latencies(rotating: true));
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant(
            $"{status.Generations.Count} generations, {Kills} kills; readings while keys change: {during.Count}, p50 {At(during, 50):0.0} ms, p99 {At(during, 99):0.0} ms, longest {during[^1]:0.0} ms; otherwise: {still.Count}, p50 {At(still, 50):0.0} ms, p99 {At(still, 99):0.0} ms, longest {still[^1]:0.0} ms"));
        Assert.True(during.Count > Kills * 20, "too few readings while keys changed to prove anything");
        Assert.Equal(0, book.Refused);
        Soak.Say(engine == Engine.Sqlite ? "key-rotation-kills" : "key-rotation-kills-postgres", FormattableString.Invariant($"{seed}..{seed}"), Kills, 0);
    }

    /// <summary>Enough values that a walk over them takes several units.</summary>
    static async Task FillAsync(CrashServer server, Book book)
    {
        using var channel = server.Connect();
        var secrets = new SecretService.SecretServiceClient(channel);
        await Parallel.ForEachAsync(Enumerable.Range(0, Paths + Filling), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancel) => await PutAsync(secrets, book, i, "0", cancel));
    }

    static async Task RotateUnderLoadAsync(CrashServer server, Book book, Random chance)
    {
        List<Task> workers =
        [
            .. Enumerable.Range(0, 4).Select(i => (Chance: new Random(chance.Next()), At: i)).Select(reader => Task.Run(() => ReadAsync(server, book, reader.Chance))),
            .. Enumerable.Range(0, 2).Select(i => (Chance: new Random(chance.Next()), At: i)).Select(writer => Task.Run(() => WriteAsync(server, book, writer.Chance, writer.At))),
        ];
        // Some readings beforehand, to compare with.
        await book.MoreAsync(chance.Next(50, 150));
        using var channel = server.Connect();
        await new SecretService.SecretServiceClient(channel).RotateKekAsync(new() { StoreId = Store });
        book.Rotating = true;
        // The instant is drawn in readings, not in time: it falls into the change on a slow machine as well.
        var enough = book.MoreAsync(chance.Next(30, 600));
        var first = await Task.WhenAny([enough, .. workers]);
        Assert.False(workers.Contains(first), "the server died by itself, or a worker: " + first.Exception);
        await server.KillAsync();
        book.Rotating = false;
        await Task.WhenAll(workers);
    }

    static async Task ReadAsync(CrashServer server, Book book, Random chance)
    {
        using var channel = server.Connect();
        var secrets = new SecretService.SecretServiceClient(channel);
        while (true)
        {
            var path = chance.Next(Paths + Filling);
            var (known, rotating, asked) = (book.Known(path), book.Rotating, TimeProvider.System.GetTimestamp());
            try
            {
                var answer = await secrets.GetSecretAsync(new() { StoreId = Store, Path = Name(path) });
                Assert.True(answer.Version >= known.Version, $"{Name(path)}: version {answer.Version} after {known.Version} was acknowledged");
                Assert.StartsWith(Name(path) + " ", answer.Value.ToStringUtf8(), StringComparison.Ordinal);
                book.Read(rotating && book.Rotating, TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.Unavailable && fault.Trailers.All(entry => entry.Key != "grpc-status-details-bin"))
            {
                // The connection is gone: the kill.
                return;
            }
            catch (RpcException)
            {
                book.Refuse();
                throw;
            }
        }
    }

    /// <summary>Each writer has its own paths, so that it knows what must stand there.</summary>
    static async Task WriteAsync(CrashServer server, Book book, Random chance, int at)
    {
        using var channel = server.Connect();
        var secrets = new SecretService.SecretServiceClient(channel);
        for (var i = 0; ; i++)
        {
            try
            {
                await PutAsync(secrets, book, (chance.Next(Paths / 2) * 2) + at, FormattableString.Invariant($"{i}"), default);
            }
            catch (RpcException)
            {
                return;
            }
        }
    }

    static async Task PutAsync(SecretService.SecretServiceClient secrets, Book book, int path, string word, CancellationToken cancel)
    {
        var value = FormattableString.Invariant($"{Name(path)} {word} {Ids.New(TimeProvider.System)}");
        book.Try(path, value);
        var answer = await secrets.PutSecretAsync(new() { StoreId = Store, Path = Name(path), Value = ByteString.CopyFromUtf8(value) }, cancellationToken: cancel);
        book.Acknowledge(path, answer.Secret.Version, value);
    }

    /// <summary>Every acknowledged version opens as it was stored, or a later one that was in flight; and an inspection finds nothing.</summary>
    static async Task VerifyAsync(CrashServer server, Book book)
    {
        using var channel = server.Connect();
        var secrets = new SecretService.SecretServiceClient(channel);
        await Parallel.ForEachAsync(Enumerable.Range(0, Paths + Filling), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (path, cancel) =>
        {
            var known = book.Known(path);
            var acknowledged = await secrets.GetSecretAsync(new() { StoreId = Store, Path = Name(path), Version = known.Version }, cancellationToken: cancel);
            Assert.Equal(known.Value, acknowledged.Value.ToStringUtf8());
            var newest = await secrets.GetSecretAsync(new() { StoreId = Store, Path = Name(path) }, cancellationToken: cancel);
            if (newest.Version != known.Version)
            {
                Assert.Equal(book.Tried(path), newest.Value.ToStringUtf8());
                book.Acknowledge(path, newest.Version, newest.Value.ToStringUtf8());
            }
        });
        for (var token = ""; ;)
        {
            var page = await secrets.VerifySecretsAsync(new() { StoreId = Store, PageSize = 1_000, PageToken = token });
            Assert.Empty(page.Damaged);
            token = page.NextPageToken;
            if (token.Length == 0)
                return;
        }
    }

    static async Task<GetRotationStatusResponse> FinishedAsync(CrashServer server)
    {
        using var channel = server.Connect();
        var secrets = new SecretService.SecretServiceClient(channel);
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var status = await secrets.GetRotationStatusAsync(new() { StoreId = Store }, cancellationToken: limit.Token);
            if (status.Generations.All(generation => generation.State == KekState.Active || generation.RewrapTime is not null))
                return status;
        }
    }

    static string Name(int path) => FormattableString.Invariant($"p/{path}");

    static double At(List<double> sorted, int percent) => sorted[sorted.Count * percent / 100];

    /// <summary>What the clients know for sure.</summary>
    sealed class Book
    {
        readonly ConcurrentDictionary<int, (long Version, string Value)> _known = new();
        readonly ConcurrentDictionary<int, string> _tried = new();
        readonly ConcurrentBag<(bool Rotating, double Ms)> _reads = [];
        int _target = int.MaxValue;
        int _count;
        int _refused;
        TaskCompletionSource _reached = new();

        public volatile bool Rotating;

        /// <summary>Readings that were answered by a refusal.</summary>
        public int Refused => _refused;

        public (long Version, string Value) Known(int path) => _known[path];

        public string Tried(int path) => _tried[path];

        public void Try(int path, string value) => _tried[path] = value;

        public void Acknowledge(int path, long version, string value) => _known[path] = (version, value);

        public void Refuse() => Interlocked.Increment(ref _refused);

        public void Read(bool rotating, double ms)
        {
            _reads.Add((rotating, ms));
            if (Interlocked.Increment(ref _count) >= Volatile.Read(ref _target))
                _reached.TrySetResult();
        }

        /// <summary>Ends once so many more readings were answered.</summary>
        public Task MoreAsync(int count)
        {
            _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _target, Volatile.Read(ref _count) + count);
            return _reached.Task;
        }

        public List<double> Latencies(bool rotating) => [.. _reads.Where(read => read.Rotating == rotating).Select(read => read.Ms).Order()];
    }
}
