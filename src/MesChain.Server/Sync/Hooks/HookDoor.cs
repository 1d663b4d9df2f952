using System.Data.Common;
using System.Diagnostics;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keys;
using MesChain.Server.Platform.Listeners;

namespace MesChain.Server.Sync.Hooks;

/// <summary>
/// <c>POST /hooks/{connection}/{secret}</c>, with the password as HTTP Basic. Answers 200 once the reading that follows is on disk, 404 to
/// everybody who does not know both secrets, 429 to who goes on trying, and 503 while the database is away, so that the marketplace calls
/// again. The body is not read: nobody signs it.
/// </summary>
static class HookDoor
{
    const int SecretMax = 100;

    public static void MapHooks(this WebApplication app) =>
        app.MapPost("/hooks/{connection}/{secret}", ReceiveAsync).WithMetadata(PublicDoor.Open).ExcludeFromDescription();

    static async Task<IResult> ReceiveAsync(string connection, string secret, HttpContext http, Db db, HookStore hooks, FailedAttempts attempts)
    {
        // A trace would hold the path, and with it one of the two secrets.
        Activity.Current?.SetTag("url.path", "/hooks");
        try
        {
            var cancel = http.RequestAborted;
            var hook = Ids.TryParseWire(connection, out var id) && secret.Length <= SecretMax ? await db.ReadAsync(tx => hooks.FindAsync(tx, id), cancel) : null;
            if (hook?.IsAt(secret) == true && hook.Opens(Password(http.Request.Headers.Authorization.ToString())))
            {
                await db.WriteAsync(tx => hooks.HeardAsync(tx, hook), cancel);
                return Results.Ok();
            }

            await attempts.CountAsync(http.Connection.RemoteIpAddress, null, cancel);
            return Results.NotFound();
        }
        catch (ExhaustedException)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }
        catch (Exception fault) when (fault is DbException or BusyException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>Empty when the header shows none of ours.</summary>
    static string Password(string header)
    {
        const string scheme = "Basic ";
        Span<byte> bytes = stackalloc byte[3 * SecretMax];
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || header.Length > bytes.Length || !Convert.TryFromBase64String(header[scheme.Length..], bytes, out var length))
            return "";
        var shown = Encoding.UTF8.GetString(bytes[..length]);
        return shown.StartsWith(HookSecrets.User + ":", StringComparison.Ordinal) ? shown[(HookSecrets.User.Length + 1)..] : "";
    }
}
