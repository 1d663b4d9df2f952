using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Connections;

/// <summary>What the owner decides about connections: each decision is one fact, with the work that follows from it.</summary>
public sealed class ConnectionRegister(
    ConnectionStore connections, ShopStores stores, ISecrets secrets, Nudges nudges, Desire desire, ChangeStore changes, EventLog events, IOptions<SyncOptions> options, TimeProvider clock)
{
    /// <summary>Adds a connection in shadow, with its credentials, as one fact.</summary>
    /// <exception cref="AlreadyThereException">The store has this seller already, in this environment.</exception>
    public async Task<Guid> CreateAsync(Tx tx, Guid storeId, NewConnection wanted, string actor)
    {
        await stores.HoldAsync(tx, storeId);
        if (await connections.CountAsync(tx, storeId) >= options.Value.ConnectionsMax)
            throw new PreconditionException(Reasons.TooManyConnections, "store/" + storeId.ToWire(), $"The store has {options.Value.ConnectionsMax} connections, which is all it may have.");

        var id = Ids.New(clock);
        var row = new ConnectionRow
        {
            StoreId = storeId,
            Id = id,
            Marketplace = wanted.Marketplace,
            Environment = wanted.Environment,
            Mode = ConnectionRow.Shadow,
            Health = ConnectionRow.Draft,
            HealthDetail = "",
            Name = wanted.Name,
            SellerId = wanted.SellerId,
            Endpoint = wanted.Endpoint,
            SecretPath = $"connections/{id.ToWire()}/credentials",
        };
        if (!await connections.InsertAsync(tx, row))
            throw new AlreadyThereException(Reasons.ConnectionExists, $"The store has a connection to seller {wanted.SellerId} at {wanted.Marketplace} ({wanted.Environment}) already.");

        await secrets.PutAsync(tx, storeId, row.SecretPath, wanted.Keys.ToBytes(), cas: 0, actor);
        await nudges.SendAsync(tx, storeId, id, JobKinds.ReadItems);
        await nudges.SendAsync(tx, storeId, id, JobKinds.PullOrders);
        await ToldAsync(tx, row, "created");
        return id;
    }

    /// <summary>Sets the owner's word. Going live for the first time draws the line before which orders are history, and turns stock on.</summary>
    /// <exception cref="PreconditionException">Live needs a passed test of the credentials that stand.</exception>
    public async Task<ConnectionRow> SetModeAsync(Tx tx, Guid storeId, Guid id, string mode)
    {
        var row = await connections.HoldAsync(tx, storeId, id);
        if (mode == ConnectionRow.Live && (row.TestedMs is null || row.Health is ConnectionRow.Draft or ConnectionRow.NeedsReauth))
            throw new PreconditionException(Reasons.ConnectionNotTested, "connection/" + id.ToWire(), "The connection's credentials have not passed a test: call TestConnection first.");
        if (row.Mode == mode)
            return row;

        var first = mode == ConnectionRow.Live && row.CutoverMs is null;
        await connections.ChangeAsync(
            tx,
            row with { Mode = mode, CutoverMs = first ? await tx.NowMsAsync() : row.CutoverMs, StockEnabled = first || row.StockEnabled });
        if (mode != ConnectionRow.Paused)
        {
            // Orders first: what was sold meanwhile must be held before anything is offered.
            await nudges.SendAsync(tx, storeId, id, JobKinds.PullOrders);
            await nudges.SendAsync(tx, storeId, id, JobKinds.ReadItems);
        }

        if (mode == ConnectionRow.Live)
            await PushAsync(tx, storeId, id);
        if (row.Mode == ConnectionRow.Live)
            await nudges.SendAsync(tx, storeId, id, JobKinds.Hooks);
        await ToldAsync(tx, row, mode);
        return await connections.GetAsync(tx, storeId, id);
    }

    /// <exception cref="ConflictException">Another revision stands than the caller saw.</exception>
    public async Task<ConnectionRow> UpdateAsync(Tx tx, Guid storeId, Guid id, ConnectionChange change, string actor)
    {
        var row = await connections.HoldAsync(tx, storeId, id);
        if (change.Revision != 0 && change.Revision != row.Revision)
            throw Moved(row);

        if (change.Keys is not null)
            await secrets.PutAsync(tx, storeId, row.SecretPath, change.Keys.ToBytes(), cas: null, actor);
        await connections.ChangeAsync(
            tx,
            row with
            {
                Name = change.Name ?? row.Name,
                StockEnabled = change.StockEnabled ?? row.StockEnabled,
                PriceEnabled = change.PriceEnabled ?? row.PriceEnabled,
                ContentEnabled = change.ContentEnabled ?? row.ContentEnabled,
                // What was tested is no longer what stands.
                TestedMs = change.Keys is null ? row.TestedMs : null,
            });
        if (change.ContentEnabled == true && !row.ContentEnabled)
            await changes.OutdateAsync(tx, storeId);
        if (row.Mode == ConnectionRow.Live)
            await PushAsync(tx, storeId, id);
        await ToldAsync(tx, row, "updated");
        return await connections.GetAsync(tx, storeId, id);
    }

    /// <exception cref="PreconditionException">It is not paused.</exception>
    public async Task DeleteAsync(Tx tx, Guid storeId, Guid id, string actor)
    {
        var row = await connections.HoldAsync(tx, storeId, id);
        if (row.Mode != ConnectionRow.Paused)
            throw new PreconditionException(Reasons.ConnectionNotPaused, "connection/" + id.ToWire(), "Only a paused connection can be deleted: set its mode to paused first.");

        var freed = await ReleaseUnplacedAsync(tx, storeId, id);
        var departs = await connections.DepartAsync(tx, row);
        await connections.DeleteAsync(tx, storeId, id);
        await tx.ExecuteAsync("delete from issues where store_id = @storeId and connection_id = @id", new { storeId, id });
        if (!departs)
            await secrets.DeleteAsync(tx, storeId, row.SecretPath, actor);
        if (freed.Count > 0)
            await desire.RecomputeAsync(tx, storeId, freed);
        await ToldAsync(tx, row, "deleted");
    }

    /// <summary>
    /// Units held for orders that the shop was never given (payment not confirmed) would be held for ever: nobody reads that
    /// seller's orders any more. Answers the variants that they held.
    /// </summary>
    static async Task<IReadOnlyList<Guid>> ReleaseUnplacedAsync(Tx tx, Guid storeId, Guid id)
    {
        var freed = await tx.QueryAsync<Guid>(
            """
            update reservations set state = 'released', qty_open = 0
            where store_id = @storeId and connection_id = @id and state = 'open' and variant_id is not null
              and not exists (
                select 1 from orders o join feed_entries f on f.store_id = o.store_id and f.order_id = o.id
                where o.store_id = reservations.store_id and o.connection_id = reservations.connection_id and o.order_number = reservations.order_number)
            returning variant_id
            """,
            new { storeId, id });
        return [.. freed.Distinct()];
    }

    internal static ConflictException Moved(ConnectionRow row)
    {
        var moved = new ConflictException(Reasons.RevisionConflict, "The connection was changed meanwhile: read it again.");
        moved.Metadata["revision"] = row.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return moved;
    }

    async Task PushAsync(Tx tx, Guid storeId, Guid id)
    {
        await nudges.SendAsync(tx, storeId, id, JobKinds.PushStock);
        await nudges.SendAsync(tx, storeId, id, JobKinds.PushPrices);
        await nudges.SendAsync(tx, storeId, id, JobKinds.Listings);
    }

    Task ToldAsync(Tx tx, ConnectionRow row, string what) =>
        events.AppendAsync(tx, row.StoreId, "connection.changed", row.Id, row.Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["change"] = what });
}

public sealed record NewConnection(string Marketplace, string Environment, string Name, string SellerId, SellerKeys Keys, string Endpoint);

/// <summary>Null leaves a thing as it is; revision 0 means "whatever stands".</summary>
public sealed record ConnectionChange(string? Name, SellerKeys? Keys, bool? StockEnabled, bool? PriceEnabled, bool? ContentEnabled, long Revision);
