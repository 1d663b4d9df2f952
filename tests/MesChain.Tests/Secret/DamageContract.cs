using CsCheck;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Secret;
using MesChain.Tests.Support;

namespace MesChain.Tests.Secret;

/// <summary>Whatever bit is flipped in whatever is sealed or tied, an inspection finds it and names it, and it alone. On each engine.</summary>
public abstract class DamageContract(Engine engine)
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public async Task S15_A_flipped_bit_in_a_wrapped_key_a_names_digest_or_an_envelope_is_found_and_named()
    {
        await using var rig = await VaultRig.OpenAsync(engine);
        foreach (var path in (string[])["a", "b/c"])
        {
            await rig.PutAsync("first of " + path, path: path);
            await rig.PutAsync("second of " + path, path: path);
        }

        await rig.Db.WriteAsync(tx => rig.Keys.Rotation.StageAsync(tx, rig.StoreId, VaultRig.Actor), Cancel);
        await rig.Keys.SettleAsync();
        await rig.PutAsync("third of a", path: "a");
        await SealedOrder.AddAsync(rig.Db, rig.Keys.Keyring, rig.StoreId, "Ada");

        var inspection = new Inspection(rig.Db, rig.Vault, new Verification(rig.Db, rig.Keys.Keyring));
        Assert.Equal([], await InspectAsync(inspection, rig.StoreId));
        var targets = await TargetsAsync(rig);
        Assert.Equal(2 + 2 + 5 + 1, targets.Count);

        var count = Soak.Count(4_000);
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var chance = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var target = targets[chance.Next(targets.Count)];
            var bit = chance.Next(target.Bytes.Length * 8);
            var broken = target.Bytes.ToArray();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            await SetAsync(rig, target, broken);
            var found = await InspectAsync(inspection, rig.StoreId);
            Assert.True(found.Contains(target.Name), $"seed {seed}: bit {bit} of {target.Name} gave: {string.Join(", ", found)}");
            // A broken key takes with it what is sealed under it; anything else stands alone.
            if (!target.Name.StartsWith("key generation", StringComparison.Ordinal))
                Assert.Equal([target.Name], found);
            await SetAsync(rig, target, target.Bytes);
        }

        Assert.Equal([], await InspectAsync(inspection, rig.StoreId));
        Soak.Say("flipped-bits-" + engine, FormattableString.Invariant($"{seed}..{seed}"), count, 0);
    }

    [Fact]
    public async Task An_inspection_in_pages_tries_everything_once()
    {
        await using var rig = await VaultRig.OpenAsync(engine);
        await Gen.Int[1, 4].Array[7].SampleAsync(
            async versions =>
            {
                var store = Ids.New(TimeProvider.System);
                for (var i = 0; i < versions.Length; i++)
                {
                    for (var version = 0; version < versions[i]; version++)
                        await rig.PutAsync("v", path: FormattableString.Invariant($"p{i}"), store: store);
                }

                await SealedOrder.AddAsync(rig.Db, rig.Keys.Keyring, store, "Ada");
                var inspection = new Inspection(rig.Db, rig.Vault, new Verification(rig.Db, rig.Keys.Keyring));
                var tried = 0;
                InspectionPlace? at = null;
                do
                {
                    var page = await inspection.PageAsync(store, at, 3, Cancel);
                    Assert.Empty(page.Damaged);
                    tried += page.Checked;
                    at = page.Next;
                }
                while (at is not null);
                Assert.Equal(versions.Sum() + 1, tried);
            },
            iter: 5, threads: 1);
    }

    static async Task<List<string>> InspectAsync(Inspection inspection, Guid store)
    {
        var found = new List<string>();
        InspectionPlace? at = null;
        do
        {
            var page = await inspection.PageAsync(store, at, 100, Cancel);
            found.AddRange(page.Damaged);
            at = page.Next;
        }
        while (at is not null);
        return found;
    }

    static async Task<List<Target>> TargetsAsync(VaultRig rig)
    {
        var args = new { rig.StoreId };
        return await rig.Db.ReadAsync(
            async tx =>
            {
                var keks = await tx.QueryAsync<Row>("select generation as version, wrapped as bytes from keks where store_id = @StoreId", args);
                var names = await tx.QueryAsync<Row>("select id, path, mac as bytes from secrets where store_id = @StoreId", args);
                var versions = await tx.QueryAsync<Row>("select secret_id as id, version, envelope as bytes from secret_versions where store_id = @StoreId", args);
                var persons = await tx.QueryAsync<Row>("select id, person as bytes from orders where store_id = @StoreId", args);
                return keks.Select(row => new Target(FormattableString.Invariant($"key generation {row.Version} of store {rig.StoreId.ToWire()}"), "update keks set wrapped = @bytes where store_id = @StoreId and generation = @Version", row))
                    .Concat(names.Select(row => new Target($"secrets.mac {row.Id.ToWire()} ({row.Path})", "update secrets set mac = @bytes where store_id = @StoreId and id = @Id", row)))
                    .Concat(versions.Select(row => new Target(FormattableString.Invariant($"secret_versions.envelope {row.Id.ToWire()}@{row.Version}"), "update secret_versions set envelope = @bytes where store_id = @StoreId and secret_id = @Id and version = @Version", row)))
                    .Concat(persons.Select(row => new Target($"orders.person {row.Id.ToWire()}", "update orders set person = @bytes where store_id = @StoreId and id = @Id", row)))
                    .ToList();
            },
            Cancel);
    }

    static Task<int> SetAsync(VaultRig rig, Target target, byte[] bytes) =>
        rig.Db.WriteAsync(tx => tx.ExecuteAsync(target.Update, new { rig.StoreId, target.Row.Id, target.Row.Version, bytes }), Cancel);

    sealed record Target(string Name, string Update, Row Row)
    {
        public byte[] Bytes => Row.Bytes;
    }

    sealed record Row
    {
        public Guid Id { get; init; }

        public string Path { get; init; } = "";

        public long Version { get; init; }

        public byte[] Bytes { get; init; } = [];
    }
}

public sealed class DamageOnSqlite() : DamageContract(Engine.Sqlite);

public sealed class DamageOnPostgres() : DamageContract(Engine.Postgres);
