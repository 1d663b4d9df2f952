using System.Text.Json;
using System.Text.Json.Serialization;

namespace MesChain.Server.Sync.Connections;

/// <summary>A seller's key and secret in the clear, between the wire, the vault and an adapter. Its text form is fixed.</summary>
public sealed partial class SellerKeys(string apiKey, string apiSecret)
{
    public string ApiKey { get; } = apiKey;

    public string ApiSecret { get; } = apiSecret;

    /// <summary>As it lies in the vault: UTF-8 JSON.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Default.SellerKeys);

    public static SellerKeys FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Json.Default.SellerKeys) ?? throw new JsonException("The stored credentials are empty.");

    public override string ToString() => "(seller keys)";

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(SellerKeys))]
    sealed partial class Json : JsonSerializerContext;
}
