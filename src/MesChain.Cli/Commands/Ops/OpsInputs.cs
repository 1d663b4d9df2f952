using System.CommandLine;
using Grpc.Core;
using MesChain.Client;

namespace MesChain.Cli.Commands.Ops;

/// <summary>What several of these commands ask for.</summary>
static class OpsInputs
{
    const string Nil = "00000000-0000-0000-0000-000000000000";

    public static readonly Option<bool> System = new("--system") { Description = "What belongs to no store, instead of a store. Needs a key that is bound to none" };

    /// <summary>The secret alone on its line, so that it can be cut out.</summary>
    public static void ShowSecret(Terminal terminal, string token, string sentence)
    {
        terminal.Line($"{sentence} This is shown once; nobody can show it again:");
        terminal.Line(token);
    }

    public static async Task<string> StoreIdAsync(Session session, ParseResult parsed)
    {
        if (parsed.GetValue(System))
            return Nil;
        try
        {
            return await session.StoreIdAsync();
        }
        catch (MesChainRpcException refused) when (refused.StatusCode == StatusCode.PermissionDenied)
        {
            // A key that may audit need not be one that lists stores: then the id is given, or the key is bound to it.
            return session.Store;
        }
    }
}
