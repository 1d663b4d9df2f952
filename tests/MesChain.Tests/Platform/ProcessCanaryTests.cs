using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Keys;
using MesChain.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MesChain.Tests.Platform;

/// <summary>The planted secrets again, in what the real process writes: its two outputs as a log collector gets them, and its files.</summary>
public sealed partial class ProcessCanaryTests : IDisposable
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly string _folder = Directory.CreateTempSubdirectory("meschain-canary-").FullName;

    string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_secret_and_no_buyer_is_in_what_the_process_writes_while_it_serves_while_it_fails_and_when_it_dies()
    {
        var admin = ApiToken.Draw().Reveal();
        var (grpc, http) = (Loopback(), Loopback());
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [BootstrapKey.Variable] = admin, [RootKey.PassphraseVariable] = Canaries.Word + " altı rastgele kelime",
            // Nobody answers there, and that is told.
            ["MESCHAIN__Redis"] = "127.0.0.1:1,password=" + Canaries.Word,
        };
        await using var server = ServerProcess.StartIn(_folder, secrets, ["--MesChain:Data=" + Data, "--MesChain:Listeners:Grpc=" + grpc.Authority, "--MesChain:Listeners:Http=" + http.Authority, .. Canaries.Loud]);
        await server.ListeningAsync();
        using var canaries = new Canaries(grpc, http, admin);
        await canaries.PlantAsync(Cancel);
        await BreakAsync();
        await canaries.FailAsync(Cancel);
        var limits = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/limits"), Cancel);
        var served = server.Lines.ToList();

        // .NET swallows the first one (dotnet/runtime#99495).
        var exit = server.ExitCodeAsync();
        while (!exit.IsCompleted)
            await server.SignalAsync("ABRT");
        Assert.Equal(134, await exit);

        var levels = served.Select(line => JsonDocument.Parse(line).RootElement).Select(line => line.TryGetProperty("@l", out var level) ? level.GetString()! : "Information").ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "Verbose", "Debug", "Information", "Error" }, levels);
        Canaries.AssertNoneIn(string.Join('\n', server.Lines) + canaries.Said, admin.Split('_')[2]);
        await Canaries.AssertNoneInFilesAsync(_folder, Cancel, admin.Split('_')[2]);
        // The keys of all stores are in its memory, which a crash must not leave on a disk.
        Assert.Matches(NoCore(), limits);
        Assert.False(File.Exists(Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"coredump.{server.Id}"))));
    }

    [Theory]
    [InlineData("MESCHAIN__Database__Postgres", "Host=127.0.0.1;Password=geheim;kanarya7f3c", "MesChain:Database")]
    [InlineData("MESCHAIN__Database__Postgres", "Host=127.0.0.1;Password=geheim;kanarya7f3c=1", "MesChain:Database")]
    [InlineData("MESCHAIN__Database__Postgres", "kanarya7f3c", "MesChain:Database")]
    [InlineData("MESCHAIN__Database__Postgres", "Password=kanarya7f3c", "MesChain:Database")]
    [InlineData("MESCHAIN__Database__Postgres", "Host=127.0.0.1;Port=kanarya7f3c", "MesChain:Database")]
    [InlineData("MESCHAIN__Database__Postgres", "Host=127.0.0.1;Port=1;Username=u;Password=kanarya7f3c;Timeout=1", "127.0.0.1:1")]
    [InlineData("MESCHAIN__Redis", "127.0.0.1:6379,password=geheim,kanarya7f3c=1", "MesChain:")]
    [InlineData(RootKey.PassphraseVariable, "kanarya7f3c", RootKey.PassphraseVariable)]
    [InlineData(RootKey.Variable, "kanarya7f3c", RootKey.Variable)]
    [InlineData(BootstrapKey.Variable, "mck_kanarya7f3c", BootstrapKey.Variable)]
    public async Task A_secret_setting_that_is_wrong_is_named_and_not_repeated(string variable, string value, string named)
    {
        await using var server = ServerProcess.StartIn(
            _folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value },
            ["--MesChain:Data=" + Data, "--MesChain:Listeners:Grpc=" + Loopback().Authority, "--MesChain:Listeners:Http=" + Loopback().Authority, .. Canaries.Loud]);
        Assert.InRange(await server.ExitCodeAsync(), 1, 2);
        var said = string.Join('\n', server.Lines);
        Assert.Contains(named, said, StringComparison.Ordinal);
        Canaries.AssertNoneIn(said, "geheim");
    }

    /// <summary>Takes tables away under the running server: its statements fail with secrets in their parameters.</summary>
    async Task BreakAsync()
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Data, "meschain.db"), Pooling = false, DefaultTimeout = 30 }.ToString());
        await connection.OpenAsync(Cancel);
        foreach (var table in new[] { "secret_versions", "connections", "issues" })
        {
            await using var command = new SqliteCommand($"alter table {table} rename to {table}_gone", connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    static Uri Loopback() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{PrivatePostgres.FreePort()}"));

    [GeneratedRegex(@"^Max core file size +0 +0 ", RegexOptions.Multiline)]
    private static partial Regex NoCore();
}
