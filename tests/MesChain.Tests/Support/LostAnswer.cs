namespace MesChain.Tests.Support;

/// <summary>A road to the marketplace on which single requests, or their answers, are lost.</summary>
sealed class LostAnswer : DelegatingHandler
{
    readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal);
    string? _lose;
    string? _drop;

    public void LoseNext(string path) => _lose = path;

    public void DropNext(string path) => _drop = path;

    /// <summary>Requests of this path that the marketplace got.</summary>
    public int Passed(string path) => _passed.Where(pair => pair.Key.Contains(path, StringComparison.Ordinal)).Sum(pair => pair.Value);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (_drop is not null && path.Contains(_drop, StringComparison.Ordinal))
        {
            _drop = null;
            throw new HttpRequestException("The line is dead.");
        }

        _passed[path] = _passed.GetValueOrDefault(path) + 1;
        var answer = await base.SendAsync(request, cancellationToken);
        if (_lose is null || !path.Contains(_lose, StringComparison.Ordinal))
            return answer;
        _lose = null;
        answer.Dispose();
        throw new HttpRequestException("The line is dead.");
    }
}
