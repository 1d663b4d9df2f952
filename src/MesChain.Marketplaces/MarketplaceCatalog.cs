using MesChain.Marketplaces.Http;
using MesChain.Marketplaces.Trendyol;

namespace MesChain.Marketplaces;

/// <summary>
/// Every marketplace this program can talk to. One instance serves all connections: rate limits and circuit breakers live in it.
/// </summary>
public sealed class MarketplaceCatalog : IDisposable
{
    /// <summary>The registration list: one line a marketplace.</summary>
    // S1075: this list is where addresses of production live; nothing else may choose them.
#pragma warning disable S1075
    static readonly Registration[] Registered =
    [
        new("trendyol", new Uri("https://apigw.trendyol.com/integration/"), TrendyolMarketplace.Limits, http => new TrendyolMarketplace(http)),
    ];
#pragma warning restore S1075

    readonly Dictionary<string, Entry> _entries;

    sealed record Registration(string Code, Uri ProductionBase, IReadOnlyList<Limit> Limits, Func<MarketplaceHttp, IMarketplace> Make);

    sealed record Entry(Uri ProductionBase, MarketplaceHttp Http, IMarketplace Marketplace);

    /// <param name="clock">Drives limits, time-outs, retries and breakers.</param>
    /// <param name="primary">Makes the handler at the bottom of a connection's pipeline; null uses the network. It must not follow redirects.</param>
    /// <param name="productionBases">Replaces a marketplace's production address, by code: start-up configuration of tests, never of a caller.</param>
    public MarketplaceCatalog(
        TimeProvider clock,
        Func<HttpMessageHandler>? primary = null,
        MarketplaceHttpOptions? options = null,
        IReadOnlyDictionary<string, Uri>? productionBases = null)
    {
        _entries = Registered.ToDictionary(
            entry => entry.Code,
            entry =>
            {
                var production = productionBases?.GetValueOrDefault(entry.Code) ?? entry.ProductionBase;
                var http = new MarketplaceHttp(production, entry.Limits, primary ?? Network, clock, options ?? new());
                return new Entry(production, http, entry.Make(http));
            },
            StringComparer.Ordinal);
    }

    public IEnumerable<string> Codes => _entries.Keys;

    public bool Knows(string code) => _entries.ContainsKey(code);

    /// <exception cref="KeyNotFoundException">There is no such marketplace: ask <see cref="Knows"/> first.</exception>
    public IMarketplace Get(string code) => _entries[code].Marketplace;

    /// <summary>Where production connections of this marketplace go. Ends with '/'.</summary>
    public Uri ProductionBase(string code) => _entries[code].ProductionBase;

    /// <summary>How far the marketplace's clock is ahead of ours, by its last answer to a connection; null when no answer told the time.</summary>
    /// <exception cref="KeyNotFoundException">There is no such marketplace.</exception>
    public TimeSpan? ClockApart(string code, string connection) => _entries[code].Http.ClockApart(connection);

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
            entry.Http.Dispose();
    }

    static SocketsHttpHandler Network() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 8,
    };
}
