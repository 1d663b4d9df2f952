using System.Text;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Claims;

/// <summary>What the shop sees of claims, and what it decides; a decision is on record before anybody is told.</summary>
public sealed class ClaimDesk(ClaimVault vault, ConnectionStore connections, FindMarketplace find, Nudges nudges, LedgerRows ledger)
{
    /// <summary>Newest first, one more than asked says that there are more.</summary>
    public async Task<IReadOnlyList<ClaimView>> ListAsync(Tx tx, Guid storeId, ClaimQuery query)
    {
        var claims = await tx.QueryAsync<ClaimRow>(
            $"""
            select c.* from claims c
            where c.store_id = @storeId and c.seq < @before
              {(query.ConnectionId is null ? "" : "and c.connection_id = @ConnectionId")}
              {(query.OrderNumber.Length == 0 ? "" : "and c.order_number = @OrderNumber")}
              {(query.State.Length == 0 ? "" : "and exists (select 1 from claim_items i where i.store_id = c.store_id and i.claim_id = c.id and i.state = @State)")}
              {(query.Unseen ? $"and exists (select 1 from claim_items i where i.store_id = c.store_id and i.claim_id = c.id and {Custody.Unseen})" : "")}
            order by c.seq desc limit @limit
            """,
            new { storeId, before = query.BeforeSeq ?? long.MaxValue, ConnectionId = query.ConnectionId ?? Guid.Empty, query.OrderNumber, query.State, limit = query.Limit + 1 });
        return await ViewAsync(tx, storeId, claims);
    }

    /// <exception cref="UnknownResourceException">There is none.</exception>
    public async Task<ClaimView> GetAsync(Tx tx, Guid storeId, Guid id) =>
        (await ViewAsync(tx, storeId, await tx.QueryAsync<ClaimRow>("select * from claims where store_id = @storeId and id = @id", new { storeId, id }))).SingleOrDefault()
        ?? throw new UnknownResourceException("claim", id.ToWire());

    /// <summary>The reasons that a rejection at this connection may give, as last read; none before the first reading.</summary>
    /// <exception cref="UnknownResourceException">There is no such connection.</exception>
    public async Task<IReadOnlyList<ClaimReason>> ReasonsAsync(Tx tx, Guid storeId, Guid connectionId)
    {
        await connections.GetAsync(tx, storeId, connectionId);
        return [.. (await tx.QueryAsync<ReasonRow>(
            "select reason_id, text from claim_reasons where store_id = @storeId and connection_id = @connectionId order by position limit 100", new { storeId, connectionId }))
            .Select(row => new ClaimReason(row.ReasonId, row.Text))];
    }

    /// <param name="decide">Makes the decision about the items that are meant.</param>
    /// <param name="items">Empty means all that wait for the seller.</param>
    /// <exception cref="UnknownResourceException">There is no such claim, or it has no such item.</exception>
    /// <exception cref="PreconditionException">It cannot be decided, or not now.</exception>
    public async Task DecideAsync(Tx tx, Guid storeId, Guid id, IReadOnlyList<string> items, Func<IReadOnlyList<string>, ClaimWish> decide, string actor)
    {
        var claim = await tx.OneAsync<ClaimRow>($"select * from claims where store_id = @storeId and id = @id {tx.Db.ForUpdate}", new { storeId, id })
            ?? throw new UnknownResourceException("claim", id.ToWire());
        var connection = await connections.GetAsync(tx, storeId, claim.ConnectionId);
        if (find(connection.Marketplace) is not IClaimActions)
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + connection.Marketplace, $"{connection.Marketplace} has no way to decide a claim.");

        var all = await tx.QueryAsync<ClaimItemRow>("select * from claim_items where store_id = @storeId and claim_id = @id order by position", new { storeId, id });
        if (items.FirstOrDefault(item => !all.Any(row => row.ItemId == item)) is { } unknown)
            throw new UnknownResourceException("claim item", unknown);
        var meant = all.Where(row => items.Count > 0 ? items.Contains(row.ItemId, StringComparer.Ordinal) : row.State == ClaimStates.Awaiting).ToList();
        var wish = decide([.. meant.Select(row => row.ItemId)]);
        var subject = "claim/" + id.ToWire();
        if (claim.Decision.Length > 0)
        {
            if (await vault.SaysAsync(tx, storeId, claim, wish))
                return;
            throw new PreconditionException(Reasons.ClaimBusy, subject, $"The marketplace has not confirmed that the shop wants to {claim.Decision}.");
        }

        if (meant.Count == 0 || meant.Exists(row => row.State != ClaimStates.Awaiting))
            throw new PreconditionException(Reasons.ClaimStatus, subject, "Only items that wait for the seller can be decided.");
        if (wish is ClaimWish.Reject reject)
            await DemandReasonAsync(tx, storeId, claim.ConnectionId, reject.ReasonId);

        var (document, clear) = await vault.SealAsync(tx, storeId, id, wish);
        await tx.ExecuteAsync(
            "update claims set decision = @Kind, wish = @document, sent_ms = null where store_id = @storeId and id = @id", new { storeId, id, wish.Kind, document });
        await ledger.AppendAsync(tx, storeId, "claim." + wish.Kind, $"claim:{id.ToWire()}", actor, claim.ExternalId + " " + Encoding.UTF8.GetString(clear));
        await nudges.SendAsync(tx, storeId, claim.ConnectionId, JobKinds.DecideClaims);
    }

    /// <summary>All that was read, not only what a list holds. Before the first reading the marketplace judges it alone.</summary>
    static async Task DemandReasonAsync(Tx tx, Guid storeId, Guid connectionId, string reasonId)
    {
        var reasons = await tx.QueryAsync<string>("select reason_id from claim_reasons where store_id = @storeId and connection_id = @connectionId", new { storeId, connectionId });
        if (reasons.Count > 0 && !reasons.Contains(reasonId, StringComparer.Ordinal))
            throw new InvalidInputException([new("reject.reason_id", "must be one of the connection's reasons: see ListClaimReasons")]);
    }

    async Task<IReadOnlyList<ClaimView>> ViewAsync(Tx tx, Guid storeId, IReadOnlyList<ClaimRow> claims)
    {
        if (claims.Count == 0)
            return [];
        var items = (await tx.QueryAsync<ClaimItemRow>(
            $"""
            select i.*, s.at_ms as custody_ms, s.revision, o.booked_revision from claim_items i
            left join claim_steps s on s.store_id = i.store_id and s.claim_id = i.claim_id and s.item_id = i.item_id and s.step = i.custody
            left join orders o on o.store_id = s.store_id and o.id = s.order_id
            where i.store_id = @storeId and {tx.Db.AnyId("i.claim_id", "ids")} order by i.claim_id, i.position
            """,
            new { storeId, ids = tx.Db.IdList(claims.Select(claim => claim.Id)) })).ToLookup(item => item.ClaimId);
        var places = (await tx.QueryAsync<Place>("select id, marketplace from connections where store_id = @storeId", new { storeId })).ToDictionary(row => row.Id, row => row.Marketplace);
        List<ClaimView> views = [];
        foreach (var claim in claims)
            views.Add(new(claim, places.GetValueOrDefault(claim.ConnectionId, ""), [.. items[claim.Id]], await vault.NotesAsync(tx, storeId, claim)));
        return views;
    }

    sealed class Place
    {
        public Guid Id { get; init; }

        public string Marketplace { get; init; } = "";
    }

    sealed class ReasonRow
    {
        public string ReasonId { get; init; } = "";

        public string Text { get; init; } = "";
    }
}

/// <summary>A claim with its items and what buyers wrote: holds personal data, so its text form is fixed.</summary>
/// <param name="Notes">By item.</param>
public sealed record ClaimView(ClaimRow Claim, string Marketplace, IReadOnlyList<ClaimItemRow> Items, IReadOnlyDictionary<string, string> Notes)
{
    public override string ToString() => "(claim)";
}

/// <param name="State">As it stands in the table; empty means all.</param>
/// <param name="Unseen">Only those that were paid back for goods that nobody has seen.</param>
public sealed record ClaimQuery(int Limit, long? BeforeSeq, Guid? ConnectionId, string OrderNumber, string State, bool Unseen = false);
