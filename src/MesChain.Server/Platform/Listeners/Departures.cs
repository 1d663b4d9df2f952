using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.Features;

namespace MesChain.Server.Platform.Listeners;

/// <summary>
/// Keeps a caller who goes away in the middle of his request from being taken for a fault of ours. Kestrel tells it twice, by a reading
/// that fails and by the request's token, in no certain order; whoever sees the first without the second logs an error. Outermost, so
/// that every library behind it sees both.
/// </summary>
sealed class Departures(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var aborted = http.RequestAborted;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var body = new CallerBody(http.Request.BodyReader, gone);
        http.Features.Set<IRequestBodyPipeFeature>(body);
        http.Request.Body = body.AsStream(leaveOpen: true);
        http.RequestAborted = gone.Token;
        try
        {
            await next(http);
        }
        catch (Exception fault) when (body.Fault is not null && fault is (IOException or OperationCanceledException))
        {
            // Nobody waits for an answer.
        }
        finally
        {
            http.RequestAborted = aborted;
        }

        // Kestrel ends both kinds without a word, if it learns of them: otherwise it would go on reading, to have the connection free for
        // the next request, and take what comes of it for our failure.
        if (body.Fault is BadHttpRequestException early)
            ExceptionDispatchInfo.Throw(early);
        if (body.Fault is not null)
            http.Abort();
    }
}
