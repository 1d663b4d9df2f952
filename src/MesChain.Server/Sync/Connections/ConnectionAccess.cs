using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Secret;

namespace MesChain.Server.Sync.Connections;

/// <summary>
/// Builds what an adapter needs to call a marketplace, just before the call. The only place in Sync where a credential is in the
/// clear, and the only one that decides which hosts a connection may reach.
/// </summary>
public sealed class ConnectionAccess(ISecrets secrets, MarketplaceCatalog marketplaces, SandboxAddress sandbox)
{
    /// <summary>With the stored credentials.</summary>
    /// <param name="actor">Who reads them, for the ledger.</param>
    public async Task<SellerAccess> GetAsync(ConnectionRow connection, string actor, CancellationToken cancel)
    {
        var secret = await secrets.GetAsync(connection.StoreId, connection.SecretPath, actor, cancel);
        return With(connection, SellerKeys.FromBytes(secret.Bytes.Span));
    }

    /// <summary>With the stored credentials; that there are none is the same to a call as that they are refused.</summary>
    /// <exception cref="MarketplaceFault">The connection has no key.</exception>
    public async Task<SellerAccess> DemandAsync(ConnectionRow connection, string actor, CancellationToken cancel)
    {
        try
        {
            return await GetAsync(connection, actor, cancel);
        }
        catch (UnknownResourceException)
        {
            throw new MarketplaceFault(FaultKind.Unauthorised, FaultCodes.CredentialRefused, "The connection has no key.");
        }
    }

    /// <summary>With given ones.</summary>
    public SellerAccess With(ConnectionRow connection, SellerKeys keys) =>
        new(BaseAddress(connection), connection.SellerId, keys.ApiKey, keys.ApiSecret, connection.Id.ToWire());

    /// <summary>
    /// Whose lists of categories and brands a connection reads. All production connections of a marketplace read the same; each simulator has
    /// its own, so that what one says never reaches another's shops.
    /// </summary>
    public string ListSource(ConnectionRow connection) =>
        connection.Environment == ConnectionRow.Production ? connection.Marketplace : $"{connection.Marketplace}@{BaseAddress(connection)}";

    Uri BaseAddress(ConnectionRow connection) => connection.Environment == ConnectionRow.Production
        ? marketplaces.ProductionBase(connection.Marketplace)
        : new(sandbox.Of(connection.Marketplace, connection.Endpoint), "integration/");
}
