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
    public Task AppendAsync(Tx tx, Guid storeId, string kind, string subject, string actor, string payload = "") =>
        AppendAsync(tx, [new(storeId, kind, subject, actor, payload)]);

    /// <summary>Many facts at once: numbers and rows of a store cost two statements, however many they are.</summary>
    public async Task AppendAsync(Tx tx, IEnumerable<LedgerFact> facts)
    {
        // Stores in one order, so that two nodes never wait for each other's numbers.
        foreach (var store in facts.GroupBy(fact => fact.StoreId).OrderBy(store => store.Key))
        {
            var rows = store.ToList();
            var seq = await tx.NextAsync(store.Key, "ledger", rows.Count) - rows.Count;
            await tx.ExecuteManyAsync(
                $"insert into ledger (store_id, seq, kind, subject, actor, digest, at_ms) values (@StoreId, @Seq, @Kind, @Subject, @Actor, @Digest, {tx.Db.Now})",
                rows.ConvertAll(fact => new
                {
                    fact.StoreId,
                    Seq = ++seq,
                    fact.Kind,
                    fact.Subject,
                    fact.Actor,
                    Digest = keyring.Mac("ledger", Canonical(fact.StoreId, fact.Kind, fact.Subject, fact.Actor, fact.Payload)),
                }));
        }
    }

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

/// <summary>One row to be; see <see cref="LedgerRows"/>.</summary>
public sealed record LedgerFact(Guid StoreId, string Kind, string Subject, string Actor, string Payload);
