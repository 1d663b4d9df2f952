using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>What both decisions name beside the connection.</summary>
static class Decision
{
    public static readonly Argument<int> Seen = new("offers") { Description = "How many would go to zero, as 'sync waves' showed it; when another number waits by now, nothing is done" };
}
