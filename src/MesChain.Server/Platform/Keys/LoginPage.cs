using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Platform.Keys;

/// <summary>The page that takes a key and opens a session. Without script, so that nothing but this form ever holds the key.</summary>
static class LoginPage
{
    const int FormMax = 4096;

    public static void MapLogin(this WebApplication app)
    {
        app.MapGet("/login", http => WriteAsync(http, StatusCodes.Status200OK, "")).ExcludeFromDescription();
        app.MapPost("/login", EnterAsync).ExcludeFromDescription();
        app.MapPost("/logout", Leave).ExcludeFromDescription();
    }

    static async Task EnterAsync(HttpContext http)
    {
        if (!Sessions.FromOurPage(http) || !http.Request.HasFormContentType || http.Request.ContentLength is not (> 0 and <= FormMax))
        {
            await WriteAsync(http, StatusCodes.Status400BadRequest, "The form must come from this page. / Form bu sayfadan gelmelidir.");
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        try
        {
            var (key, rotation) = await http.RequestServices.GetRequiredService<Authenticator>().EnterAsync(http, form["key"].ToString().Trim(), http.RequestAborted);
            // A session is worth as much as its key: none begins unseen.
            var ledger = http.RequestServices.GetRequiredService<LedgerRows>();
            await http.RequestServices.GetRequiredService<Db>().WriteAsync(
                tx => ledger.AppendAsync(tx, key.StoreId ?? Ids.SystemStore, "auth.login", "key:" + key.Id, "key:" + key.Id), http.RequestAborted);
            http.RequestServices.GetRequiredService<Sessions>().Open(http, key, rotation);
            http.Response.Redirect("/");
        }
        catch (UnauthenticatedException)
        {
            await WriteAsync(http, StatusCodes.Status401Unauthorized, "This key is not valid. / Bu anahtar geçerli değil.");
        }
        catch (ExhaustedException)
        {
            await WriteAsync(http, StatusCodes.Status429TooManyRequests, "Too many attempts; wait a minute. / Çok fazla deneme; bir dakika bekleyin.");
        }
    }

    static IResult Leave(HttpContext http, Sessions sessions)
    {
        if (!Sessions.FromOurPage(http))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        sessions.Close(http);
        return Results.Redirect("/login");
    }

    static Task WriteAsync(HttpContext http, int status, string trouble)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(Page.Replace("{trouble}", trouble, StringComparison.Ordinal), http.RequestAborted);
    }

    const string Page =
        """
        <!doctype html>
        <html lang="tr">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>MesChain-Sync</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem; color: #1c2430; background: #f5f6f8; }
          main { background: #fff; border: 1px solid #d9dee5; border-radius: 10px; padding: 1.5rem; }
          h1 { font-size: 1.25rem; margin: 0 0 1rem; }
          label { display: block; font-weight: 600; }
          input { width: 100%; box-sizing: border-box; font: inherit; padding: .6rem; margin: .4rem 0 1rem; border: 1px solid #9aa5b4; border-radius: 6px; }
          button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 6px; background: #1f5fbf; color: #fff; cursor: pointer; }
          small { display: block; color: #556070; margin-top: 1rem; }
          [role=alert] { color: #a11d1d; font-weight: 600; }
          [role=alert]:empty { display: none; }
          @media (prefers-color-scheme: dark) {
            body { color: #e6e9ee; background: #14181e; } main { background: #1c222b; border-color: #38414e; } small { color: #a4afbd; }
            input { background: #14181e; color: inherit; } [role=alert] { color: #ff9a9a; }
          }
        </style>
        <main>
          <h1>MesChain-Sync</h1>
          <p role="alert">{trouble}</p>
          <form method="post" action="/login" autocomplete="off">
            <label for="key">Anahtar <span lang="en">/ Key</span></label>
            <input id="key" name="key" type="password" required autofocus spellcheck="false" placeholder="mck_…">
            <button>Giriş <span lang="en">/ Enter</span></button>
          </form>
          <small>İlk anahtar, veri klasöründeki <code>bootstrap-key</code> dosyasındadır.
            <span lang="en">The first key is in the file <code>bootstrap-key</code> of the data folder.</span></small>
        </main>
        </html>
        """;
}
