namespace MesChain.Marketplaces;

/// <summary>
/// Has the marketplace tell of changed packages. What it tells is a hint: it may come twice, late, out of order or never, and nothing
/// signs it. The package is read afterwards, and orders are read at intervals all the same.
/// </summary>
public interface IWebhooks
{
    /// <summary>How many a seller may have, also those that rest.</summary>
    int WebhooksMax { get; }

    /// <summary>What the published rules refuse about a wish, judged without a call; null when it may be sent.</summary>
    MarketplaceFault? JudgeWebhook(WebhookWish wish);

    /// <summary>Returns the marketplace's id of it. After an uncertain outcome the list tells whether it is there.</summary>
    Task<string> RegisterWebhookAsync(SellerAccess access, WebhookWish wish, CancellationToken cancel);

    Task<IReadOnlyList<MarketplaceWebhook>> ReadWebhooksAsync(SellerAccess access, CancellationToken cancel);

    /// <summary>Puts all of <paramref name="wish"/> in the place of what was registered.</summary>
    Task ReplaceWebhookAsync(SellerAccess access, string webhookId, WebhookWish wish, CancellationToken cancel);

    Task RemoveWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel);

    /// <summary>Wakes one that rests: marketplaces put it to rest by themselves when it fails for long.</summary>
    Task ArmWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel);

    Task DisarmWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel);

    /// <summary>
    /// What a received body says, read by the code that reads orders. Throws a <see cref="MarketplaceFault"/> of kind
    /// <see cref="FaultKind.Malformed"/> when it is no such body.
    /// </summary>
    IReadOnlyList<MarketplacePackage> ReadHint(ReadOnlySpan<byte> body);
}

/// <summary>How the marketplace shows that it is the one who calls.</summary>
public enum WebhookProof
{
    /// <summary><see cref="WebhookWish.User"/> and <see cref="WebhookWish.Secret"/> as HTTP Basic.</summary>
    Password,

    /// <summary><see cref="WebhookWish.Secret"/> in a header; at Trendyol <c>x-api-key</c>.</summary>
    Key,
}

/// <summary>Holds a secret: its text form is fixed.</summary>
public sealed record WebhookWish
{
    /// <summary>https; without words that the marketplace does not allow in it.</summary>
    public required Uri Address { get; init; }

    public required WebhookProof Proof { get; init; }

    /// <summary>Only with <see cref="WebhookProof.Password"/>.</summary>
    public string User { get; init; } = "";

    public required string Secret { get; init; }

    /// <summary>Empty means all, also states that the marketplace thinks of later.</summary>
    public IReadOnlyList<PackageState> States { get; init; } = [];

    public override string ToString() => $"(webhook to {Address.Host})";
}

/// <summary>A registered webhook; its secret is never told.</summary>
/// <param name="IsArmed">False while it rests: nothing is sent.</param>
public sealed record MarketplaceWebhook(string WebhookId, Uri Address, bool IsArmed);
