using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>What commands on one connection share: how it is named, where its key comes from, and what is said when it has changed.</summary>
static class Accounts
{
    public static readonly Argument<string> Name = new("connection") { Description = "The connection, by name or id" };

    public static readonly Option<FileInfo> KeyFile = new("--key-file")
    {
        Description = "Reads the marketplace's API key and secret from this file, one a line, instead of asking for them or reading them from standard input",
    };

    /// <summary>The store and the one connection that is meant.</summary>
    public static async Task<(string Store, Contracts.Sync.V1.Connection Connection)> MeantAsync(Session session, ParseResult parsed)
    {
        var (store, name) = (await session.StoreIdAsync(), parsed.GetRequiredValue(Name));
        return await session.ConnectionsAsync(store, name) is [var only]
            ? (store, only)
            : throw new UsageException($"Several connections are called '{name}'; name one by its id: meschain sync connections");
    }

    /// <summary>Never from an argument, which would stand in the shell's history and in the list of processes.</summary>
    public static async Task<Credentials> ReadKeyAsync(Session session, ParseResult parsed)
    {
        if (parsed.GetValue(KeyFile) is null && session.Asks)
            return Sound(await Terminal.AskAsync("API key", session.Stop), await Terminal.AskAsync("API secret", session.Stop));
        try
        {
            using var reader = new StreamReader(parsed.GetValue(KeyFile)?.OpenRead() ?? session.OpenInput());
            return Sound(await reader.ReadLineAsync(session.Stop), await reader.ReadLineAsync(session.Stop));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The key file cannot be read: {fault.Message}");
        }
    }

    static Credentials Sound(string? key, string? secret) => string.IsNullOrWhiteSpace(key) || string.IsNullOrWhiteSpace(secret)
        ? throw new UsageException("The marketplace's API key and its API secret are needed, each on a line of its own. The seller panel shows them under integration.")
        : new() { ApiKey = key.Trim(), ApiSecret = secret.Trim() };

    public static int Show(Session session, Contracts.Sync.V1.Connection connection, string sentence)
    {
        if (session.Terminal.Json)
            session.Terminal.WriteJson(connection);
        else
            session.Terminal.Line(sentence);
        return ExitCode.Fine;
    }
}
