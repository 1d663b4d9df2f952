using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keys;

/// <summary>What is known of a key without its secret.</summary>
public sealed record ApiKey
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public Guid? StoreId { get; init; }

    /// <summary>Joined by blanks, as stored.</summary>
    public required string Scopes { get; init; }

    public required byte[] SecretHash { get; init; }

    public long CreatedMs { get; init; }

    public long? ExpiresMs { get; init; }

    public long? RevokedMs { get; init; }

    /// <summary>How often its secret was replaced.</summary>
    public long Rotation { get; init; }

    public long? RotatedMs { get; init; }

    /// <summary>The hash of the secret before, which opens until <see cref="PreviousUntilMs"/>.</summary>
    public byte[]? PreviousHash { get; init; }

    public long? PreviousUntilMs { get; init; }

    /// <summary>The beginning of the hour in which it was last used.</summary>
    public long? UsedMs { get; init; }

    public bool Lives(long nowMs) => RevokedMs is null && !(ExpiresMs <= nowMs);

    /// <summary>Whether the secret of that rotation opens: the newest one, or the one before it while callers change over.</summary>
    public bool Opens(long rotation, long nowMs) => rotation == Rotation || (rotation == Rotation - 1 && PreviousUntilMs > nowMs);

    public Rpc.Caller ToCaller() => new(Id, Scopes.Split(' ').ToHashSet(StringComparer.Ordinal), StoreId);
}

/// <summary>
/// The bearer's form: <c>mck_&lt;id&gt;_&lt;secret&gt;</c>, an id of 16 and a 256-bit secret of 64 hexadecimal digits. The secret is
/// drawn, not chosen, so one plain SHA-256 of it is enough at rest.
/// </summary>
public sealed record ApiToken(string Id, byte[] Secret)
{
    const string Prefix = "mck_";
    const int IdLength = 16;
    const int SecretLength = 64;

    public static ApiToken Draw() => new(RandomNumberGenerator.GetHexString(IdLength, lowercase: true), RandomNumberGenerator.GetBytes(SecretLength / 2));

    public static bool TryParse(string? text, [NotNullWhen(true)] out ApiToken? token)
    {
        token = null;
        if (text is null || text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
            return false;
        var id = text.Substring(Prefix.Length, IdLength);
        if (!id.All(char.IsAsciiHexDigitLower))
            return false;
        var secret = new byte[SecretLength / 2];
        if (Convert.FromHexString(text.AsSpan(Prefix.Length + IdLength + 1), secret, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        token = new(id, secret);
        return true;
    }

    public byte[] Hash() => SHA256.HashData(Secret);

    /// <summary>Which of the key's secrets this is; null when it is none that opens now.</summary>
    public long? Rotation(ApiKey key, long nowMs)
    {
        var hash = Hash();
        var newest = CryptographicOperations.FixedTimeEquals(hash, key.SecretHash);
        var previous = key.PreviousHash is { } before && CryptographicOperations.FixedTimeEquals(hash, before);
        return newest ? key.Rotation
            : previous && key.Opens(key.Rotation - 1, nowMs) ? key.Rotation - 1
            : null;
    }

    /// <summary>The full bearer text. Named so that no log or exception makes it by accident.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Convert.ToHexStringLower(Secret)}";

    public override string ToString() => Prefix + Id;
}
