using System.CommandLine;
using MesChain.Client;

namespace MesChain.Cli;

/// <summary>The options that every command understands: which server, which key, which store, which form.</summary>
sealed class ConnectionOptions(Func<string, string?> environment)
{
    readonly Option<string> _server = new("--server") { Description = "The server's gRPC address. Default: MESCHAIN_SERVER, or http://127.0.0.1:50051", Recursive = true };
    readonly Option<string> _key = new("--key") { Description = "The API key. Default: MESCHAIN_KEY", Recursive = true };
    readonly Option<string> _store = new("--store") { Description = "The store, by id or short name. Default: MESCHAIN_STORE, or the only one the key reaches", Recursive = true };
    readonly Option<bool> _json = new("--json") { Description = "JSON instead of tables", Recursive = true };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(_server);
        root.Options.Add(_key);
        root.Options.Add(_store);
        root.Options.Add(_json);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public string Store(ParseResult parsed) => parsed.GetValue(_store) ?? environment("MESCHAIN_STORE") ?? "";

    public MesChainClientOptions Client(ParseResult parsed)
    {
        var server = parsed.GetValue(_server) ?? environment("MESCHAIN_SERVER") ?? "http://127.0.0.1:50051";
        var address = Address(server);
        var key = parsed.GetValue(_key) ?? environment("MESCHAIN_KEY");
        return string.IsNullOrWhiteSpace(key)
            ? throw new UsageException("No key: give --key or set MESCHAIN_KEY. The first start of a server writes one to <data>/bootstrap-key.")
            : new() { Server = address, Key = key.Trim() };
    }

    public static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
            ? address
            : throw new UsageException($"'{text}' is no address: it looks like http://127.0.0.1:50051");
}

/// <summary>The command line asks for something that cannot be.</summary>
sealed class UsageException(string message) : Exception(message);
