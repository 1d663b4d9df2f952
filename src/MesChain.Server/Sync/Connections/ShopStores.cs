using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Secret;

namespace MesChain.Server.Sync.Connections;

/// <summary>Stores: the tenants. Their ids are never used again, their rows never deleted.</summary>
public sealed class ShopStores(ISecrets secrets, TimeProvider clock)
{
    /// <summary>Where the secret with which knocks are signed lies.</summary>
    public const string KnockSecret = "knock";

    /// <exception cref="AlreadyThereException">The slug is in use.</exception>
    public async Task<Guid> CreateAsync(Tx tx, NewStore store)
    {
        var id = Ids.New(clock);
        var inserted = await tx.ExecuteAsync(
            $"""
            insert into stores (id, slug, name, currency_code, created_ms)
            values (@id, @Slug, @Name, @CurrencyCode, {tx.Db.Now})
            on conflict (slug) do nothing
            """,
            new { id, store.Slug, store.Name, store.CurrencyCode });
        return inserted == 1 ? id : throw new AlreadyThereException(Reasons.SlugTaken, $"The slug \"{store.Slug}\" is in use.");
    }

    /// <exception cref="UnknownResourceException">There is none.</exception>
    public async Task<StoreRow> GetAsync(Tx tx, Guid id) =>
        await tx.OneAsync<StoreRow>("select id, slug, name, currency_code, callback_url, created_ms from stores where id = @id", new { id })
        ?? throw new UnknownResourceException("store", id.ToWire());

    /// <summary>Refuses a store that does not exist, and keeps changes of its connections apart until the transaction ends.</summary>
    public async Task HoldAsync(Tx tx, Guid id)
    {
        if (await tx.ScalarAsync<string>($"select slug from stores where id = @id {tx.Db.ForUpdate}", new { id }) is null)
            throw new UnknownResourceException("store", id.ToWire());
    }

    /// <summary>Oldest first. The store of rows that belong to no store is nobody's shop.</summary>
    public Task<IReadOnlyList<StoreRow>> ListAsync(Tx tx, Guid? after, int limit) =>
        tx.QueryAsync<StoreRow>(
            "select id, slug, name, currency_code, callback_url, created_ms from stores where id > @after order by id limit @limit",
            new { after = after ?? Ids.SystemStore, limit });

    public async Task<StoreRow> UpdateAsync(Tx tx, Guid id, StoreChange change, string actor)
    {
        await HoldAsync(tx, id);
        if (change.Name is not null)
            await tx.ExecuteAsync("update stores set name = @Name where id = @id", new { id, change.Name });
        if (change.CallbackUrl is not null)
        {
            await tx.ExecuteAsync("update stores set callback_url = @CallbackUrl where id = @id", new { id, change.CallbackUrl });
            if (change.CallbackUrl.Length == 0)
                await secrets.DeleteAsync(tx, id, KnockSecret, actor);
            else
                await secrets.PutAsync(tx, id, KnockSecret, change.CallbackSecret, cas: null, actor);
        }

        return await GetAsync(tx, id);
    }
}

public sealed record NewStore(string Slug, string Name, string CurrencyCode);

/// <summary>Null leaves a thing as it is.</summary>
public sealed class StoreChange(string? name, string? callbackUrl, byte[] callbackSecret)
{
    public string? Name { get; } = name;

    public string? CallbackUrl { get; } = callbackUrl;

    public ReadOnlyMemory<byte> CallbackSecret { get; } = callbackSecret;
}

public sealed record StoreRow
{
    public required Guid Id { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; init; }

    public required string CurrencyCode { get; init; }

    public required string CallbackUrl { get; init; }

    public required long CreatedMs { get; init; }
}
