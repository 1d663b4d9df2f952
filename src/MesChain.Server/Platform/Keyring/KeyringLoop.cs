using System.Security.Cryptography;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// Follows the changes of keys on every node, and on one of them takes the steps that are due. Everything it knows stands in the tables,
/// so that a node which dies in the middle is carried on by the next.
/// </summary>
sealed class KeyringLoop : Loop, IHealthSource
{
    const string Lease = "keyring";

    static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);

    readonly Db _db;
    readonly StoreKeys _keyring;
    readonly Rotation _rotation;
    readonly Rewrap _rewrap;
    readonly RootKey _source;
    readonly Node _node;
    readonly Leases _leases;
    readonly ISignal _signal;
    readonly long _wrapsMax;
    readonly SemaphoreSlim _turn = new(1);
    KekRow? _rootAt;
    string _unopened = "";

    public KeyringLoop(
        Db db, StoreKeys keyring, Rotation rotation, RootKey source, Node node, Leases leases, ISignal signal, LedgerRows ledger, IOptions<KeyringOptions> options, TimeProvider clock, ILogger<KeyringLoop> log)
        : base(clock, log, Every)
    {
        _db = db;
        _keyring = keyring;
        _rotation = rotation;
        _rewrap = new(db, keyring, ledger, clock);
        _source = source;
        _node = node;
        _leases = leases;
        _signal = signal;
        _wrapsMax = options.Value.WrapsMax;
    }

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        // A walk stands in one place: turns of this node never overlap, whoever asks for one. Those of other nodes may.
        await _turn.WaitAsync(stop);
        try
        {
            await FollowAsync(stop);
            await CountAsync(stop);
            return await _leases.HoldAsync(Lease, LeaseLength, stop) && await StepAsync(stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        if (_unopened.Length > 0)
            return [new("keys", HealthCauses.KekUnopened, _unopened)];
        if (_rewrap.Damaged is { Count: > 0 } damaged)
            return [new("keys", HealthCauses.SealedDamaged, $"(stores: {string.Join(", ", damaged.Take(5).Select(Ids.ToWire))})")];
        var home = await _db.ReadAsync(tx => KekStore.InstallationAsync(tx), cancel);
        var missing = home.RootNext.Length == 0 && _keyring.Roots.Find(home.RootFingerprint) is null;
        return [new("keys", missing ? HealthCauses.RootKeyMissing : null, $"({home.RootFingerprint})")];
    }

    protected override Task WaitAsync(TimeSpan idle, CancellationToken stop) => _signal.WaitAsync(Rotation.Topic, idle, stop);

    protected override async Task GiveBackAsync(CancellationToken cancel)
    {
        await CountAsync(cancel);
        await _leases.ReleaseAsync(Lease, cancel);
    }

    /// <summary>Loads what was staged, forgets what was destroyed, and says in the table of nodes how far it has come.</summary>
    async Task FollowAsync(CancellationToken stop)
    {
        var news = _keyring.Roots.LookAgain(_source);
        _unopened = "";
        foreach (var row in await _db.ReadAsync(tx => KekStore.ChangedAsync(tx, _node.KeyringSeq), stop))
        {
            try
            {
                // Proven, not believed: a node that says it has followed can open what is sealed from now on.
                if (row.Wrapped is null)
                    _keyring.Forget(row.StoreId, row.Generation);
                else
                    CryptographicOperations.ZeroMemory(_keyring.Unwrap(row));
            }
            catch (MesChainException fault) when (fault is IntegrityException or BusyException)
            {
                _unopened = $"{StoreKeys.Name(row.StoreId, row.Generation)} does not open here: {fault.Message}";
                break;
            }

            _node.KeyringSeq = row.Seq;
            news = true;
        }

        if (!news)
            return;
        _node.Roots = _keyring.Roots.ToString();
        await _db.WriteAsync(_node.SayAsync, stop);
        _signal.Raise(Rotation.Topic);
    }

    /// <summary>Adds what was sealed since the last turn, and has a new generation made where a key has wrapped its share.</summary>
    async Task CountAsync(CancellationToken stop)
    {
        var wraps = _keyring.TakeWraps();
        if (wraps.Count == 0)
            return;
        await _db.WriteAsync(
            async tx =>
            {
                foreach (var (store, generation, count) in wraps)
                {
                    var worn = await tx.ScalarAsync<string>(
                        "update keks set wraps = wraps + @count where store_id = @store and generation = @generation returning case when wraps >= @max then state else '' end",
                        new { store, generation, count, max = _wrapsMax });
                    if (worn == KekState.Active)
                        await _rotation.StageAsync(tx, store, Rewrap.Actor);
                }
            },
            stop);
    }

    /// <summary>One step of whatever is under way; true when there may be another.</summary>
    async Task<bool> StepAsync(CancellationToken stop)
    {
        var (staged, rootNext) = await _db.ReadAsync(
            async tx => (await tx.QueryAsync<Guid>($"select store_id from keks where state = '{KekState.Staged}' order by seq"), (await KekStore.InstallationAsync(tx)).RootNext),
            stop);
        foreach (var store in staged)
        {
            if (await _db.WriteAsync(tx => _rotation.ActivateAsync(tx, store, Rewrap.Actor), stop))
            {
                _signal.Raise(Rotation.Topic);
                return true;
            }
        }

        if (await _rewrap.TurnAsync(stop))
            return true;
        if (rootNext.Length == 0)
            return false;

        _rootAt = await _rewrap.RootUnitAsync(_rootAt, stop);
        return _rootAt is not null || await _db.WriteAsync(tx => _rotation.FinishRootAsync(tx, Rewrap.Actor), stop);
    }
}
