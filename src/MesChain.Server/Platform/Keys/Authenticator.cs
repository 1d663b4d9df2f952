using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Rpc;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Keys;

/// <summary>Turns what a request carries into a <see cref="Caller"/>, or refuses it without saying what was wrong.</summary>
public sealed class Authenticator(ApiKeyStore keys, FailedAttempts failures, IOptions<AuthOptions> options, TimeProvider clock)
{
    const int CachedMax = 10_000;

    readonly HotCache<string, KnownKey> _known = new("api_keys", options.Value.KeyCache, CachedMax, clock);

    public async Task<Caller> AuthenticateAsync(HttpContext http, CancellationToken cancel)
    {
        var token = Bearer(http.Request.Headers.Authorization.ToString());
        if (token is not null && await FindAsync(token.Id, cancel) is { } key && token.Opens(key))
            return key.ToCaller();

        await failures.CountAsync(http.Connection.RemoteIpAddress, token?.Id, cancel);
        throw new UnauthenticatedException("The key is missing, wrong, expired or revoked. Send it as 'authorization: Bearer mck_…'.");
    }

    /// <summary>A key that lives now. Looked up at most once in <see cref="AuthOptions.KeyCache"/>.</summary>
    public async Task<ApiKey?> FindAsync(string id, CancellationToken cancel)
    {
        var known = await _known.GetAsync(id, ReadAsync, cancel);
        // Expiry is an instant that nodes share: the database's clock at the reading, carried on by our steady one.
        return known.Key?.Lives(known.NowMs + (long)clock.GetElapsedTime(known.Stamp).TotalMilliseconds) == true ? known.Key : null;
    }

    /// <summary>A key that was changed here is read anew here at once.</summary>
    public void Forget(string id) => _known.Drop(id);

    async Task<KnownKey> ReadAsync(string id, CancellationToken cancel)
    {
        var (key, nowMs) = await keys.FindAsync(id, cancel);
        return new(key, nowMs, clock.GetTimestamp());
    }

    static ApiToken? Bearer(string header)
    {
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && ApiToken.TryParse(header[scheme.Length..].Trim(), out var token) ? token : null;
    }

    sealed record KnownKey(ApiKey? Key, long NowMs, long Stamp);
}
