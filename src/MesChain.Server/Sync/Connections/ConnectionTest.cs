using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Connections;

/// <summary>Asks the marketplace the three questions, outside any transaction, and records what came of it.</summary>
public sealed class ConnectionTest(
    Db db, ConnectionStore connections, ConnectionAccess access, FindMarketplace find, ISecrets secrets, Nudges nudges, IssueStore issues, EventLog events)
{
    /// <summary>What is asked, in this order; a question after a failed one is not asked.</summary>
    public static readonly IReadOnlyList<string> Probes = ["reach", "credential", "orders"];

    /// <summary>The least time between two refusals of a credential that together mean "it is no longer valid".</summary>
    static readonly TimeSpan RefusalsApart = TimeSpan.FromSeconds(60);

    /// <param name="given">Tried instead of the stored ones, and kept if all probes pass; null tries the stored ones.</param>
    /// <exception cref="Platform.Errors.ConflictException">The connection was changed while the marketplace was asked.</exception>
    public async Task<TestReport> RunAsync(Guid storeId, Guid id, SellerKeys? given, string actor, CancellationToken cancel)
    {
        var before = await db.ReadAsync(tx => connections.GetAsync(tx, storeId, id), cancel);
        var seller = given is null ? await access.GetAsync(before, actor, cancel) : access.With(before, given);
        var asked = await ((IConnectionTest)find(before.Marketplace)).ProbeAsync(seller, cancel);
        var answers = Complete(asked);
        var fault = answers.Select(answer => answer.Fault).FirstOrDefault(found => found is not null);

        var after = await db.WriteAsync(
            async tx =>
            {
                var row = await connections.HoldAsync(tx, storeId, id);
                if (row.Revision != before.Revision)
                    throw ConnectionRegister.Moved(row);

                if (fault is null)
                    await PassedAsync(tx, row, given, actor);
                else if (given is null)
                    await FailedAsync(tx, row, fault);
                return await connections.GetAsync(tx, storeId, id);
            },
            cancel);
        return new(answers, fault is null, after);
    }

    async Task PassedAsync(Tx tx, ConnectionRow row, SellerKeys? given, string actor)
    {
        if (given is not null)
            await secrets.PutAsync(tx, row.StoreId, row.SecretPath, given.ToBytes(), cas: null, actor);
        var mended = row.Health is ConnectionRow.Draft or ConnectionRow.NeedsReauth;
        await connections.TestedAsync(
            tx,
            row with
            {
                Health = mended ? ConnectionRow.Ok : row.Health,
                HealthDetail = mended ? "" : row.HealthDetail,
                TestedMs = await tx.NowMsAsync(),
                RefusedMs = null,
                Revision = given is null ? row.Revision : row.Revision + 1,
            });
        await issues.ResolveAsync(tx, row.StoreId, IssueCatalog.CredentialRefused, row.Id, row.Id.ToWire());
        if (row.Mode != ConnectionRow.Paused)
        {
            await nudges.SendAsync(tx, row.StoreId, row.Id, JobKinds.PullOrders);
            await nudges.SendAsync(tx, row.StoreId, row.Id, JobKinds.ReadItems);
            if (row.Mode == ConnectionRow.Live && mended)
                await nudges.SendAsync(tx, row.StoreId, row.Id, JobKinds.PushStock);
        }

        if (mended || given is not null)
            await ToldAsync(tx, row, "tested");
    }

    /// <summary>One refusal may be a hiccup of theirs; the second, a minute later, stops the connection.</summary>
    async Task FailedAsync(Tx tx, ConnectionRow row, MarketplaceFault fault)
    {
        var now = await tx.NowMsAsync();
        var refused = fault.Kind == FaultKind.Unauthorised;
        var again = refused && row.RefusedMs is { } first && now - first >= RefusalsApart.TotalMilliseconds;
        var stops = again && row.Health is not (ConnectionRow.Draft or ConnectionRow.NeedsReauth);
        await connections.TestedAsync(
            tx,
            row with
            {
                Health = stops ? ConnectionRow.NeedsReauth : row.Health,
                HealthDetail = row.Health == ConnectionRow.Draft || stops ? fault.Message : row.HealthDetail,
                RefusedMs = refused ? row.RefusedMs ?? now : row.RefusedMs,
            });
        if (!stops)
            return;

        await issues.OpenAsync(tx, row.StoreId, IssueCatalog.CredentialRefused, row.Id, row.Id.ToWire(), marketplaceText: fault.MarketplaceText);
        await ToldAsync(tx, row, ConnectionRow.NeedsReauth);
    }

    Task ToldAsync(Tx tx, ConnectionRow row, string what) =>
        events.AppendAsync(tx, row.StoreId, "connection.changed", row.Id, row.Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["change"] = what });

    /// <summary>Always three answers; one that is missing was not asked.</summary>
    static IReadOnlyList<ProbeOutcome> Complete(IReadOnlyList<ProbeAnswer> asked) =>
    [
        .. Probes.Select(name => asked.FirstOrDefault(answer => answer.Name == name) is { } answer
            ? new ProbeOutcome(name, answer.Fault is null, answer.Fault, answer.Latency)
            : new ProbeOutcome(name, false, null, TimeSpan.Zero)),
    ];
}

public sealed record ProbeOutcome(string Name, bool Passed, MarketplaceFault? Fault, TimeSpan Latency);

public sealed record TestReport(IReadOnlyList<ProbeOutcome> Probes, bool Passed, ConnectionRow Connection);
