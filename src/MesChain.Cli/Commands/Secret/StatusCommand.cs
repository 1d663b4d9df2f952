using System.CommandLine;
using MesChain.Contracts.Secret.V1;

namespace MesChain.Cli.Commands.Secret;

/// <summary>How the store's keys and the root key stand.</summary>
static class StatusCommand
{
    public static Command Make(Runner runner) => runner.Command("status", "Shows the store's keys, the root key and which node holds which.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var status = await session.Channel.Secrets.GetRotationStatusAsync(new() { StoreId = await session.StoreIdAsync() }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(status);
            return ExitCode.Fine;
        }

        if (status.Generations.Count == 0)
            session.Terminal.Line("The store has no key yet; its first value makes one.");
        else
            session.Terminal.Table(["generation", "state", "stored", "moved", "since", "waits for"], status.Generations.Select(Row));
        if (status.Root is not { } root)
            return ExitCode.Fine;

        session.Terminal.Line($"root key {root.Fingerprint}{(root.NextFingerprint.Length > 0 ? $", being replaced by {root.NextFingerprint}: {Terminal.Number(root.KeysLeft)} keys are left" : "")}");
        session.Terminal.Table(["node", "holds", ""], root.Nodes.Select(node => new[] { node.Name, string.Join(' ', node.RootFingerprints), node.Silent ? "silent" : "" }));
        return ExitCode.Fine;
    }

    static string[] Row(KekGeneration one) =>
    [
        Terminal.Number(one.Generation),
        Terminal.Word(one.State) + (one.State == KekState.DecryptOnly && one.RewrapTime is not null ? " (may be retired)" : ""),
        Terminal.Number(one.StoredValues),
        Terminal.Number(one.MovedValues),
        Terminal.Time(one.RetireTime ?? one.ActivateTime ?? one.CreateTime),
        string.Join(", ", one.WaitsForNodes),
    ];
}
