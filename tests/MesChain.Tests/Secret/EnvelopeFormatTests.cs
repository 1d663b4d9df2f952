using System.Text.Json;
using System.Text.Json.Nodes;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Tests.Architecture;
using MesChain.Tests.Support;

namespace MesChain.Tests.Secret;

/// <summary>The layout is frozen: vectors made by other code open here, and what is sealed here opens in other code.</summary>
public sealed class EnvelopeFormatTests
{
    static readonly string Vectors = Path.Combine(Repository.Root, "docs/formats/envelope-vectors.json");

    public static TheoryData<string> Names => [.. Read().Select(vector => (string)vector["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_vector_does_what_it_says(string name)
    {
        var vector = Read().Single(item => (string)item["name"]! == name);
        if (vector["value"] is { } value)
            Assert.Equal((string)value!, Convert.ToBase64String(Open(vector)));
        else
            Assert.Throws<IntegrityException>(() => Open(vector));
    }

    [Fact]
    public async Task The_independent_decryptor_agrees_with_every_vector()
    {
        var (status, output) = await Php.RunAsync("open_envelope.php", "", Vectors);
        Assert.True(status == 0, output);
    }

    [Fact]
    public async Task The_independent_decryptor_opens_what_the_server_stored_just_now()
    {
        await using var rig = await VaultRig.OpenAsync(Engine.Sqlite);
        var row = Ids.New(TimeProvider.System);
        await rig.PutAsync("first");
        await rig.PutAsync("ikinci değer");
        var document = await rig.Db.WriteAsync(tx => rig.Keys.Keyring.SealAsync(tx, rig.StoreId, Support.TestKeyring.Buyers.At(row), "Ada"u8.ToArray()), default);
        var root = (await File.ReadAllTextAsync(rig.Keys.RootKeyFile)).Trim();
        var kek = Convert.ToBase64String((await rig.Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("select wrapped from keks where store_id = @StoreId", new { rig.StoreId }), default))!);
        var stored = await rig.Db.ReadAsync(tx => tx.QueryAsync<StoredRow>("select secret_id, version, envelope from secret_versions order by version"), default);

        var items = new JsonArray(
        [
            .. stored.Select(version => new JsonObject
            {
                ["root_key"] = root, ["wrapped_kek"] = kek, ["store_id"] = rig.StoreId.ToWire(),
                ["row_id"] = version.SecretId.ToWire(), ["version"] = version.Version, ["sealed"] = Convert.ToBase64String(version.Envelope),
            }),
            new JsonObject
            {
                ["root_key"] = root, ["wrapped_kek"] = kek, ["store_id"] = rig.StoreId.ToWire(),
                ["row_id"] = row.ToWire(), ["kind"] = "buyer", ["sealed"] = Convert.ToBase64String(document),
            },
        ]);
        var (status, output) = await Php.RunAsync("open_envelope.php", new JsonObject { ["vectors"] = items }.ToJsonString(), "--open");
        Assert.Equal(0, status);
        var values = JsonSerializer.Deserialize<string[]>(output)!.Select(value => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(value)));
        Assert.Equal(["first", "ikinci değer", "Ada"], values);
    }

    static byte[] Open(JsonNode vector)
    {
        byte[] Bytes(string field) => Convert.FromBase64String((string)vector[field]!);
        var store = Guid.Parse((string)vector["store_id"]!);
        var row = Guid.Parse((string)vector["row_id"]!);
        var secret = vector["version"] is not null;
        var magic = secret ? SealedFormat.Secret : SealedFormat.Document;
        var generation = SealedFormat.Generation(magic, Bytes("sealed"));
        var kek = SealedFormat.UnwrapKek(Bytes("root_key"), store, generation, Bytes("wrapped_kek"));
        return SealedFormat.Open(magic, kek, store, secret ? SealedFormat.SecretBinding(row, (long)vector["version"]!) : SealedFormat.DocumentBinding(row, (string)vector["kind"]!), Bytes("sealed"));
    }

    static List<JsonNode> Read() => [.. JsonNode.Parse(File.ReadAllText(Vectors))!["vectors"]!.AsArray().Select(node => node!)];

    sealed class StoredRow
    {
        public Guid SecretId { get; init; }

        public long Version { get; init; }

        public byte[] Envelope { get; init; } = [];
    }
}
