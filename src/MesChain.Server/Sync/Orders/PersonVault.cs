using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Sync.Orders;

/// <summary>Buyer and addresses at rest: one encrypted document an order, which opens for that order only.</summary>
public sealed class PersonVault(StoreKeys keyring)
{
    /// <summary>The kind is bound into every document and stays as it is for ever.</summary>
    public static readonly SealedColumn Column = SealedColumn.Documents("orders", "person", "buyer");

    public Task<byte[]> SealAsync(Tx tx, Guid storeId, Guid orderId, Person person) =>
        keyring.SealAsync(tx, storeId, Column.At(orderId), JsonSerializer.SerializeToUtf8Bytes(person, PersonJson.Default.Person));

    public async Task<Person> OpenAsync(Tx tx, Guid storeId, Guid orderId, byte[] document) =>
        JsonSerializer.Deserialize(await keyring.OpenAsync(tx, storeId, Column.At(orderId), document), PersonJson.Default.Person)!;
}

[JsonSerializable(typeof(Person))]
sealed partial class PersonJson : JsonSerializerContext;
