using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Sync.Claims;

/// <summary>What buyers wrote to a claim, and what the shop says to it, at rest: one encrypted document each, which opens for that claim only.</summary>
public sealed class ClaimVault(StoreKeys keyring)
{
    /// <summary>The kinds are bound into every document and stay as they are for ever.</summary>
    public static readonly SealedColumn NotesColumn = SealedColumn.Documents("claims", "notes", "claim-notes");

    public static readonly SealedColumn WishColumn = SealedColumn.Documents("claims", "wish", "claim-wish");

    /// <param name="notes">By item.</param>
    public Task<byte[]> SealAsync(Tx tx, Guid storeId, Guid claimId, Dictionary<string, string> notes) =>
        keyring.SealAsync(tx, storeId, NotesColumn.At(claimId), JsonSerializer.SerializeToUtf8Bytes(notes, ClaimJson.Default.DictionaryStringString));

    /// <summary>The document, and its spelling in the clear for the digest of the ledger.</summary>
    public async Task<(byte[] Sealed, byte[] Clear)> SealAsync(Tx tx, Guid storeId, Guid claimId, ClaimWish wish)
    {
        var clear = JsonSerializer.SerializeToUtf8Bytes(wish, ClaimJson.Default.ClaimWish);
        return (await keyring.SealAsync(tx, storeId, WishColumn.At(claimId), clear), clear);
    }

    public async Task<Dictionary<string, string>> NotesAsync(Tx tx, Guid storeId, ClaimRow claim) =>
        JsonSerializer.Deserialize(await keyring.OpenAsync(tx, storeId, NotesColumn.At(claim.Id), claim.Notes), ClaimJson.Default.DictionaryStringString)!;

    public async Task<ClaimWish> WishAsync(Tx tx, Guid storeId, Guid claimId, byte[] document) =>
        JsonSerializer.Deserialize(await keyring.OpenAsync(tx, storeId, WishColumn.At(claimId), document), ClaimJson.Default.ClaimWish)!;

    /// <summary>Whether the document at the claim says the same.</summary>
    public async Task<bool> SaysAsync(Tx tx, Guid storeId, ClaimRow claim, ClaimWish wish)
    {
        var said = await keyring.OpenAsync(tx, storeId, WishColumn.At(claim.Id), claim.Wish);
        return said.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(wish, ClaimJson.Default.ClaimWish));
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ClaimWish))]
sealed partial class ClaimJson : JsonSerializerContext;
