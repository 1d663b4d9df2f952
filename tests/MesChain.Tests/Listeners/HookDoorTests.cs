using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Hooks;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Listeners;

/// <summary>Where marketplaces call. The program's clock stands and the connection is paused, so only calls ask for a reading.</summary>
public sealed class HookDoorTests : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly HookSecrets _secrets = HookSecrets.Draw();
    readonly Guid _connection = Ids.New(TimeProvider.System);
    TestServer _server = null!;
    HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        _http = _server.HttpWith("");
        var store = await _server.StoreAsync("shop");
        await _server.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    """
                    insert into connections (store_id, id, marketplace, environment, mode, health, name, seller_id, secret_path, created_ms)
                    values (@store, @_connection, 'trendyol', 'sandbox', 'paused', 'ok', 'Trendyol', '1', 'credentials', 1)
                    """,
                    new { store, _connection });
                await _server.Services.GetRequiredService<HookStore>().BeginAsync(tx, store, _connection, _secrets);
            },
            Cancel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_call_of_the_marketplace_leaves_a_reading_behind_whatever_it_says()
    {
        foreach (var body in new[] { "{}", "no JSON at all", new string('x', 1_000_000) })
        {
            Assert.Equal(HttpStatusCode.OK, await CallAsync(_connection.ToWire(), _secrets.Secret, $"{HookSecrets.User}:{_secrets.Password}", body));
            Assert.NotEqual(0, await AskedAsync());
        }

    }

    [Fact]
    public async Task Who_does_not_know_both_secrets_finds_nothing_and_is_told_to_wait_after_twenty_tries()
    {
        var right = $"{HookSecrets.User}:{_secrets.Password}";
        var wire = _connection.ToWire();
        var tries = new (string Connection, string Secret, string? User)[]
        {
            (wire, "wrong", right), (wire, _secrets.Secret, null), (wire, _secrets.Secret, "meschain:wrong"), (wire, _secrets.Secret, _secrets.Password),
            (wire, _secrets.Secret[..^1], right), (wire, new string('x', 5000), right), (Ids.New(TimeProvider.System).ToWire(), _secrets.Secret, right), ("nothing", _secrets.Secret, right),
        };
        foreach (var (connection, secret, user) in tries)
            Assert.Equal(HttpStatusCode.NotFound, await CallAsync(connection, secret, user));
        for (var i = tries.Length; i < 20; i++)
            Assert.Equal(HttpStatusCode.NotFound, await CallAsync(wire, "wrong", right));
        Assert.Equal(HttpStatusCode.TooManyRequests, await CallAsync(wire, "wrong", right));
        Assert.Equal(0, await AskedAsync());
        // Nobody locks the marketplace out by trying.
        Assert.Equal(HttpStatusCode.OK, await CallAsync(wire, _secrets.Secret, right));
    }

    [Fact]
    public async Task Its_secrets_are_in_no_log_and_in_no_table()
    {
        await CallAsync(_connection.ToWire(), _secrets.Secret, $"{HookSecrets.User}:{_secrets.Password}");
        foreach (var secret in new[] { _secrets.Secret, _secrets.Password })
            Assert.DoesNotContain(_server.Logs, line => (line.Text + line.Exception).Contains(secret, StringComparison.Ordinal));
        var hook = await _server.Db.ReadAsync(tx => _server.Services.GetRequiredService<HookStore>().FindAsync(tx, _connection), Cancel);
        Assert.Equal((32, 32), (hook!.SecretHash.Length, hook.PasswordHash.Length));
        Assert.DoesNotContain(_secrets.Secret, _secrets.ToString(), StringComparison.Ordinal);
    }

    Task<long> AskedAsync() => _server.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from messages where kind = 'pull-orders'"), Cancel);

    async Task<HttpStatusCode> CallAsync(string connection, string secret, string? user, string body = "{}")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hooks/{connection}/{secret}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (user is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        using var answer = await _http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
