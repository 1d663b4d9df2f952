using System.CommandLine;
using System.Text.Json;
using MesChain.Cli.Ledger;

namespace MesChain.Cli.Commands.Ops.Ledger;

/// <summary>
/// Checks an export without a server, or the server's ledger by an export that is read at once. Exit code 1 with the first bad
/// position where it is not whole.
/// </summary>
static class VerifyCommand
{
    static readonly Argument<FileInfo?> Source = new("file") { Description = "An export. None: what the server has now", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<FileInfo?> Earlier = new("--earlier") { Description = "A head kept from before (head, or head --json), which the ledger must go on from" };
    static readonly Option<string?> Trust = new("--trust") { Description = "The verifier key that must have signed. Default: the one in the export" };

    public static Command Make(Runner runner) => runner.Command("verify", "Checks that no row was changed, removed, inserted or moved.", RunAsync, Source, Earlier, Trust, OpsInputs.System);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var verifier = new LedgerVerifier(parsed.GetValue(Trust), parsed.GetValue(Earlier) is { } earlier ? Note(await ReadAsync(earlier, session.Stop)) : null);
        var lines = parsed.GetValue(Source) is { } file ? FileLines(file) : ExportCommand.LinesAsync(session, await OpsInputs.StoreIdAsync(session, parsed), 0, 0);
        Finding? finding = null;
        await foreach (var line in lines.WithCancellation(session.Stop))
        {
            if ((finding = verifier.Read(line)) is not null)
                break;
        }

        finding ??= verifier.End();
        Say(session.Terminal, verifier, finding);
        return finding is null ? ExitCode.Fine : ExitCode.Failed;
    }

    static void Say(Terminal terminal, LedgerVerifier verifier, Finding? finding)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(
                ("whole", finding is null ? "true" : "false"), ("first", Terminal.Number(verifier.Rows.First)), ("last", Terminal.Number(verifier.Rows.Last)), ("size", Terminal.Number(verifier.Size)),
                ("finding", JsonSerializer.Serialize(finding?.What ?? "")), ("at", Terminal.Number(finding?.At ?? 0)), ("sentence", JsonSerializer.Serialize(finding?.Sentence ?? "")));
        }
        else if (finding is null)
        {
            terminal.Line($"Whole: rows {Terminal.Number(verifier.Rows.First)} to {Terminal.Number(verifier.Rows.Last)} of {Terminal.Number(verifier.Size)}, under this head:");
            terminal.Line(verifier.Head.TrimEnd('\n'));
        }
        else
        {
            terminal.Line($"NOT WHOLE at row {Terminal.Number(finding.At)}: {finding.Sentence} [{finding.What}]");
        }
    }

    /// <summary>The note itself, or the answer of <c>head --json</c> that holds it.</summary>
    static string Note(string text)
    {
        if (!text.StartsWith('{'))
            return text;
        try
        {
            using var answer = JsonDocument.Parse(text);
            return answer.RootElement.TryGetProperty("note", out var note) ? note.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    static async IAsyncEnumerable<string> FileLines(FileInfo file)
    {
        using var reader = Open(file);
        while (await reader.ReadLineAsync() is { } line)
            yield return line;
    }

    static async Task<string> ReadAsync(FileInfo file, CancellationToken stop)
    {
        using var reader = Open(file);
        return await reader.ReadToEndAsync(stop);
    }

    static StreamReader Open(FileInfo file)
    {
        try
        {
            return file.OpenText();
        }
        catch (IOException fault)
        {
            throw new UsageException($"{file.FullName} cannot be read: {fault.Message}");
        }
    }
}
