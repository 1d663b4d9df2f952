using System.Net.Http.Headers;

namespace MesChain.Marketplaces.Http;

/// <summary>A form with files, as bytes: a call is repeated from them, and its boundary must be the same each time.</summary>
sealed class Multipart : IDisposable
{
    readonly MultipartFormDataContent _content = [];

    // Names in quotes: some servers read them no other way.
    public Multipart Add(string name, string value)
    {
        var part = new StringContent(value);
        part.Headers.ContentType = null;
        part.Headers.ContentDisposition = new("form-data") { Name = $"\"{name}\"" };
        _content.Add(part);
        return this;
    }

    public Multipart Add(string name, string fileName, string contentType, ReadOnlyMemory<byte> bytes)
    {
        var part = new ReadOnlyMemoryContent(bytes);
        part.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        part.Headers.ContentDisposition = new("form-data") { Name = $"\"{name}\"", FileName = $"\"{Plain(fileName)}\"" };
        _content.Add(part);
        return this;
    }

    public async Task<MarketplaceCall> OnAsync(MarketplaceCall call, CancellationToken cancel) =>
        call with { Body = await _content.ReadAsByteArrayAsync(cancel), BodyType = _content.Headers.ContentType!.ToString() };

    public void Dispose() => _content.Dispose();

    // What a file is called must not reach into the header around it.
    static string Plain(string fileName) => string.Concat(fileName.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '_'));
}
