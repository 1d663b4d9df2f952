using Google.Protobuf;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keys;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;
using System.Globalization;

namespace MesChain.Server.Ops;

/// <summary>Making, listing and ending keys, within what the caller's own key may reach.</summary>
sealed class ApiKeys(Db db, ApiKeyStore keys, Authenticator authenticator, Repeats repeats, LedgerRows ledger)
{
    /// <exception cref="ForbiddenException">The caller does not have a scope that he wants to give.</exception>
    public async Task<(ApiKey Key, ApiToken Token)> CreateAsync(Caller caller, NewKey wanted, IMessage request, CancellationToken cancel)
    {
        RefuseMore(caller, wanted.Scopes);
        var token = ApiToken.Draw();
        var key = new ApiKey { Id = token.Id, Name = wanted.Name, StoreId = wanted.StoreId, Scopes = string.Join(' ', wanted.Scopes), SecretHash = token.Hash(), ExpiresMs = wanted.ExpiresMs };
        var made = await db.WriteAsync(
            tx => repeats.OnceAsync(tx, caller, wanted.StoreId ?? Ids.SystemStore, "CreateApiKey", wanted.RequestId, request, () => AddAsync(tx, caller, key), ShownOnceAsync),
            cancel);
        return (made, token);
    }

    /// <summary>Newest first; a bound caller sees the keys of his store.</summary>
    public Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, KeyCursor after, int limit, CancellationToken cancel) =>
        keys.ListAsync(caller.BoundStore, after.CreatedMs, after.Id, limit, cancel);

    /// <summary>Gives a key a new secret; the one before opens for <paramref name="grace"/> longer.</summary>
    /// <exception cref="ForbiddenException">The key may do what the caller may not: its secret would give it to him.</exception>
    public async Task<(ApiKey Key, ApiToken Token)> RotateAsync(Caller caller, string id, TimeSpan grace, Guid? requestId, IMessage request, CancellationToken cancel)
    {
        var token = ApiToken.Draw() with { Id = id };
        var rotated = await db.WriteAsync(
            async tx =>
            {
                var standing = await ReachableAsync(tx, caller, id);
                RefuseMore(caller, standing.Scopes.Split(' '));
                return await repeats.OnceAsync(
                    tx, caller, standing.StoreId ?? Ids.SystemStore, "RotateApiKey", requestId, request, async () => (await ReplaceAsync(tx, caller, standing, token, grace), id), ShownOnceAsync);
            },
            cancel);
        authenticator.Forget(id);
        return (rotated, token);
    }

    public async Task<ApiKey> RevokeAsync(Caller caller, string id, CancellationToken cancel)
    {
        var key = await db.WriteAsync(
            async tx =>
            {
                var standing = await ReachableAsync(tx, caller, id);
                if (await keys.RevokeAsync(tx, id) > 0)
                    await ledger.AppendAsync(tx, standing.StoreId ?? Ids.SystemStore, "key.revoked", "key:" + id, caller.Actor);
                return (await keys.FindAsync(tx, id))!;
            },
            cancel);
        authenticator.Forget(id);
        return key;
    }

    static void RefuseMore(Caller caller, IEnumerable<string> scopes)
    {
        if (scopes.Where(scope => !caller.Has(scope)).ToList() is { Count: > 0 } missing)
            throw new ForbiddenException($"Your own key does not have {string.Join(", ", missing)}; a key cannot give what it does not have.");
    }

    /// <summary>A key of another store looks as if it did not exist.</summary>
    async Task<ApiKey> ReachableAsync(Tx tx, Caller caller, string id) =>
        await keys.FindAsync(tx, id) is { } standing && (caller.BoundStore is not { } store || standing.StoreId == store)
            ? standing
            : throw new UnknownResourceException("api_key", id);

    async Task<ApiKey> ReplaceAsync(Tx tx, Caller caller, ApiKey standing, ApiToken token, TimeSpan grace)
    {
        if (!standing.Lives(await tx.NowMsAsync()))
            throw new PreconditionException(Reasons.KeyEnded, "key:" + standing.Id, "The key has ended; make another.");
        await keys.RotateAsync(tx, standing.Id, token.Hash(), grace);
        await ledger.AppendAsync(tx, standing.StoreId ?? Ids.SystemStore, "key.rotated", "key:" + standing.Id, caller.Actor);
        return (await keys.FindAsync(tx, standing.Id))!;
    }

    async Task<(ApiKey, string)> AddAsync(Tx tx, Caller caller, ApiKey key)
    {
        if (key.StoreId is { } store && await tx.ScalarAsync<long>("select count(*) from stores where id = @store", new { store }) == 0)
            throw new UnknownResourceException("store", store.ToWire());
        await keys.AddAsync(tx, key);
        await ledger.AppendAsync(tx, key.StoreId ?? Ids.SystemStore, "key.made", "key:" + key.Id, caller.Actor, key.Scopes);
        return ((await keys.FindAsync(tx, key.Id))!, key.Id);
    }

    static Task<ApiKey> ShownOnceAsync(string id) =>
        throw new AlreadyThereException(Reasons.SecretShownOnce, $"This request was done before: the secret of key {id} was shown then and is kept nowhere. Rotate it, or revoke it and make another.")
        {
            Metadata = { ["key_id"] = id },
        };
}

/// <summary>A key as it was asked for.</summary>
sealed record NewKey(Guid? RequestId, string Name, Guid? StoreId, IReadOnlyList<string> Scopes, long? ExpiresMs);

/// <summary>The last key of the page before.</summary>
sealed record KeyCursor(long CreatedMs, string Id)
{
    static readonly KeyCursor Start = new(long.MaxValue, "");

    /// <summary>Empty begins; null is no token of ours.</summary>
    public static KeyCursor? Parse(string token) =>
        token.Length == 0 ? Start
        : token.Split('.') is [var created, var id] && id.All(char.IsAsciiHexDigitLower) && long.TryParse(created, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? new(ms, id)
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedMs}.{Id}");
}
