using System.Buffers.Binary;
using System.Text;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Ledger;

/// <summary>
/// What happened to what, by whom: plain rows, written in the transaction of the fact, numbered per store. No secret and no personal
/// data: ids, and a digest under a key of its own.
/// </summary>
public sealed class LedgerRows(Keyring.StoreKeys keyring)
{
    /// <param name="kind">Such as <c>secret.read</c>.</param>
    /// <param name="subject">What it happened to, by ids or names of ours.</param>
    /// <param name="actor"><c>key:…</c> or <c>system:…</c>.</param>
    /// <param name="payload">What else belongs to the fact; only its digest is kept.</param>
    public async Task AppendAsync(Tx tx, Guid storeId, string kind, string subject, string actor, string payload = "") =>
        await tx.ExecuteAsync(
            $"insert into ledger (store_id, seq, kind, subject, actor, digest, at_ms) values (@storeId, @seq, @kind, @subject, @actor, @digest, {tx.Db.Now})",
            new
            {
                storeId,
                seq = await tx.NextAsync(storeId, "ledger"),
                kind,
                subject,
                actor,
                digest = keyring.Mac("ledger", Canonical(storeId, kind, subject, actor, payload)),
            });

    /// <summary>Every part with its length, so that no two facts share one spelling.</summary>
    static byte[] Canonical(Guid storeId, params string[] parts)
    {
        var bytes = new List<byte>(Ids.ToBytes(storeId));
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts.Select(Encoding.UTF8.GetBytes))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            bytes.AddRange(length);
            bytes.AddRange(part);
        }

        return [.. bytes];
    }
}
