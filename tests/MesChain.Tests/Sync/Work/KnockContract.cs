using System.Globalization;
using System.Net;
using MesChain.Server.Platform.Data;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Sync.Work;

/// <summary>Knocking at a shop's door.</summary>
public abstract class KnockContract(Engine engine) : IAsyncLifetime
{
    static readonly byte[] Secret = "0123456789abcdef0123456789abcdef"u8.ToArray();

    readonly Door _door = new();
    SyncRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, adjust: services => services.AddHttpClient(Knock.ClientName).ConfigurePrimaryHttpMessageHandler(() => _door));
        await _rig.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update stores set callback_url = 'http://shop.invalid/knock' where id = @StoreId", new { _rig.StoreId });
                await _rig.Get<ISecrets>().PutAsync(tx, _rig.StoreId, ShopStores.KnockSecret, Secret, null, "test");
            },
            default);
        await _rig.AddVariantAsync("a", "869a", listed: 9);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Nobody_knocks_without_an_order_to_pull()
    {
        await TurnAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30));
        Assert.Empty(_door.Heard);
    }

    [Fact]
    public async Task A_knock_is_empty_and_signed_and_comes_again_only_for_something_new_or_after_a_while()
    {
        await SellAsync();
        await TurnAsync(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(1));
        var (time, signature, length) = Assert.Single(_door.Heard);
        Assert.Equal(0, length);
        Assert.Equal(Knock.Sign(Secret, time, _rig.StoreId), signature);
        Assert.InRange(_rig.Clock.GetUtcNow().ToUnixTimeSeconds() - long.Parse(time, CultureInfo.InvariantCulture), 0, 60);

        await SellAsync();
        await TurnAsync(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));
        Assert.Equal(2, _door.Heard.Count);
        await TurnAsync(TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(1));
        Assert.Equal(3, _door.Heard.Count);
    }

    [Fact]
    public async Task A_shop_that_does_not_answer_is_knocked_at_ever_more_seldom_and_the_owner_is_told()
    {
        _door.Answer = HttpStatusCode.InternalServerError;
        await SellAsync();
        await TurnAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));
        Assert.InRange(_door.Heard.Count, 4, 10);
        Assert.Equal("open", await _rig.ScalarAsync<string>("select state from issues where store_id = @StoreId and code = 'SHOP_UNREACHABLE'", new { _rig.StoreId }));
        _door.Answer = HttpStatusCode.Accepted;
        await TurnAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(5));
        Assert.Equal("resolved", await _rig.ScalarAsync<string>("select state from issues where store_id = @StoreId and code = 'SHOP_UNREACHABLE'", new { _rig.StoreId }));
    }

    async Task SellAsync()
    {
        _rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = 1 }] });
        await _rig.PassAsync(TimeSpan.FromSeconds(16));
        await _rig.PumpAsync();
    }

    async Task TurnAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            await _rig.PassAsync(step);
            await _rig.Get<Knock>().RunOnceAsync(default);
        }
    }

    sealed class Door : HttpMessageHandler
    {
        public HttpStatusCode Answer { get; set; } = HttpStatusCode.Accepted;

        public List<(string Time, string Signature, int Length)> Heard { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Heard.Add((request.Headers.GetValues("x-meschain-time").Single(), request.Headers.GetValues("x-meschain-signature").Single(), body.Length));
            return new(Answer);
        }
    }
}

public sealed class KnocksOnSqlite() : KnockContract(Engine.Sqlite);

public sealed class KnocksOnPostgres() : KnockContract(Engine.Postgres);
