using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using ServerProgram = MesChain.Server.Program;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Support;

/// <summary>
/// The real program on loopback ports of its own, over either engine. It remembers what was logged, and a test that ends with an
/// Error line which it did not expect has failed.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    readonly string _folder;
    readonly string[] _settings;
    readonly TimeProvider? _clock;
    readonly Action<WebApplicationBuilder>? _adjust;
    readonly List<IDisposable> _clients = [];
    WebApplication? _app;
    bool _errorsAreFine;

    TestServer(string folder, string[] settings, TimeProvider? clock, Action<WebApplicationBuilder>? adjust)
    {
        _folder = folder;
        _settings = settings;
        _clock = clock;
        _adjust = adjust;
    }

    /// <summary>A key that may do everything and is bound to no store.</summary>
    public string AdminKey { get; } = ApiToken.Draw().Reveal();

    public Uri GrpcAddress { get; private set; } = null!;

    public Uri HttpAddress { get; private set; } = null!;

    /// <summary>gRPC with the admin key.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    /// <summary>The HTTP/1.1 door with the admin key; redirects are not followed.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public Db Db => Services.GetRequiredService<Db>();

    /// <summary>Every line logged since the start, over restarts.</summary>
    public ConcurrentQueue<LogLine> Logs { get; } = new();

    public string DataFolder => Path.Combine(_folder, "data");

    /// <param name="clock">Replaces the program's clock. Loops then turn only when it is advanced.</param>
    /// <param name="adjust">Changes services after all slices registered theirs.</param>
    /// <param name="settings">As on the command line: <c>--MesChain:Section:Key=value</c>.</param>
    public static async Task<TestServer> StartAsync(Engine engine, TimeProvider? clock = null, Action<WebApplicationBuilder>? adjust = null, params string[] settings)
    {
        var database = engine == Engine.Postgres ? await (await PostgresServer.GetAsync()).CreateDatabaseAsync() : "";
        var folder = Directory.CreateTempSubdirectory("meschain-server-").FullName;
        var server = new TestServer(folder, [$"--MesChain:Database:Postgres={database}", .. settings], clock, adjust);
        await server.StartAsync();
        return server;
    }

    /// <summary>Stops gracefully and starts again on the same data and the same ports.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Says that this test provokes Error lines.</summary>
    public void ExpectErrors() => _errorsAreFine = true;

    /// <summary>gRPC with another key; empty sends none.</summary>
    public GrpcChannel ChannelWith(string token)
    {
        var channel = GrpcChannel.ForAddress(GrpcAddress, new GrpcChannelOptions { HttpHandler = new KeyHandler(token, new SocketsHttpHandler()), DisposeHttpClient = true });
        _clients.Add(channel);
        return channel;
    }

    /// <summary>gRPC-Web over HTTP/1.1 with another key; empty sends none.</summary>
    public GrpcChannel WebChannelWith(string token)
    {
        var channel = GrpcChannel.ForAddress(
            HttpAddress,
            new GrpcChannelOptions { HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new KeyHandler(token, new SocketsHttpHandler())), HttpVersion = HttpVersion.Version11, DisposeHttpClient = true });
        _clients.Add(channel);
        return channel;
    }

    /// <summary>The HTTP/1.1 door with another key; empty sends none.</summary>
    public HttpClient HttpWith(string token)
    {
        var client = new HttpClient(new KeyHandler(token, new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })) { BaseAddress = HttpAddress };
        _clients.Add(client);
        return client;
    }

    /// <summary>Makes a key in the database, as CreateApiKey would, and answers its bearer text.</summary>
    public async Task<string> KeyAsync(Guid? store, params string[] scopes)
    {
        var token = ApiToken.Draw();
        var keys = Services.GetRequiredService<ApiKeyStore>();
        await Db.WriteAsync(tx => keys.AddAsync(tx, new() { Id = token.Id, Name = "test", StoreId = store, Scopes = string.Join(' ', scopes), SecretHash = token.Hash() }), default);
        return token.Reveal();
    }

    /// <summary>Makes a store in the database and answers its id.</summary>
    public async Task<Guid> StoreAsync(string slug)
    {
        var id = Ids.New(TimeProvider.System);
        await Db.WriteAsync(tx => tx.ExecuteAsync($"insert into stores (id, slug, name, currency_code, created_ms) values (@id, @slug, @slug, 'TRY', {tx.Db.Now})", new { id, slug }), default);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
        var errors = Logs.Where(line => line.Level >= LogLevel.Error).ToList();
        if (!_errorsAreFine && errors.Count > 0)
            Assert.Fail("The server logged errors: " + string.Join('\n', errors.Select(line => $"{line.Text} {line.Exception?.Split(" at ")[0]}")));
    }

    async Task StartAsync()
    {
        GrpcAddress ??= Loopback();
        HttpAddress ??= Loopback();
        _app = ServerProgram.Map(ServerProgram.Build(
            [
                $"--MesChain:Data={DataFolder}", $"--MesChain:Listeners:Grpc={GrpcAddress.Authority}", $"--MesChain:Listeners:Http={HttpAddress.Authority}",
                $"--{BootstrapKey.Variable}={AdminKey}", .. _settings,
            ],
            Adjust));
        await _app.StartAsync();
        Channel = ChannelWith(AdminKey);
        Http = HttpWith(AdminKey);
    }

    void Adjust(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddProvider(new LogRecorder(Logs));
        if (_clock is not null)
            builder.Services.AddSingleton(_clock);
        _adjust?.Invoke(builder);
    }

    async Task StopAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        _clients.Clear();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }

    static Uri Loopback() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{PrivatePostgres.FreePort()}"));

    sealed class KeyHandler(string token, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (token.Length > 0 && request.Headers.Authorization is null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
