namespace MesChain.Tests.Support;

/// <summary>A road to the marketplace on which single requests, or their answers, are lost. It outlives the program that sends on it.</summary>
sealed class LostAnswer
{
    readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal);
    string? _lose;
    string? _drop;
    (string Path, Action Then)? _heard;

    public HttpMessageHandler Over(HttpMessageHandler inner) => new Handler(this) { InnerHandler = inner };

    public void LoseNext(string path) => _lose = path;

    public void DropNext(string path) => _drop = path;

    /// <summary>The marketplace answers the next request of this path; before its sender knows, something else happens.</summary>
    public void OnceHeard(string path, Action then) => _heard = (path, then);

    /// <summary>Requests of this path that the marketplace got.</summary>
    public int Passed(string path) => _passed.Where(pair => pair.Key.Contains(path, StringComparison.Ordinal)).Sum(pair => pair.Value);

    sealed class Handler(LostAnswer road) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (road._drop is not null && path.Contains(road._drop, StringComparison.Ordinal))
            {
                road._drop = null;
                throw new HttpRequestException("The line is dead.");
            }

            road._passed[path] = road._passed.GetValueOrDefault(path) + 1;
            var answer = await base.SendAsync(request, cancellationToken);
            if (road._heard is { } heard && path.Contains(heard.Path, StringComparison.Ordinal))
            {
                road._heard = null;
                heard.Then();
            }

            if (road._lose is null || !path.Contains(road._lose, StringComparison.Ordinal))
                return answer;
            road._lose = null;
            answer.Dispose();
            throw new HttpRequestException("The line is dead.");
        }
    }
}
