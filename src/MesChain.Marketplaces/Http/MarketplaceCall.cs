namespace MesChain.Marketplaces.Http;

/// <summary>One request to a marketplace: what it is, not how it is carried.</summary>
sealed record MarketplaceCall
{
    public required HttpMethod Method { get; init; }

    /// <summary>Absolute; its path and query hold no credential.</summary>
    public required Uri Address { get; init; }

    /// <summary>The endpoint's name, for limits.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The group of endpoints whose quota it uses.</summary>
    public required string Group { get; init; }

    /// <summary>Null sends none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string BodyType { get; init; } = "application/json; charset=utf-8";

    /// <summary>Headers, among them the credential: never logged, never part of a fault.</summary>
    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    /// <summary>A question that is put with another method than GET.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>Changes nothing at the marketplace: may be repeated whatever happened.</summary>
    public bool IsRead => ChangesNothing || Method == HttpMethod.Get;

    /// <summary>A long paged read waits for its turn in the limits; anything else is told to come back later.</summary>
    public bool WaitsItsTurn { get; init; }

    /// <summary>Texts that must not appear in a fault, should the marketplace echo them.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }
}

/// <summary>A complete answer, whatever its status.</summary>
sealed record MarketplaceAnswer(int Status, ReadOnlyMemory<byte> Json, bool LooksLikeJson, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
