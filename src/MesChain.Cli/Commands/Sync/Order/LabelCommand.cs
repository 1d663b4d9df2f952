using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Writes the labels of a package to a file for the printer. They are never shown: the buyer's address is on them.</summary>
static class LabelCommand
{
    static readonly Option<FileInfo> Target = new("--to") { Description = "Where to write; readable by you alone", Required = true };
    static readonly Option<bool> Force = new("--force") { Description = "Write over a file that is there" };
    static readonly Option<int> Boxes = new("--boxes") { Description = "How many boxes the package fills: one label each. Default: as many as were made before, or one" };

    public static Command Make(Runner runner) =>
        runner.Command("label", "Writes the marketplace's labels of a package to a file, one after the other.", RunAsync, Packages.Number, Target, Force, Boxes, Packages.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var target = parsed.GetRequiredValue(Target);
        var force = parsed.GetValue(Force);
        if (target.Exists && !force)
            throw new UsageException($"{target.FullName} is there already; --force writes over it.");
        var order = await Packages.OrderAsync(session, parsed);
        var package = Packages.Meant(order, parsed).PackageId;
        var answer = await session.Channel.Orders.GetLabelAsync(
            new() { StoreId = await session.StoreIdAsync(), OrderId = order.Id, PackageId = package, Boxes = parsed.GetValue(Boxes) }, cancellationToken: session.Stop);

        // Under another name until it is whole: half a label must not reach the printer.
        var unfinished = target.FullName + ".part";
        File.Delete(unfinished);
        var mine = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(unfinished, mine))
        {
            foreach (var label in answer.Labels)
            {
                await file.WriteAsync(label.Content.Memory, session.Stop);
                await file.WriteAsync("\n"u8.ToArray(), session.Stop);
            }
        }

        File.Move(unfinished, target.FullName, overwrite: force);
        var format = answer.Labels[0].Format;
        if (session.Terminal.Json)
            session.Terminal.WriteJson(("package_id", package), ("labels", Terminal.Number(answer.Labels.Count)), ("format", format));
        else
            session.Terminal.Line($"{Terminal.Number(answer.Labels.Count)} {(answer.Labels.Count == 1 ? "label" : "labels")} of package {package} in {target.FullName} ({format}).");
        return ExitCode.Fine;
    }
}
