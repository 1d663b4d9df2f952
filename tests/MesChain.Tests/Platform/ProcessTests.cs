using System.Globalization;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The program from outside: verbs, signals, exit codes.</summary>
public sealed class ProcessTests : IDisposable
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly string _folder = Directory.CreateTempSubdirectory("meschain-process-").FullName;
    readonly int _grpc = PrivatePostgres.FreePort();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_stop_ends_streams_and_long_polls_keeps_what_was_acknowledged_and_exits_with_0(string signal)
    {
        await using var server = ServerProcess.Start(Arguments());
        await server.ListeningAsync();
        using var channel = Channel();
        var store = (await new StoreService.StoreServiceClient(channel).CreateStoreAsync(new() { Slug = "a", Name = "A" }, cancellationToken: Cancel)).Store.Id;
        await new QueueService.QueueServiceClient(channel).CreateQueueAsync(new() { StoreId = store, Queue = new() { Name = "q" } }, cancellationToken: Cancel);

        var poll = new QueueService.QueueServiceClient(channel).ReceiveAsync(new() { StoreId = store, Queue = "q", Wait = new() { Seconds = 20 } }, cancellationToken: Cancel);
        using var watch = new SyncService.SyncServiceClient(channel).WatchEvents(new() { StoreId = store }, cancellationToken: Cancel);
        await watch.ResponseHeadersAsync;
        await server.SignalAsync(signal);

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Cancel))
            {
                // What was told before the stop is not what is asked here.
            }
        });
        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
        Assert.Equal("SHUTTING_DOWN", Refusal.Of(ended).Reason);
        Assert.Equal("SHUTTING_DOWN", (await Refusal.OfAsync(poll)).Reason);
        Assert.Equal(0, await server.ExitCodeAsync());

        await using var again = ServerProcess.Start(Arguments());
        await again.ListeningAsync();
        using var second = Channel();
        Assert.Equal(store, Assert.Single((await new StoreService.StoreServiceClient(second).ListStoresAsync(new(), cancellationToken: Cancel)).Stores).Id);
        await again.SignalAsync("TERM");
        Assert.Equal(0, await again.ExitCodeAsync());
    }

    [Fact]
    public async Task A_normal_stop_is_told_without_an_error_and_without_a_warning()
    {
        await using var server = ServerProcess.Start(Arguments());
        await server.ListeningAsync();
        using var channel = Channel();
        // A load balancer that watches, a page that waits for news, a worker that waits for work, and more questions as long as one is answered.
        using var health = new Health.HealthClient(channel).Watch(new(), cancellationToken: Cancel);
        Assert.True(await health.ResponseStream.MoveNext(Cancel));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.ResponseStream.Current.Status);
        var store = (await new StoreService.StoreServiceClient(channel).CreateStoreAsync(new() { Slug = "a", Name = "A" }, cancellationToken: Cancel)).Store.Id;
        using var watch = new SyncService.SyncServiceClient(channel).WatchEvents(new() { StoreId = store }, cancellationToken: Cancel);
        await watch.ResponseHeadersAsync;
        var asking = AskAsync();
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.NotEqual(StatusCode.OK, await asking);

        Assert.Contains(server.Lines, line => line.Contains("Application is shutting down", StringComparison.Ordinal));
        // The form of production has a level where it is none of Information.
        Assert.DoesNotContain(server.Lines, line => line.Contains("\"@l\"", StringComparison.Ordinal) && !LogLine.TellsOfASlowMachine(line));

        async Task<StatusCode> AskAsync()
        {
            using var second = Channel();
            try
            {
                while (true)
                    await new Health.HealthClient(second).CheckAsync(new(), cancellationToken: Cancel);
            }
            catch (RpcException ended)
            {
                return ended.StatusCode;
            }
        }
    }

    [Fact]
    public async Task The_first_key_is_in_a_file_of_its_owner_and_never_in_the_log()
    {
        await using var server = ServerProcess.Start(Arguments());
        await server.ListeningAsync();
        var file = Path.Combine(_folder, "data", "bootstrap-key");
        var key = await File.ReadAllTextAsync(file, Cancel);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "data")));
        Assert.Contains(server.Lines, line => line.Contains(file, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Lines, line => line.Contains(key.Split('_')[2], StringComparison.Ordinal));
        using var channel = Channel();
        Assert.Equal("sqlite", (await new OpsService.OpsServiceClient(channel).GetVersionAsync(new(), cancellationToken: Cancel)).Engine);
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_does_not_start_and_says_why()
    {
        await using var server = ServerProcess.Start(Arguments());
        await server.ListeningAsync();
        await using var second = ServerProcess.Start([.. Arguments()[..1], "--MesChain:Listeners:Grpc=127.0.0.1:0", "--MesChain:Listeners:Http=127.0.0.1:0"]);
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains(second.Lines, line => line.StartsWith("meschain-server does not start: the data folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var server = ServerProcess.Start(Arguments());
        await server.ListeningAsync();
        await using var second = ServerProcess.Start([$"--MesChain:Data={_folder}/other", .. Arguments()[1..]]);
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains(second.Lines, line => line.Contains($"127.0.0.1:{_grpc}", StringComparison.Ordinal) && line.StartsWith("meschain-server does not start:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_names_every_fault_at_once_and_every_setting_with_its_origin()
    {
        await using var bad = ServerProcess.Start("check", "--MesChain:Auth:Login=99:00:00", "--MesChain:Listeners:Http=0.0.0.0:80", "--MesChain:Rpc:MessageMax=many", "--MesChain:Quee:Depth=1", "--MesChain:StopMax=99:00:00");
        Assert.Equal(2, await bad.ExitCodeAsync());
        Assert.Equal(
            ["MesChain", "MesChain:Auth", "MesChain:Listeners", "MesChain:Quee:Depth", "MesChain:Rpc"],
            bad.Lines.Where(line => line.StartsWith("fault  ", StringComparison.Ordinal)).Select(line => line["fault  ".Length..].Split(": ")[0]).Order(StringComparer.Ordinal));

        await using var good = ServerProcess.Start("check", "--MesChain:Database:Postgres=Host=db;Password=canary", "--MesChain:StopMax=00:00:09");
        Assert.Equal(0, await good.ExitCodeAsync());
        Assert.Contains("MesChain:StopMax = 00:00:09  (command line)", good.Lines);
        Assert.Contains("MesChain:Auth:Login = 12:00:00  (default)", good.Lines);
        Assert.Contains("MesChain:Database:Postgres = (set)  (command line)", good.Lines);
        Assert.DoesNotContain(good.Lines, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_with_bad_settings_touches_nothing()
    {
        await using var server = ServerProcess.Start([.. Arguments(), "--MesChain:Auth:Login=99:00:00"]);
        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    [Fact]
    public async Task Migrate_brings_the_schema_and_ends()
    {
        await using var migrate = ServerProcess.Start(["migrate", .. Arguments()]);
        Assert.Equal(0, await migrate.ExitCodeAsync());
        Assert.True(File.Exists(Path.Combine(_folder, "data", "meschain.db")));
        Assert.False(File.Exists(Path.Combine(_folder, "data", "bootstrap-key")));
    }

    [Fact]
    public async Task A_verb_that_is_none_is_refused()
    {
        await using var server = ServerProcess.Start("redrive");
        Assert.Equal(2, await server.ExitCodeAsync());
    }

    string[] Arguments() =>
    [
        $"--MesChain:Data={_folder}/data",
        string.Create(CultureInfo.InvariantCulture, $"--MesChain:Listeners:Grpc=127.0.0.1:{_grpc}"),
        "--MesChain:Listeners:Http=127.0.0.1:0",
    ];

    GrpcChannel Channel()
    {
        var key = File.ReadAllText(Path.Combine(_folder, "data", "bootstrap-key"));
        var credentials = CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("authorization", "Bearer " + key);
            return Task.CompletedTask;
        });
        return GrpcChannel.ForAddress(
            $"http://127.0.0.1:{_grpc}",
            new GrpcChannelOptions { Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials), UnsafeUseInsecureChannelCallCredentials = true });
    }
}
