using MesChain.Cli;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>Runs a command line as a shell would, in this process, and keeps what it said.</summary>
sealed class Shell(IReadOnlyDictionary<string, string> environment)
{
    public static Shell Of(TestServer server, string? key = null) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MESCHAIN_SERVER"] = server.GrpcAddress.ToString(),
        ["MESCHAIN_KEY"] = key ?? server.AdminKey,
    });

    public Task<Said> RunAsync(params string[] args) => RunAsync("", args);

    /// <param name="input">What is typed or piped into it.</param>
    public async Task<Said> RunAsync(string input, string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(args, environment.GetValueOrDefault, output, error, TestContext.Current.CancellationToken, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)));
        return new(code, output.ToString(), error.ToString());
    }
}

sealed record Said(int Code, string Output, string Error);
