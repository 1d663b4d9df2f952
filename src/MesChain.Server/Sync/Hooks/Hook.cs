using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Hooks;

/// <summary>
/// Both secrets of a hook, known only while it is registered: the last part of its address, which alone would end up in the logs of
/// proxies, and the password.
/// </summary>
public sealed record HookSecrets(string Secret, string Password)
{
    /// <summary>The user that the marketplace shows beside the password.</summary>
    public const string User = "meschain";

    const int Bytes = 24;

    public static HookSecrets Draw() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>192 random bits need no slow hash.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public override string ToString() => "(hook)";
}

/// <summary>A hook at rest.</summary>
public sealed class Hook
{
    public Guid StoreId { get; init; }

    public Guid ConnectionId { get; init; }

    public byte[] SecretHash { get; init; } = [];

    public byte[] PasswordHash { get; init; } = [];

    public long? WokenMs { get; init; }

    public bool IsAt(string secret) => CryptographicOperations.FixedTimeEquals(SecretHash, HookSecrets.Hash(secret));

    public bool Opens(string password) => CryptographicOperations.FixedTimeEquals(PasswordHash, HookSecrets.Hash(password));
}

static class HookRemoval
{
    /// <summary>By the connection's id alone: the public address may have changed, or be gone, since it was registered.</summary>
    public static async Task RemoveAllOfAsync(this IWebhooks marketplace, SellerAccess access, Guid connectionId, CancellationToken cancel)
    {
        foreach (var hook in await marketplace.ReadWebhooksAsync(access, cancel))
        {
            if (hook.Address.AbsolutePath.Contains($"/hooks/{connectionId.ToWire()}/", StringComparison.OrdinalIgnoreCase))
                await marketplace.RemoveWebhookAsync(access, hook.WebhookId, cancel);
        }
    }
}
