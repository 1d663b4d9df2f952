using System.Net;
using System.Text;

namespace MesChain.Tests.Support;

/// <summary>The bottom of an HTTP client that says what a test tells it to, and remembers what it was asked.</summary>
public sealed class ScriptedHandler : HttpMessageHandler
{
    readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _script = new();

    public List<(Uri Address, IReadOnlyDictionary<string, string> Headers, byte[] Body)> Requests { get; } = [];

    public void Answer(int status, string body, string contentType = "application/json") =>
        Answer(() => new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { { "Content-Type", contentType } } },
        });

    public void Answer(Func<HttpResponseMessage> make) => _script.Enqueue(_ => Task.FromResult(make()));

    public void Fail(Exception fault) => _script.Enqueue(_ => Task.FromException<HttpResponseMessage>(fault));

    /// <summary>Never answers.</summary>
    public void Hang() => _script.Enqueue(async cancel =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return new();
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add((
            request.RequestUri!,
            request.Headers.ToDictionary(header => header.Key, header => string.Join(' ', header.Value), StringComparer.OrdinalIgnoreCase),
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken)));
        var response = await _script.Dequeue()(cancellationToken);
        response.RequestMessage ??= request;
        return response;
    }
}
