using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Cluster;

/// <summary>This running server among the others: its row in the table of nodes, and what it says there of itself.</summary>
public sealed class Node(TimeProvider clock)
{
    /// <summary>A node that said nothing for so long counts as gone: nobody waits for it any more.</summary>
    public static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);

    public Guid Id { get; } = Ids.New(clock);

    /// <summary>Fingerprints of the root keys that it holds, joined by blanks.</summary>
    public string Roots { get; set; } = "";

    /// <summary>Up to which change of the keyring it has followed.</summary>
    public long KeyringSeq { get; set; }

    /// <summary>Writes or renews the row.</summary>
    public Task SayAsync(Tx tx) =>
        tx.ExecuteAsync(
            $"""
            insert into nodes (id, name, started_ms, seen_ms, roots, keyring_seq) values (@Id, @name, {tx.Db.Now}, {tx.Db.Now}, @Roots, @KeyringSeq)
            on conflict (id) do update set seen_ms = excluded.seen_ms, roots = excluded.roots, keyring_seq = excluded.keyring_seq
            """,
            new { Id, name = Environment.MachineName, Roots, KeyringSeq });
}
