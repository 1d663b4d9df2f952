using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Secret;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Sync.Face;

public abstract class StoreTests(FaceServer face) : FaceTest(face)
{
    StoreService.StoreServiceClient Admin => new(Face.Server.Channel);

    [Fact]
    public async Task A_bound_key_sees_its_own_store_and_no_other()
    {
        var other = await Face.OpenStoreAsync();
        Assert.Equal(Shop.Id.ToWire(), Assert.Single((await Shop.Stores.ListStoresAsync(new())).Stores).Id);
        var refusal = await Refusal.OfAsync(Shop.Stores.UpdateStoreAsync(new() { StoreId = other.Id.ToWire(), Name = "mine" }));
        Assert.Equal((StatusCode.NotFound, "UNKNOWN_RESOURCE"), (refusal.Status, refusal.Reason));
        Assert.Equal(StatusCode.PermissionDenied, (await Refusal.OfAsync(Shop.Stores.CreateStoreAsync(new() { Slug = "more", Name = "More" }))).Status);
    }

    [Fact]
    public async Task A_slug_is_given_once()
    {
        var slug = (await Shop.Stores.ListStoresAsync(new())).Stores[0].Slug;
        var refusal = await Refusal.OfAsync(Admin.CreateStoreAsync(new() { Slug = slug, Name = "Again" }));
        Assert.Equal((StatusCode.AlreadyExists, "SLUG_TAKEN"), (refusal.Status, refusal.Reason));
    }

    [Fact]
    public async Task A_repeated_creation_makes_one_store()
    {
        var request = new CreateStoreRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), Slug = Ids.New(TimeProvider.System).ToWire(), Name = "Bir" };
        var made = await Admin.CreateStoreAsync(request);
        Assert.Equal(made, await Admin.CreateStoreAsync(request));
        request.Name = "İki";
        Assert.Equal("REQUEST_ID_REUSED", (await Refusal.OfAsync(Admin.CreateStoreAsync(request))).Reason);
    }

    [Fact]
    public async Task Every_bad_field_of_a_store_is_named()
    {
        var creation = await Refusal.OfAsync(Admin.CreateStoreAsync(new() { RequestId = "7", Slug = "Büyük", Name = "", CurrencyCode = "EUR" }));
        Assert.Equal(StatusCode.InvalidArgument, creation.Status);
        Assert.Equal(["currency_code", "name", "request_id", "slug"], creation.Fields);

        var change = await Refusal.OfAsync(Shop.Stores.UpdateStoreAsync(new() { Name = "a\nb", CallbackUrl = "ftp://shop/", CallbackSecret = "short" }));
        Assert.Equal(["callback_secret", "callback_url", "name"], change.Fields);
        Assert.Equal(["callback_url"], (await Refusal.OfAsync(Shop.Stores.UpdateStoreAsync(new() { CallbackUrl = "http://shop.example/\0", CallbackSecret = new('s', 40) }))).Fields);
        Assert.Equal(["callback_secret"], (await Refusal.OfAsync(Shop.Stores.UpdateStoreAsync(new() { CallbackSecret = new('s', 40) }))).Fields);
        Assert.Equal(["page_size", "page_token"], (await Refusal.OfAsync(Admin.ListStoresAsync(new() { PageSize = -1, PageToken = "x" }))).Fields);
        Assert.Equal(["store_id"], (await Refusal.OfAsync(Admin.UpdateStoreAsync(new() { Name = "A" }))).Fields);
    }

    [Fact]
    public async Task The_knocking_secret_lies_in_the_vault_until_knocking_ends()
    {
        var secrets = Face.Server.Services.GetRequiredService<ISecrets>();
        var secret = "sır " + new string('x', 30);
        var changed = await Shop.Stores.UpdateStoreAsync(new() { CallbackUrl = "https://shop.example/index.php?route=meschain", CallbackSecret = secret });
        Assert.Equal("https://shop.example/index.php?route=meschain", changed.Store.CallbackUrl);
        Assert.Equal(secret, System.Text.Encoding.UTF8.GetString((await secrets.GetAsync(Shop.Id, "knock", "system:test", Stop)).Bytes.Span));

        Assert.Equal("", (await Shop.Stores.UpdateStoreAsync(new() { CallbackUrl = "" })).Store.CallbackUrl);
        await Assert.ThrowsAsync<Server.Platform.Errors.UnknownResourceException>(() => secrets.GetAsync(Shop.Id, "knock", "system:test", Stop));
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name()
    {
        await Shop.Stores.UpdateStoreAsync(new() { CallbackUrl = "https://shop.example/", CallbackSecret = new('x', 32) });
        var renamed = await Shop.Stores.UpdateStoreAsync(new() { Name = "Yeni Ad" });
        Assert.Equal(("Yeni Ad", "https://shop.example/", "TRY"), (renamed.Store.Name, renamed.Store.CallbackUrl, renamed.Store.CurrencyCode));
    }

    [Fact]
    public async Task Pages_of_stores_hold_every_store_once_in_order_of_age()
    {
        var second = await Face.OpenStoreAsync();
        var seen = new List<string>();
        var token = "";
        do
        {
            var page = await Admin.ListStoresAsync(new() { PageSize = 3, PageToken = token });
            Assert.InRange(page.Stores.Count, 1, 3);
            seen.AddRange(page.Stores.Select(store => store.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(seen.Distinct().Order(StringComparer.Ordinal), seen);
        Assert.Contains(Shop.Id.ToWire(), seen);
        Assert.Contains(second.Id.ToWire(), seen);
    }

    [Fact]
    public async Task A_token_of_another_list_is_refused_by_name()
    {
        await Face.OpenStoreAsync();
        var token = (await Admin.ListStoresAsync(new() { PageSize = 1 })).NextPageToken;
        Assert.NotEmpty(token);
        Assert.Equal(["page_token"], (await Refusal.OfAsync(Shop.Stores.ListConnectionsAsync(new() { PageToken = token }))).Fields);
        Assert.Equal(["page_token"], (await Refusal.OfAsync(Admin.ListStoresAsync(new() { PageToken = token[..^4] }))).Fields);
    }
}

[Collection(SqliteFaces.Name)]
public sealed class StoresOnSqlite(FaceOnSqlite face) : StoreTests(face);

[Collection(PostgresFaces.Name)]
public sealed class StoresOnPostgres(FaceOnPostgres face) : StoreTests(face);
