using System.CommandLine;
using Google.Protobuf;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Does not take goods back.</summary>
static class RejectCommand
{
    static readonly Argument<string> Reason = new("reason") { Description = "One of: meschain sync claim reasons" };
    static readonly Argument<string> Text = new("text") { Description = "Why, for the marketplace's people: at most 500 characters" };
    static readonly Option<FileInfo> File = new("--file") { Description = "Proof: a JPEG, PNG or PDF of at most 2 MiB; some reasons ask for it" };

    public static Command Make(Runner runner) =>
        runner.Command("reject", "Does not take the goods back; the marketplace decides then.", RunAsync, Decisions.Id, Reason, Text, File, Decisions.Item);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var reject = new RejectClaim { ReasonId = parsed.GetRequiredValue(Reason), Text = parsed.GetRequiredValue(Text) };
        if (parsed.GetValue(File) is { } file)
        {
            if (!file.Exists)
                throw new UsageException($"There is no file {file.Name}.");
            reject.File = new() { FileName = file.Name, ContentType = TypeOf(file.Extension), Content = ByteString.CopyFrom(await System.IO.File.ReadAllBytesAsync(file.FullName, session.Stop)) };
        }

        return await Decisions.DecideAsync(session, parsed, new() { Reject = reject }, "the rejection is handed in");
    }

    static string TypeOf(string extension) => extension.ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => "image/jpeg",
        ".png" => "image/png",
        ".pdf" => "application/pdf",
        _ => throw new UsageException("A proof is a .jpg, .png or .pdf file."),
    };
}
