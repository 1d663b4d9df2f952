using System.CommandLine;
using Grpc.Core;
using MesChain.Client;

namespace MesChain.Cli;

/// <summary>Runs a command with a session, and says in one sentence what went wrong.</summary>
/// <param name="asks">Somebody sits at the terminal, and can be asked.</param>
sealed class Runner(ConnectionOptions connection, TextWriter output, TextWriter error, Func<Stream> openInput, bool asks)
{
    public Command Command(string name, string description, Func<Session, ParseResult, Task<int>> run, params Symbol[] inputs)
    {
        var command = new Command(name, description);
        foreach (var input in inputs)
        {
            if (input is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)input);
        }

        command.SetAction((parsed, stop) => RunAsync(parsed, run, stop));
        return command;
    }

    async Task<int> RunAsync(ParseResult parsed, Func<Session, ParseResult, Task<int>> run, CancellationToken stop)
    {
        using var session = new Session(() => connection.Client(parsed), new Terminal(output, connection.Json(parsed)), connection.Store(parsed), openInput, asks, stop);
        try
        {
            return await run(session, parsed);
        }
        catch (UsageException fault)
        {
            return await SayAsync(fault.Message, ExitCode.Usage);
        }
        catch (RpcException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Fine;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Fine;
        }
        catch (MesChainRpcException refused)
        {
            return await SayAsync(Sentence(refused, session.Server), refused.StatusCode == StatusCode.Unavailable && refused.Reason.Length == 0 ? ExitCode.Unreachable : ExitCode.Failed);
        }
    }

    async Task<int> SayAsync(string sentence, int code)
    {
        await error.WriteLineAsync(sentence);
        return code;
    }

    static string Sentence(MesChainRpcException refused, string server) => refused switch
    {
        { StatusCode: StatusCode.Unavailable, Reason.Length: 0 } => $"No server answers at {server} ({refused.Status.Detail}). Is it running? --server or MESCHAIN_SERVER names another.",
        { StatusCode: StatusCode.DeadlineExceeded } => $"The server at {server} did not answer in time.",
        { StatusCode: StatusCode.Unauthenticated } => $"The server refuses the key: {refused.Status.Detail} [{refused.Reason}]",
        { Violations.Count: > 0 } => "The server refuses the request: " + string.Join("; ", refused.Violations.Select(bad => $"{bad.Field} {bad.Why}")) + $" [{refused.Reason}]",
        { Reason.Length: > 0 } => $"{refused.Status.Detail} [{refused.Reason}]",
        _ => $"{refused.StatusCode}: {refused.Status.Detail}",
    };
}
