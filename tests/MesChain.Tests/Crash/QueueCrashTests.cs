using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Crash;

/// <summary>kill -9 under load: what was acknowledged is there once, what was not is there at most once and a repeat makes it once.</summary>
public sealed class QueueCrashTests
{
    const string Queue = "crash";
    const int Senders = 4;

    /// <summary>So soon after a kill it has to serve again, on a machine that does nothing else; that is the soak's. Beside the other tests it may take longer.</summary>
    static readonly TimeSpan Usable = Soak.Full ? TimeSpan.FromSeconds(10) : TimeSpan.FromMinutes(2);

    static readonly string Store = Ids.SystemStore.ToWire();

    [Theory]
    [Trait(Soak.Trait, "yes")]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Q31_Q44_Whatever_was_acknowledged_survives_a_kill_at_any_instant_exactly_once(Engine engine)
    {
        var kills = Soak.Count(100);
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var chance = new Random(seed);
        await using var server = await CrashServer.NewAsync(engine);
        var book = new Book();
        await server.StartAsync(TimeSpan.FromMinutes(2));
        await CreateQueueAsync(server);
        for (var kill = 0; kill < kills; kill++)
        {
            await LoadAsync(server, book, chance, kill, server.KillAsync);
            await server.StartAsync(Usable);
            await RepeatAsync(server, book);
            await VerifyAsync(server, book);
        }

        Assert.True(book.Acknowledged.Count > kills * 10, "too little load to prove anything");
        Assert.False(book.Completed.IsEmpty, "nothing was completed");
        Soak.Say(engine == Engine.Sqlite ? "queue-kills" : "queue-kills-postgres", string.Create(CultureInfo.InvariantCulture, $"{seed}..{seed}"), kills, 0);
    }

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public async Task Q31_Whatever_was_acknowledged_survives_a_kill_of_the_database_server_and_the_program_goes_on_by_itself()
    {
        var kills = Soak.Count(20);
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var chance = new Random(seed);
        await using var database = await PostgresServer.GetOwnAsync();
        await using var server = new CrashServer(await database.CreateDatabaseAsync());
        var book = new Book();
        await server.StartAsync(TimeSpan.FromMinutes(2));
        await CreateQueueAsync(server);
        for (var kill = 0; kill < kills; kill++)
        {
            await LoadAsync(server, book, chance, kill, database.KillAndStartAsync);
            await ReturnAsync(server);
            await RepeatAsync(server, book);
            await VerifyAsync(server, book);
        }

        Assert.True(book.Acknowledged.Count > kills * 10, "too little load to prove anything");
        Soak.Say("postgres-kills", string.Create(CultureInfo.InvariantCulture, $"{seed}..{seed}"), kills, 0);
    }

    [Fact]
    public async Task Q31_A_send_whose_sync_to_disk_failed_is_not_acknowledged()
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "strace is not installed");
            Assert.Fail("strace is not installed");
        }

        await using var server = new CrashServer();
        var book = new Book();
        await server.StartAsync(TimeSpan.FromMinutes(2));
        await CreateQueueAsync(server);
        await server.KillAsync();

        // From some sync on, the disk refuses every one.
        await server.StartAsync(TimeSpan.FromMinutes(4), "/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=40+");
        var workers = Workers(server, book, new Random(1));
        await Task.WhenAll(workers.Take(Senders));
        await server.KillAsync();
        await Task.WhenAll(workers);
        Assert.NotEmpty(book.Open);

        await server.StartAsync(TimeSpan.FromMinutes(2));
        await RepeatAsync(server, book);
        await VerifyAsync(server, book);
    }

    /// <summary>Until the program has a connection again that works.</summary>
    static async Task ReturnAsync(CrashServer server)
    {
        using var channel = server.Connect();
        using var limit = new CancellationTokenSource(Usable);
        while (true)
        {
            try
            {
                await new QueueService.QueueServiceClient(channel).GetQueueAsync(new() { StoreId = Store, Queue = Queue }, cancellationToken: limit.Token);
                return;
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.Unavailable)
            {
                // The limit ends it.
            }
        }
    }

    /// <summary>Senders and receivers at work until the kill ends their calls.</summary>
    static async Task LoadAsync(CrashServer server, Book book, Random chance, int round, Func<Task> kill)
    {
        // The instant is drawn in what was answered, not in time: it falls into work on a slow machine as well. Every other time it waits
        // for a receiver, who may be slower than all the senders.
        var enough = book.MoreAsync(chance.Next(1, 400), completed: round % 2 == 0 ? 0 : chance.Next(1, 40));
        var workers = Workers(server, book, chance);
        var first = await Task.WhenAny([enough, .. workers]);
        Assert.False(workers.Contains(first), "the server died by itself");
        await kill();
        book.Enough = true;
        await Task.WhenAll(workers);
        book.Enough = false;
    }

    static List<Task> Workers(CrashServer server, Book book, Random chance) =>
    [
        .. Enumerable.Range(0, Senders).Select(i => (Worker: i, Chance: new Random(chance.Next()))).Select(sender => Task.Run(() => SendAsync(server, book, sender.Chance, sender.Worker))),
        .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReceiveAsync(server, book))),
    ];

    static async Task SendAsync(CrashServer server, Book book, Random chance, int worker)
    {
        using var channel = server.Connect();
        var client = new QueueService.QueueServiceClient(channel);
        while (!book.Enough)
        {
            var batch = Enumerable.Range(0, chance.Next(1, 20)).Select(_ => book.NewId()).ToList();
            foreach (var id in batch)
                book.Open[id] = true;
            try
            {
                book.Acknowledge(batch, await client.SendAsync(Messages(batch, worker)));
            }
            catch (RpcException)
            {
                return;
            }
        }
    }

    static async Task ReceiveAsync(CrashServer server, Book book)
    {
        using var channel = server.Connect();
        var client = new QueueService.QueueServiceClient(channel);
        while (!book.Enough)
        {
            try
            {
                var received = await client.ReceiveAsync(new() { StoreId = Store, Queue = Queue, Max = 5, Wait = new() { Seconds = 1 } });
                if (received.Messages.Count == 0)
                    continue;
                foreach (var message in received.Messages)
                    book.Settling[message.MessageId] = true;
                var settled = await client.SettleAsync(new()
                {
                    StoreId = Store, Queue = Queue,
                    Settlements = { received.Messages.Select(message => new Settlement { MessageId = message.MessageId, Epoch = message.Epoch, Complete = new() }) },
                });
                foreach (var result in settled.Results.Where(result => result.Ok))
                    Assert.True(book.Complete(result.MessageId), "one lease completed twice");
            }
            catch (RpcException)
            {
                return;
            }
        }
    }

    /// <summary>What was in flight at the kill: sent again with its id, as a client would.</summary>
    static async Task RepeatAsync(CrashServer server, Book book)
    {
        using var channel = server.Connect();
        foreach (var batch in book.Open.Keys.Chunk(100))
            book.Acknowledge(batch, await new QueueService.QueueServiceClient(channel).SendAsync(Messages(batch, 0)));
    }

    static async Task VerifyAsync(CrashServer server, Book book)
    {
        using var channel = server.Connect();
        var stored = new Dictionary<string, Message>(StringComparer.Ordinal);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        var page = new BrowseResponse();
        do
        {
            page = await new QueueService.QueueServiceClient(channel).BrowseAsync(new() { StoreId = Store, Queue = Queue, PageSize = 200, PageToken = page.NextPageToken });
            foreach (var message in page.Messages)
            {
                Assert.True(stored.TryAdd(message.MessageId, message), "a page repeated a message");
                Assert.True(kinds.Add(message.Kind), "one message is there twice: " + message.Kind);
            }
        }
        while (page.NextPageToken.Length > 0);

        Assert.Empty(book.Open);
        Assert.Empty(kinds.Except(book.Acknowledged.Keys));
        foreach (var (id, messageId) in book.Acknowledged)
        {
            // What was completed is pruned after a while.
            if (stored.TryGetValue(messageId, out var message))
                Assert.Equal(id, message.Kind);
            else
                Assert.True(book.Settling.ContainsKey(messageId), $"{id} was acknowledged and is not there");
        }

        Assert.All(book.Completed.Keys.Where(stored.ContainsKey), messageId => Assert.Equal(MessageState.Done, stored[messageId].State));
    }

    static async Task CreateQueueAsync(CrashServer server)
    {
        using var channel = server.Connect();
        await new QueueService.QueueServiceClient(channel).CreateQueueAsync(new() { StoreId = Store, Queue = new() { Name = Queue, DedupeWindow = new() { Seconds = 86_400 }, AttemptsMax = 100 } });
    }

    static SendRequest Messages(IEnumerable<string> ids, int worker) => new()
    {
        StoreId = Store, Queue = Queue,
        Messages = { ids.Select((id, i) => new NewMessage { Kind = id, DedupeId = id, Lane = i % 4 == 0 ? string.Create(CultureInfo.InvariantCulture, $"lane {worker}") : "" }) },
    };

    /// <summary>What the clients know for sure.</summary>
    sealed class Book
    {
        int _ids;
        volatile bool _enough;
        (int Acknowledged, int Completed) _target;
        TaskCompletionSource _reached = new();

        /// <summary>Sent, but nobody knows whether it arrived.</summary>
        public ConcurrentDictionary<string, bool> Open { get; } = new(StringComparer.Ordinal);

        /// <summary>Our id to the message's.</summary>
        public ConcurrentDictionary<string, string> Acknowledged { get; } = new(StringComparer.Ordinal);

        /// <summary>Messages whose completion was at least asked for.</summary>
        public ConcurrentDictionary<string, bool> Settling { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, bool> Completed { get; } = new(StringComparer.Ordinal);

        /// <summary>Ends the senders and receivers that a kill has not ended.</summary>
        public bool Enough
        {
            get => _enough;
            set => _enough = value;
        }

        public string NewId() => Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);

        public void Acknowledge(IReadOnlyList<string> ids, SendResponse answer)
        {
            for (var i = 0; i < ids.Count; i++)
            {
                Acknowledged[ids[i]] = answer.Results[i].MessageId;
                Open.TryRemove(ids[i], out _);
            }

            Look();
        }

        /// <summary>False if it was completed before.</summary>
        public bool Complete(string messageId)
        {
            var first = Completed.TryAdd(messageId, true);
            Look();
            return first;
        }

        /// <summary>Ends once so many more are acknowledged and so many more completed. Called while nobody works.</summary>
        public Task MoreAsync(int acknowledged, int completed)
        {
            _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _target = (Acknowledged.Count + acknowledged, Completed.Count + completed);
            return _reached.Task;
        }

        void Look()
        {
            if (Acknowledged.Count >= _target.Acknowledged && Completed.Count >= _target.Completed)
                _reached.TrySetResult();
        }
    }
}
