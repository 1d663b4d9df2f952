using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// The first key, which may do everything: taken from <c>MESCHAIN_BOOTSTRAP_KEY</c>, or from the file of an earlier start, or
/// drawn on a database without keys and written to a file that only its owner reads. Only the path is ever logged.
/// </summary>
public sealed partial class BootstrapKey(ApiKeyStore keys, DataFolder folder, IConfiguration configuration, ILogger<BootstrapKey> log)
{
    public const string Variable = "MESCHAIN_BOOTSTRAP_KEY";
    const string FileName = "bootstrap-key";

    public async Task EnsureAsync(CancellationToken cancel)
    {
        var path = folder.File(FileName);
        if (configuration[Variable] is { Length: > 0 } given)
        {
            if (!ApiToken.TryParse(given, out var token))
                throw new StartRefusedException($"{Variable} must look like mck_<16 hexadecimal digits>_<64 hexadecimal digits>, all in lower case.");
            await PutAsync(token, cancel);
        }
        else if (File.Exists(path))
        {
            if (!ApiToken.TryParse((await File.ReadAllTextAsync(path, cancel)).Trim(), out var token))
                throw new StartRefusedException($"{path} holds no key. Restore it, or delete it if another admin key is at hand.");
            await PutAsync(token, cancel);
        }
        else if (!await keys.AnyAsync(cancel))
        {
            var token = ApiToken.Draw();
            folder.WriteSecret(FileName, token.Reveal());
            await PutAsync(token, cancel);
            Written(path);
        }
    }

    Task PutAsync(ApiToken token, CancellationToken cancel) =>
        keys.PutAsync(new() { Id = token.Id, Name = "bootstrap", Scopes = "*", SecretHash = token.Hash() }, cancel);

    [LoggerMessage(9201, LogLevel.Information, "The first admin key is in {Path}")]
    partial void Written(string path);
}
