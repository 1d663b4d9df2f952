using MesChain.Server.Platform.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// A browser's session: which key and which of its secrets it entered with and until when, under a keyed digest. The secret is not in
/// it; what the key may do, and whether key and secret still open, is asked at each call.
/// </summary>
public sealed class Sessions(Keyring.StoreKeys keyring, IOptions<AuthOptions> options, TimeProvider clock)
{
    public const string Cookie = "meschain_session";

    public void Open(HttpContext http, ApiKey key, long rotation)
    {
        var until = clock.GetUtcNow() + options.Value.Login;
        var claim = string.Create(CultureInfo.InvariantCulture, $"{key.Id}.{rotation}.{until.ToUnixTimeSeconds()}");
        http.Response.Cookies.Append(Cookie, $"{claim}.{Seal(claim)}", Rules(http, options.Value.Login));
    }

    public void Close(HttpContext http) => http.Response.Cookies.Delete(Cookie, Rules(http, null));

    /// <summary>
    /// The key that the session was opened with, and by which of its secrets; null when there is none, or it is over, or the request
    /// changes something and comes from a page that is not ours.
    /// </summary>
    public (string KeyId, long Rotation)? Of(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } cookie || cookie.Split('.') is not [var id, var rotation, var until, var seal] || !FromOurPage(http))
            return null;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(seal), Encoding.ASCII.GetBytes(Seal($"{id}.{rotation}.{until}"))))
            return null;
        return long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && end > clock.GetUtcNow().ToUnixTimeSeconds()
            ? (id, long.Parse(rotation, NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>Reading is free; anything else must name our own address as its origin.</summary>
    public static bool FromOurPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
        || string.Equals(http.Request.Headers.Origin.ToString(), $"{http.Request.Scheme}://{http.Request.Host.Value}", StringComparison.OrdinalIgnoreCase);

    string Seal(string claim) => WebEncoders.Base64UrlEncode(keyring.Mac("session", Encoding.ASCII.GetBytes(claim)));

    static CookieOptions Rules(HttpContext http, TimeSpan? age) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", MaxAge = age, IsEssential = true };
}
