using System.CommandLine;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;

namespace MesChain.Cli.Commands.Ops.Ledger;

/// <summary>Rows with their proof, as a file that is verified without a server.</summary>
static class ExportCommand
{
    static readonly Argument<FileInfo> Target = new("file") { Description = "Where to write; it must not be there yet" };
    static readonly Option<long> First = new("--from") { Description = "The first row. Default: 1" };
    static readonly Option<long> Last = new("--to") { Description = "The last row. Default: the last one under the newest head" };

    public static Command Make(Runner runner) => runner.Command("export", "Writes rows with everything that proves them to a file.", RunAsync, Target, First, Last, OpsInputs.System);

    /// <summary>The lines of an export as they arrive.</summary>
    public static async IAsyncEnumerable<string> LinesAsync(Session session, string storeId, long first, long last)
    {
        using var call = session.Channel.Ops.ExportProof(new ExportProofRequest { StoreId = storeId, FirstSeq = first, LastSeq = last }, cancellationToken: session.Stop);
        await foreach (var part in call.ResponseStream.ReadAllAsync(session.Stop))
        {
            foreach (var line in part.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                yield return line;
        }
    }

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var target = parsed.GetRequiredValue(Target);
        if (target.Exists)
            throw new UsageException($"{target.FullName} is there already.");
        var storeId = await OpsInputs.StoreIdAsync(session, parsed);
        // Under another name until it is whole: a file that was broken off must not look like an export.
        var unfinished = target.FullName + ".part";
        var rows = 0L;
        await using (var writer = File.CreateText(unfinished))
        {
            await foreach (var line in LinesAsync(session, storeId, parsed.GetValue(First), parsed.GetValue(Last)))
            {
                rows += line.StartsWith("{\"row\"", StringComparison.Ordinal) ? 1 : 0;
                await writer.WriteLineAsync(line.AsMemory(), session.Stop);
            }
        }

        File.Move(unfinished, target.FullName);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(("rows", Terminal.Number(rows)));
        else
            session.Terminal.Line($"{Terminal.Number(rows)} rows in {target.FullName}. Check them with: meschain ops ledger verify {target.Name}");
        return ExitCode.Fine;
    }
}
