using System.Text.Json;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Issues;

/// <summary>Problems at rest. One cause is one row, however often it is met: the fingerprint is (code, connection, subject).</summary>
public sealed class IssueStore(TimeProvider clock, EventLog events)
{
    /// <summary>Opens an issue, or counts it again; a resolved one opens again. Part of the caller's fact.</summary>
    /// <param name="values">For the shop's own text. No personal data.</param>
    public async Task OpenAsync(
        Tx tx, Guid storeId, string code, Guid? connectionId, string subject, IReadOnlyDictionary<string, string>? values = null, string marketplaceText = "")
    {
        var kind = IssueCatalog.Get(code);
        var before = await tx.ScalarAsync<string>(
            "select state from issues where store_id = @storeId and fingerprint = @fingerprint",
            new { storeId, fingerprint = Fingerprint(code, connectionId, subject) });
        await tx.ExecuteAsync(
            $"""
            insert into issues (store_id, id, seq, fingerprint, code, severity, state, connection_id, subject, params, marketplace_text, count, first_ms, last_ms)
            values (@storeId, @id, @seq, @fingerprint, @code, @severity, 'open', @connectionId, @subject, @values, @marketplaceText, 1, {tx.Db.Now}, {tx.Db.Now})
            on conflict (store_id, fingerprint) do update
            set state = 'open', count = issues.count + 1, last_ms = excluded.last_ms, params = excluded.params, marketplace_text = excluded.marketplace_text
            """,
            new
            {
                storeId,
                id = Ids.New(clock),
                seq = await tx.NextAsync(storeId, "issues"),
                fingerprint = Fingerprint(code, connectionId, subject),
                code,
                severity = kind.Severity.ToString().ToLowerInvariant(),
                connectionId,
                subject,
                values = JsonSerializer.Serialize(values ?? new Dictionary<string, string>(StringComparer.Ordinal)),
                marketplaceText,
            });
        if (before != "open")
            await events.AppendAsync(tx, storeId, "issue.opened", connectionId, subject, new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code });
    }

    /// <summary>Resolves the issue of a cause that is gone. Absent or resolved is fine.</summary>
    public async Task ResolveAsync(Tx tx, Guid storeId, string code, Guid? connectionId, string subject)
    {
        var touched = await tx.ExecuteAsync(
            $"update issues set state = 'resolved', last_ms = {tx.Db.Now} where store_id = @storeId and fingerprint = @fingerprint and state = 'open'",
            new { storeId, fingerprint = Fingerprint(code, connectionId, subject) });
        if (touched > 0)
            await events.AppendAsync(tx, storeId, "issue.resolved", connectionId, subject, new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code });
    }

    static string Fingerprint(string code, Guid? connectionId, string subject) => $"{code}|{connectionId?.ToWire()}|{subject}";
}
