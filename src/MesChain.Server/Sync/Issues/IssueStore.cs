using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Sync.Issues;

/// <summary>
/// Problems at rest. One cause is one row, however often it is met: the fingerprint is (code, connection, subject), and what the subject
/// names where two things have one name.
/// </summary>
public sealed class IssueStore(TimeProvider clock, EventLog events)
{
    /// <summary>The subject is the barcode of a listing. Its offer has the same, and the end of the one's trouble is not the end of the other's.</summary>
    public const string OfListing = "listing";

    static readonly RowSet<(Guid Id, long Seq, string Fingerprint, IssueCause Cause)> Rows = new RowSet<(Guid Id, long Seq, string Fingerprint, IssueCause Cause)>()
        .Key("id", row => row.Id)
        .Number("seq", row => row.Seq)
        .Text("fingerprint", row => row.Fingerprint)
        .Text("code", row => row.Cause.Code)
        .Text("severity", row => IssueCatalog.Get(row.Cause.Code).Severity.ToString().ToLowerInvariant())
        .Text("subject", row => row.Cause.Subject)
        .Text("params", row => Spell(row.Cause.Values ?? new Dictionary<string, string>(StringComparer.Ordinal)))
        .Text("marketplace_text", row => row.Cause.MarketplaceText);

    /// <summary>Opens an issue, or counts it again; a resolved one opens again. Part of the caller's fact.</summary>
    /// <param name="values">For the shop's own text. No personal data.</param>
    /// <param name="of">What the subject names, such as <see cref="OfListing"/>; empty for anything that has its name alone.</param>
    public Task OpenAsync(
        Tx tx, Guid storeId, string code, Guid? connectionId, string subject, IReadOnlyDictionary<string, string>? values = null, string marketplaceText = "", string of = "") =>
        OpenAsync(tx, storeId, connectionId, [new(code, subject, of) { Values = values, MarketplaceText = marketplaceText }]);

    /// <summary>The same for many causes, each of which is named once.</summary>
    public async Task OpenAsync(Tx tx, Guid storeId, Guid? connectionId, IReadOnlyList<IssueCause> causes)
    {
        if (causes.Count == 0)
            return;
        var fingerprints = causes.Select(cause => Fingerprint(connectionId, cause)).ToList();
        var open = (await tx.QueryAsync<string>(
            $"select fingerprint from issues where store_id = @storeId and {tx.Db.AnyText("fingerprint", "fingerprints")} and state = 'open'",
            new { storeId, fingerprints = tx.Db.TextList(fingerprints) })).ToHashSet(StringComparer.Ordinal);
        var first = await tx.NextAsync(storeId, "issues", causes.Count) - causes.Count + 1;
        await tx.ExecuteAsync(
            $"""
            insert into issues (store_id, state, connection_id, count, first_ms, last_ms, {Rows.Names})
            select @storeId, 'open', @connectionId, 1, {tx.Db.Now}, {tx.Db.Now}, {Rows.Names} from {Rows.Given(tx.Db)} where true
            on conflict (store_id, fingerprint) do update
            set state = 'open', count = issues.count + 1, last_ms = excluded.last_ms, params = excluded.params, marketplace_text = excluded.marketplace_text
            """,
            Rows.Arguments(tx.Db, [.. causes.Select((cause, i) => (Ids.New(clock), first + i, fingerprints[i], cause))], new { storeId, connectionId }));
        await events.AppendAsync(
            tx, storeId, "issue.opened", connectionId, [.. causes.Where((_, i) => !open.Contains(fingerprints[i])).Select(cause => Told(cause.Code, cause.Subject))]);
    }

    /// <summary>Resolves the issue of a cause that is gone. Absent or resolved is fine.</summary>
    public Task ResolveAsync(Tx tx, Guid storeId, string code, Guid? connectionId, string subject, string of = "") =>
        ResolveAsync(tx, storeId, connectionId, [new(code, subject, of)]);

    /// <summary>The same for many causes.</summary>
    public async Task ResolveAsync(Tx tx, Guid storeId, Guid? connectionId, IReadOnlyList<IssueCause> causes)
    {
        if (causes.Count == 0)
            return;
        var resolved = (await tx.QueryAsync<string>(
            $"""
            update issues set state = 'resolved', last_ms = {tx.Db.Now}
            where store_id = @storeId and {tx.Db.AnyText("fingerprint", "fingerprints")} and state = 'open' returning fingerprint
            """,
            new { storeId, fingerprints = tx.Db.TextList(causes.Select(cause => Fingerprint(connectionId, cause))) })).ToHashSet(StringComparer.Ordinal);
        await events.AppendAsync(
            tx, storeId, "issue.resolved", connectionId,
            [.. causes.Where(cause => resolved.Contains(Fingerprint(connectionId, cause))).Select(cause => Told(cause.Code, cause.Subject))]);
    }

    /// <summary>Resolves by hand; if the cause is still there, it opens again. A resolved one stays as it is.</summary>
    /// <exception cref="UnknownResourceException">There is none.</exception>
    public async Task<IssueRow> ResolveAsync(Tx tx, Guid storeId, Guid id)
    {
        var issue = await tx.OneAsync<IssueRow>($"select {Columns} from issues where store_id = @storeId and id = @id {tx.Db.ForUpdate}", new { storeId, id })
                    ?? throw new UnknownResourceException("issue", id.ToWire());
        var touched = await tx.ExecuteAsync($"update issues set state = 'resolved', last_ms = {tx.Db.Now} where store_id = @storeId and id = @id and state = 'open'", new { storeId, id });
        if (touched > 0)
            await events.AppendAsync(tx, storeId, "issue.resolved", issue.ConnectionId, [Told(issue.Code, issue.Subject)]);
        return (await tx.OneAsync<IssueRow>($"select {Columns} from issues where store_id = @storeId and id = @id", new { storeId, id }))!;
    }

    /// <summary>For what is looked at again and again: opening would count what was never over.</summary>
    public async Task<bool> IsOpenAsync(Tx tx, Guid storeId, string code, Guid? connectionId, string subject) =>
        await StandingAsync(tx, storeId, code, connectionId, subject) is { IsOpen: true };

    /// <summary>How a cause stands; null when it was never met.</summary>
    public Task<IssueStanding?> StandingAsync(Tx tx, Guid storeId, string code, Guid? connectionId, string subject) =>
        tx.OneAsync<IssueStanding>(
            "select state, last_ms from issues where store_id = @storeId and fingerprint = @fingerprint", new { storeId, fingerprint = Fingerprint(connectionId, new(code, subject)) });

    /// <summary>Opens the issue of a standing fact when it begins, and resolves it when it ends. In between it is not counted.</summary>
    public async Task StandAsync(Tx tx, Guid storeId, string code, Guid? connectionId, string subject, bool stands, IReadOnlyDictionary<string, string>? values = null)
    {
        if (await IsOpenAsync(tx, storeId, code, connectionId, subject) == stands)
            return;
        if (stands)
            await OpenAsync(tx, storeId, code, connectionId, subject, values);
        else
            await ResolveAsync(tx, storeId, code, connectionId, subject);
    }

    /// <summary>Codes of a subject's open issues that were last met with exactly these values.</summary>
    public Task<IReadOnlyList<string>> OpenWithAsync(Tx tx, Guid storeId, Guid connectionId, string subject, IReadOnlyDictionary<string, string> values) =>
        tx.QueryAsync<string>(
            "select code from issues where store_id = @storeId and state = 'open' and connection_id = @connectionId and subject = @subject and params = @values",
            new { storeId, connectionId, subject, values = Spell(values) });

    /// <summary>Open ones first, newest first. One row more than <paramref name="limit"/> says that there are more.</summary>
    /// <param name="state">As it stands in the table; empty means all.</param>
    public Task<IReadOnlyList<IssueRow>> ListAsync(Tx tx, Guid storeId, IssueKey? after, int limit, string state, Guid? connectionId) =>
        tx.QueryAsync<IssueRow>(
            $"""
            select {Columns} from issues
            where store_id = @storeId
              {(state.Length > 0 ? "and state = @state" : "")}
              {(connectionId is null ? "" : "and connection_id = @connectionId")}
              {(after is null ? "" : "and (state > @afterState or (state = @afterState and (last_ms < @afterMs or (last_ms = @afterMs and id < @afterId))))")}
            order by state, last_ms desc, id desc limit @limit
            """,
            new
            {
                storeId,
                state,
                connectionId = connectionId ?? Guid.Empty,
                afterState = after?.State ?? "",
                afterMs = after?.LastMs ?? 0,
                afterId = after?.Id ?? Guid.Empty,
                limit = limit + 1,
            });

    public Task<long> CountOpenAsync(Tx tx, Guid storeId) =>
        tx.ScalarAsync<long>("select count(*) from issues where store_id = @storeId and state = 'open'", new { storeId });

    const string Columns = "id, code, severity, state, connection_id, subject, params, marketplace_text, count, first_ms, last_ms";

    static NewEvent Told(string code, string subject) => new(subject, new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code });

    static string Spell(IReadOnlyDictionary<string, string> values) => JsonSerializer.Serialize(values);

    static string Fingerprint(Guid? connectionId, IssueCause cause) =>
        $"{cause.Code}|{connectionId?.ToWire()}|{cause.Subject}" + (cause.Of.Length > 0 ? "|" + cause.Of : "");
}

/// <summary>A cause that was met.</summary>
/// <param name="Of">What the subject names, such as <see cref="IssueStore.OfListing"/>; empty for anything that has its name alone.</param>
public sealed record IssueCause(string Code, string Subject, string Of = "")
{
    /// <summary>For the shop's own text. No personal data.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    /// <summary>What the marketplace said about it.</summary>
    public string MarketplaceText { get; init; } = "";
}

/// <summary>How the issue of a cause stands.</summary>
public sealed record IssueStanding
{
    public required string State { get; init; }

    /// <summary>When it was last met, or resolved.</summary>
    public required long LastMs { get; init; }

    public bool IsOpen => State == "open";
}

/// <summary>Where a list of issues goes on.</summary>
public sealed record IssueKey(string State, long LastMs, Guid Id);

public sealed record IssueRow
{
    public required Guid Id { get; init; }

    public required string Code { get; init; }

    public required string Severity { get; init; }

    public required string State { get; init; }

    public Guid? ConnectionId { get; init; }

    public required string Subject { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public required string Params { get; init; }

    public required string MarketplaceText { get; init; }

    public long Count { get; init; }

    public long FirstMs { get; init; }

    public long LastMs { get; init; }
}
