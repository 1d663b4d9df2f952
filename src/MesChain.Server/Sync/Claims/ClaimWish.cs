using System.Text.Json.Serialization;
using MesChain.Marketplaces;

namespace MesChain.Server.Sync.Claims;

/// <summary>
/// What the shop decided about items of a claim, as it lies sealed at the claim until the marketplace has taken or refused it. No step is
/// ended by a stop of the program: a request that is cancelled half-way is one whose fate is unknown.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "decision")]
[JsonDerivedType(typeof(Approve), Kinds.Approve)]
[JsonDerivedType(typeof(Reject), Kinds.Reject)]
public abstract record ClaimWish(IReadOnlyList<string> Items)
{
    /// <summary>One of <see cref="Kinds"/>.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <param name="items">Those of the claim that still wait for the seller.</param>
    /// <exception cref="MarketplaceFault">It was refused, or nobody knows.</exception>
    public abstract Task DoAsync(IClaimActions marketplace, SellerAccess access, string claimId, IReadOnlyCollection<string> items);

    /// <summary>As they stand in the table and on the wire.</summary>
    public static class Kinds
    {
        public const string Approve = "approve";
        public const string Reject = "reject";
    }

    public sealed record Approve(IReadOnlyList<string> Items) : ClaimWish(Items)
    {
        public override string Kind => Kinds.Approve;

        public override Task DoAsync(IClaimActions marketplace, SellerAccess access, string claimId, IReadOnlyCollection<string> items) =>
            marketplace.AcceptClaimAsync(access, claimId, items, CancellationToken.None);
    }

    /// <param name="File">Proof; null sends none.</param>
    public sealed record Reject(IReadOnlyList<string> Items, string ReasonId, string Text, Proof? File) : ClaimWish(Items)
    {
        public override string Kind => Kinds.Reject;

        public override Task DoAsync(IClaimActions marketplace, SellerAccess access, string claimId, IReadOnlyCollection<string> items) =>
            marketplace.RejectClaimAsync(
                access, claimId, items, new(ReasonId, Text, File is null ? null : new(File.Name, File.ContentType, File.Content)), CancellationToken.None);

        public override string ToString() => "(rejection)";
    }

    public sealed record Proof(string Name, string ContentType, byte[] Content)
    {
        public override string ToString() => "(proof)";
    }
}
