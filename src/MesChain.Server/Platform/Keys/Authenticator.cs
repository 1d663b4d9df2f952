using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Rpc;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Keys;

/// <summary>Turns what a request carries into a <see cref="Caller"/>, or refuses it without saying what was wrong.</summary>
public sealed class Authenticator(ApiKeyStore keys, FailedAttempts failures, Sessions sessions, KeyUse use, IOptions<AuthOptions> options, TimeProvider clock)
{
    const int CachedMax = 10_000;

    readonly HotCache<string, KnownKey> _known = new("api_keys", options.Value.KeyCache, CachedMax, clock);

    /// <summary>By the bearer; without one, by the browser's session.</summary>
    public async Task<Caller> AuthenticateAsync(HttpContext http, CancellationToken cancel)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0 && sessions.Of(http) is { } session && await FindAsync(session.KeyId, cancel) is var (entered, nowMs) && entered.Opens(session.Rotation, nowMs))
            return Used(entered, nowMs).ToCaller();
        return (await EnterAsync(http, Bearer(header), cancel)).Key.ToCaller();
    }

    /// <summary>The living key that this text opens, and by which of its secrets.</summary>
    /// <exception cref="UnauthenticatedException">There is none; the attempt is counted against the address.</exception>
    public async Task<(ApiKey Key, long Rotation)> EnterAsync(HttpContext http, string text, CancellationToken cancel)
    {
        if (ApiToken.TryParse(text, out var token) && await FindAsync(token.Id, cancel) is var (key, nowMs) && token.Rotation(key, nowMs) is { } rotation)
            return (Used(key, nowMs), rotation);
        await failures.CountAsync(http.Connection.RemoteIpAddress, token?.Id, cancel);
        throw new UnauthenticatedException("The key is missing, wrong, expired or revoked. Send it as 'authorization: Bearer mck_…'.");
    }

    /// <summary>A key that changed here is read anew here at once.</summary>
    public void Forget(string id) => _known.Drop(id);

    /// <summary>A key that lives now, and when that is. Looked up at most once in <see cref="AuthOptions.KeyCache"/>.</summary>
    async Task<(ApiKey Key, long NowMs)?> FindAsync(string id, CancellationToken cancel)
    {
        var known = await _known.GetAsync(id, ReadAsync, cancel);
        // Expiry is an instant that nodes share: the database's clock at the reading, carried on by our steady one.
        var nowMs = known.NowMs + (long)clock.GetElapsedTime(known.Stamp).TotalMilliseconds;
        return known.Key?.Lives(nowMs) == true ? (known.Key, nowMs) : null;
    }

    ApiKey Used(ApiKey key, long nowMs)
    {
        use.Note(key, nowMs);
        return key;
    }

    async Task<KnownKey> ReadAsync(string id, CancellationToken cancel)
    {
        var (key, nowMs) = await keys.FindAsync(id, cancel);
        return new(key, nowMs, clock.GetTimestamp());
    }

    static string Bearer(string header)
    {
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
    }

    sealed record KnownKey(ApiKey? Key, long NowMs, long Stamp);
}
