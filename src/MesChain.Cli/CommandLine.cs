using System.CommandLine;
using System.CommandLine.Parsing;
using MesChain.Cli.Commands;

namespace MesChain.Cli;

/// <summary>The whole command line. A command's file path is its command line: <c>Commands/Queue/PeekCommand.cs</c> is <c>meschain queue peek</c>.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line and answers its exit code (see <see cref="ExitCode"/>).</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="input">Opens what a secret's value is read from; null means standard input.</param>
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, TextWriter output, TextWriter error, CancellationToken stop, Func<Stream>? input = null)
    {
        var connection = new ConnectionOptions(environment);
        var runner = new Runner(connection, output, error, input ?? Console.OpenStandardInput, asks: input is null && !Console.IsInputRedirected);
        var root = new RootCommand("Talks to a MesChain-Sync server.")
        {
            StatusCommand.Make(runner),
            new Command("queue", "Queues and their messages.")
            {
                Commands.Queue.ListCommand.Make(runner),
                Commands.Queue.PeekCommand.Make(runner),
                Commands.Queue.RedriveCommand.Make(runner),
            },
            new Command("secret", "Secrets, and the keys that they are sealed under.")
            {
                Commands.Secret.PutCommand.Make(runner),
                Commands.Secret.GetCommand.Make(runner),
                Commands.Secret.ListCommand.Make(runner),
                Commands.Secret.VersionsCommand.Make(runner),
                Commands.Secret.LabelCommand.Make(runner),
                Commands.Secret.DisableCommand.Make(runner),
                Commands.Secret.EnableCommand.Make(runner),
                Commands.Secret.DestroyCommand.Make(runner),
                Commands.Secret.DeleteCommand.Make(runner),
                Commands.Secret.UndeleteCommand.Make(runner),
                Commands.Secret.RotateCommand.Make(runner),
                Commands.Secret.RotateRootCommand.Make(runner),
                Commands.Secret.RetireCommand.Make(runner),
                Commands.Secret.StatusCommand.Make(runner),
                Commands.Secret.VerifyCommand.Make(runner),
            },
            Selling(runner),
            Operating(runner),
            DemoCommand.Make(runner),
        };
        connection.AddTo(root);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors)
                await error.WriteLineAsync(fault.Message);
            await error.WriteLineAsync($"See: meschain {Path(parsed.CommandResult)}--help");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, stop);
    }

    static Command Listing(Runner runner) =>
        new Command("listings", "Products that are listed at a marketplace from here.")
        {
            Commands.Sync.Listings.ListCommand.Make(runner),
            Commands.Sync.Listings.CreateCommand.Make(runner),
            Commands.Sync.Listings.ShowCommand.Make(runner),
            Commands.Sync.Listings.StopCommand.Make(runner),
            Commands.Sync.Listings.ResumeCommand.Make(runner),
        };

    static Command Selling(Runner runner) =>
        new Command("sync", "Connections, offers and orders, and what is wrong with them.")
        {
            new Command("catalog", "What the marketplace describes products with, and how the shop's goods are said so.")
            {
                Commands.Sync.Catalog.CategoriesCommand.Make(runner),
                Commands.Sync.Catalog.AttributesCommand.Make(runner),
                Commands.Sync.Catalog.OptionsCommand.Make(runner),
                Commands.Sync.Catalog.BrandsCommand.Make(runner),
                Commands.Sync.Catalog.MappingsCommand.Make(runner),
                Commands.Sync.Catalog.MapCommand.Make(runner),
                Commands.Sync.Catalog.RevertCommand.Make(runner),
            },
            Listing(runner),
            Commands.Sync.ConnectionsCommand.Make(runner),
            Connecting(runner),
            Commands.Sync.ProgressCommand.Make(runner),
            Commands.Sync.WavesCommand.Make(runner),
            new Command("wave", "One wave that was stopped.")
            {
                Commands.Sync.Wave.ReleaseCommand.Make(runner),
                Commands.Sync.Wave.RejectCommand.Make(runner),
            },
            Commands.Sync.IssuesCommand.Make(runner),
            new Command("issue", "One issue.")
            {
                Commands.Sync.Issue.ShowCommand.Make(runner),
                Commands.Sync.Issue.ResolveCommand.Make(runner),
            },
            Commands.Sync.OffersCommand.Make(runner),
            Commands.Sync.OrdersCommand.Make(runner),
            Commands.Sync.TimelineCommand.Make(runner),
            Commands.Sync.ClaimsCommand.Make(runner),
            new Command("claim", "One claim: what is decided about it, and where its goods are.")
            {
                Commands.Sync.Claim.ApproveCommand.Make(runner),
                Commands.Sync.Claim.RejectCommand.Make(runner),
                Commands.Sync.Claim.ReasonsCommand.Make(runner),
                Commands.Sync.Claim.ReceiveCommand.Make(runner),
                Commands.Sync.Claim.RestockCommand.Make(runner),
                Commands.Sync.Claim.ScrapCommand.Make(runner),
                Commands.Sync.Claim.LoseCommand.Make(runner),
            },
            Commands.Sync.QuestionsCommand.Make(runner),
            new Command("question", "One question.")
            {
                Commands.Sync.Question.AnswerCommand.Make(runner),
            },
            new Command("order", "One order, and what is done with its packages.")
            {
                Commands.Sync.Order.ShowCommand.Make(runner),
                Commands.Sync.Order.PickCommand.Make(runner),
                Commands.Sync.Order.UnsupplyCommand.Make(runner),
                Commands.Sync.Order.SplitCommand.Make(runner),
                Commands.Sync.Order.ShipCommand.Make(runner),
                Commands.Sync.Order.InvoiceCommand.Make(runner),
                Commands.Sync.Order.LabelCommand.Make(runner),
            },
        };

    static Command Connecting(Runner runner) =>
        new Command("connection", "One connection: its key, what it does and what it sends.")
        {
            Commands.Sync.Connection.CreateCommand.Make(runner),
            Commands.Sync.Connection.TestCommand.Make(runner),
            Commands.Sync.Connection.ModeCommand.Make(runner),
            Commands.Sync.Connection.UpdateCommand.Make(runner),
            Commands.Sync.Connection.DeleteCommand.Make(runner),
        };

    static Command Operating(Runner runner) =>
        new Command("ops", "Keys, health and the ledger.")
        {
            new Command("keys", "The keys by which callers enter.")
            {
                Commands.Ops.Keys.CreateCommand.Make(runner),
                Commands.Ops.Keys.ListCommand.Make(runner),
                Commands.Ops.Keys.RotateCommand.Make(runner),
                Commands.Ops.Keys.RevokeCommand.Make(runner),
            },
            Commands.Ops.HealthCommand.Make(runner),
            Commands.Ops.AuditCommand.Make(runner),
            new Command("ledger", "The proof of what happened.")
            {
                Commands.Ops.Ledger.HeadCommand.Make(runner),
                Commands.Ops.Ledger.VerifyCommand.Make(runner),
                Commands.Ops.Ledger.ExportCommand.Make(runner),
            },
        };

    static string Path(CommandResult command) => command.Parent is CommandResult parent ? $"{Path(parent)}{command.Command.Name} " : "";
}

/// <summary>What a script can tell from the exit code.</summary>
static class ExitCode
{
    public const int Fine = 0;

    /// <summary>The server refused, or the answer is "not well".</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No server answered.</summary>
    public const int Unreachable = 3;
}
