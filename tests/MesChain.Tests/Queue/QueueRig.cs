using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Queue;

/// <summary>The whole queue slice on a fresh database, without a host.</summary>
sealed class QueueRig : IAsyncDisposable
{
    public const string Name = "q";

    readonly TestDatabase _database;
    readonly QueueStore _queues = new();
    readonly ClaimStore _claims;
    readonly QueueRounds _rounds;
    readonly SettleStore _settles;
    readonly DeadLetters _dead;
    readonly BrowseStore _browse;

    QueueRig(TestDatabase database, Random chance, TimeProvider clock)
    {
        _database = database;
        var signal = new LocalSignal(clock);
        Ready = new(Db, signal, clock);
        var returns = new Returns(Ready, chance);
        var sends = new SendStore(_queues, Ready, new(clock), clock);
        _claims = new(_queues);
        _settles = new(_queues, Ready, returns);
        _rounds = new(Db, sends, _claims, _settles);
        _dead = new(_queues, Ready);
        _browse = new(_queues);
        Queue = new DurableQueue(Db, _queues, sends, _claims, _settles, Ready);
        Store = new(Db, _queues, Ready, returns);
        Janitor = new(Store, Ready, new(Db, clock), Db, clock, Options.Create(new QueueOptions()), NullLogger<Janitor>.Instance);
    }

    public Db Db => _database.Db;

    public IQueue Queue { get; }

    public ReadyStores Ready { get; }

    public JanitorStore Store { get; }

    public Janitor Janitor { get; }

    public Guid StoreId { get; } = Ids.New(TimeProvider.System);

    public static async Task<QueueRig> OpenAsync(Engine engine, QueuePolicy? policy = null, int seed = 1, TimeProvider? clock = null)
    {
        var rig = new QueueRig(await TestDatabase.OpenAsync(engine, clock), new Random(seed), clock ?? TimeProvider.System);
        await rig.EnsureAsync(policy ?? new(Name));
        return rig;
    }

    public Task EnsureAsync(QueuePolicy policy, Guid? store = null) => Db.WriteAsync(tx => Queue.EnsureAsync(tx, store ?? StoreId, policy), default);

    public async Task<SendOutcome> SendAsync(QueueMessage message, Guid? store = null, string queue = Name) =>
        await Db.WriteAsync(tx => Queue.EnqueueAsync(tx, store ?? StoreId, queue, message), default);

    public Task<IReadOnlyList<SendOutcome>> SendManyAsync(IEnumerable<QueueMessage> messages, string queue = Name) =>
        _rounds.SendAsync(StoreId, queue, [.. messages.Select(message => new Draft(message))], default);

    /// <summary>Holds up whoever is first to write, so that those who come meanwhile share the round after it.</summary>
    public HeldRound Hold() => new(Db);

    /// <summary>One claim for several receivers.</summary>
    public Task<IReadOnlyList<Claim>> ShareAsync(params IReadOnlyList<Taker> takers) => Db.WriteAsync(tx => _claims.ClaimAsync(tx, StoreId, Name, takers), default);

    /// <summary>A claim of one inside a unit.</summary>
    public Task<Claim> ClaimAsync(Tx tx) => _claims.ClaimAsync(tx, StoreId, Name, new Taker(1, null, "test"));

    public async Task<List<Lease>> ReceiveAsync(int max = 1, TimeSpan? lease = null, string queue = Name)
    {
        var claim = await _rounds.ClaimAsync(StoreId, queue, new(max, lease, "test"));
        return [.. claim.Rows.Select(row => row.ToLease(StoreId, queue))];
    }

    /// <summary>The only message due; fails when there is none.</summary>
    public async Task<Lease> OneAsync(string queue = Name) => Assert.Single(await ReceiveAsync(queue: queue));

    public async Task<Settled> SettleAsync(Lease lease, Outcome outcome) => (await SettleAsync([new(lease.MessageId, lease.Epoch, outcome)]))[0];

    public Task<IReadOnlyList<Settled>> SettleAsync(IReadOnlyList<Verdict> verdicts, bool atomic = false, string queue = Name) =>
        atomic
            ? Db.WriteAsync(tx => _settles.SettleAsync(tx, StoreId, queue, verdicts, atomic), default)
            : _rounds.SettleAsync(StoreId, queue, verdicts, default);

    public Task<bool> RenewAsync(Lease lease) => Db.WriteAsync(tx => RenewAsync(tx, lease), default);

    public async Task<bool> RenewAsync(Tx tx, Lease lease) => (await _settles.RenewAsync(tx, StoreId, lease.Queue, [(lease.MessageId, lease.Epoch)], null))[0];

    public Task<int> RedriveAsync(Redrive redrive) => Db.WriteAsync(tx => _dead.RedriveAsync(tx, StoreId, redrive), default);

    public Task<IReadOnlyList<MessageRow>> BrowseAsync(params string[] states) =>
        Db.ReadAsync(tx => _browse.PageAsync(tx, StoreId, new(Name, states, "", 0, 1000)), default);

    public async Task<MessageRow> FindAsync(Guid id) => (await BrowseAsync()).Single(row => row.Id == id);

    public Task<QueueStatus> StatusAsync(string queue = Name) => Db.ReadAsync(tx => _queues.GetAsync(tx, StoreId, queue), default);

    /// <summary>Time passes for the database, and the janitor does what is due.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Db.ClockOffset += time;
        bool more;
        do
            more = await Store.LapseAsync(default);
        while (more);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

/// <summary>The first write of a database waits until it is released; the others pass.</summary>
sealed class HeldRound : IDisposable
{
    readonly Db _db;
    readonly ManualResetEventSlim _released = new();
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _first = 1;

    public HeldRound(Db db)
    {
        _db = db;
        db.Probe = () =>
        {
            if (Interlocked.Exchange(ref _first, 0) == 0)
                return;
            _reached.SetResult();
            _released.Wait();
        };
    }

    /// <summary>Ends once the first write is held.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.Set();

    public void Dispose()
    {
        _db.Probe = null;
        _released.Set();
    }
}
