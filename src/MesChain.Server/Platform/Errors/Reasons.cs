using Google.Rpc;

namespace MesChain.Server.Platform.Errors;

/// <summary>
/// Every reason that an answer can carry. docs/api/errors.md is generated from here, and tests refuse a reason that is thrown but
/// not listed, and one that is listed but never thrown.
/// </summary>
public static class Reasons
{
    [Reason(Code.InvalidArgument, Repeat.Never, "A field of the request is bad; `BadRequest` names every bad field at once, spelled as in the proto. Of very many it names the first, and `metadata.violations` says how many there are.")]
    public const string InvalidField = "INVALID_FIELD";

    [Reason(Code.InvalidArgument, Repeat.Never, "The bytes are no message of this method: cut off, not protobuf, or a text that is not UTF-8. Generate the client from the protos of this version.")]
    public const string MalformedRequest = "MALFORMED_REQUEST";

    [Reason(Code.NotFound, Repeat.Never, "There is no such thing, or it belongs to another store, which looks the same. `ResourceInfo` says what was looked for.")]
    public const string UnknownResource = "UNKNOWN_RESOURCE";

    [Reason(Code.Unauthenticated, Repeat.Never, "The key is missing, wrong, expired or revoked; a browser's session is over, or the call came from a page that is not ours.")]
    public const string KeyRefused = "KEY_REFUSED";

    [Reason(Code.PermissionDenied, Repeat.Never, "The key is valid but may not do this. `metadata.scopes` names the scopes of which one would do.")]
    public const string ScopeMissing = "SCOPE_MISSING";

    [Reason(Code.AlreadyExists, Repeat.Never, "The `request_id` was used for a different request within 24 hours. Make a new one for each request; keep it for its repeats.")]
    public const string RequestIdReused = "REQUEST_ID_REUSED";

    [Reason(Code.OutOfRange, Repeat.Never, "The cursor is of another database (it was restored), or older than what is kept. List again, then go on without a cursor.")]
    public const string CursorExpired = "CURSOR_EXPIRED";

    [Reason(Code.DataLoss, Repeat.Never, "What is stored does not prove to be what was stored. Call the operator.")]
    public const string Integrity = "INTEGRITY";

    [Reason(Code.ResourceExhausted, Repeat.AfterDelay, "This address had too many refused keys in a minute. A right key passes at any time.")]
    public const string TooManyAttempts = "TOO_MANY_ATTEMPTS";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The server is stopping; a restarted one, or another node, answers.")]
    public const string ShuttingDown = "SHUTTING_DOWN";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The database does not answer. Whether the call took effect is unknown: repeat it with its `request_id`, or read first.")]
    public const string DatabaseUnavailable = "DATABASE_UNAVAILABLE";

    [Reason(Code.AlreadyExists, Repeat.Never, "A repeated CreateApiKey or RotateApiKey: the secret was drawn and shown then, and is kept nowhere. `metadata.key_id` is the key; rotate it, or revoke it and make another.")]
    public const string SecretShownOnce = "SECRET_SHOWN_ONCE";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The key was revoked or has expired, so it gets no new secret. Make another.")]
    public const string KeyEnded = "KEY_ENDED";

    [Reason(Code.Aborted, Repeat.AfterReading, "The revision given is not the one that stands. Read again and decide again.")]
    public const string RevisionConflict = "REVISION_CONFLICT";

    [Reason(Code.AlreadyExists, Repeat.Never, "Another store has this slug.")]
    public const string SlugTaken = "SLUG_TAKEN";

    [Reason(Code.AlreadyExists, Repeat.Never, "The store has a connection to this seller in this environment already.")]
    public const string ConnectionExists = "CONNECTION_EXISTS";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "A connection goes live after a test that passed. Call TestConnection.")]
    public const string ConnectionNotTested = "CONNECTION_NOT_TESTED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "Only a paused connection can be deleted.")]
    public const string ConnectionNotPaused = "CONNECTION_NOT_PAUSED";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The package is no longer in a status in which this can be done.")]
    public const string PackageStatus = "PACKAGE_STATUS";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The package does not hold so many units of a line.")]
    public const string PackageUnits = "PACKAGE_UNITS";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "A line of the package has no VAT rate, neither from the marketplace nor from the shop's own variant, so it cannot be invoiced. The message names the barcodes; give the products their rate in the shop.")]
    public const string VatUnknown = "VAT_UNKNOWN";

    [Reason(Code.FailedPrecondition, Repeat.AfterReading, "Something else that was asked for the package is not confirmed yet.")]
    public const string PackageBusy = "PACKAGE_BUSY";

    [Reason(Code.FailedPrecondition, Repeat.AfterReading, "Something else that was decided about the claim is not confirmed yet.")]
    public const string ClaimBusy = "CLAIM_BUSY";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The items of the claim do not wait for the seller: not yet, or no longer.")]
    public const string ClaimStatus = "CLAIM_STATUS";

    [Reason(Code.FailedPrecondition, Repeat.AfterReading, "Another answer that was given to the question is not confirmed yet.")]
    public const string QuestionBusy = "QUESTION_BUSY";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The question does not wait for an answer: it has one, or its time is over.")]
    public const string QuestionStatus = "QUESTION_STATUS";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The marketplace has no way to do this.")]
    public const string ActionNotOffered = "ACTION_NOT_OFFERED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The marketplace makes no label for the package: not for this carrier, or not before it has the invoice. The message holds its words.")]
    public const string LabelRefused = "LABEL_REFUSED";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The package has no tracking number yet, or the marketplace is still making its label.")]
    public const string LabelNotReady = "LABEL_NOT_READY";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The marketplace does not answer, not in a way that can be understood, or asks to be called more slowly.")]
    public const string MarketplaceUnavailable = "MARKETPLACE_UNAVAILABLE";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The marketplace does not accept the connection's key, or does not allow it this; or the connection has none. Mend it and call TestConnection.")]
    public const string MarketplaceKeyRefused = "MARKETPLACE_KEY_REFUSED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The store has as many connections as it may have.")]
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";

    [Reason(Code.Ok, Repeat.Never, "Of one item: the store has no such variant.")]
    public const string UnknownVariant = "UNKNOWN_VARIANT";

    [Reason(Code.Ok, Repeat.Never, "Of one item: the variant belongs to another product.")]
    public const string VariantTaken = "VARIANT_TAKEN";

    [Reason(Code.Ok, Repeat.Never, "Of one item: a newer `shop_sequence` was reported for it; nothing is lost.")]
    public const string StaleSequence = "STALE_SEQUENCE";

    [Reason(Code.Ok, Repeat.Never, "Of one item: the store has no such entry.")]
    public const string UnknownEntry = "UNKNOWN_ENTRY";

    [Reason(Code.Ok, Repeat.Never, "Of one item: the order is booked under another number of the shop. Book it once; a person has to look.")]
    public const string ShopOrderMismatch = "SHOP_ORDER_MISMATCH";

    [Reason(Code.Ok, Repeat.AfterMending, "Of one item: the barcode is linked to another variant, or the variant to another barcode.")]
    public const string LinkConflict = "LINK_CONFLICT";

    [Reason(Code.Ok, Repeat.AfterMending, "Of one item: the variant has no barcode to link by.")]
    public const string NoBarcode = "NO_BARCODE";

    [Reason(Code.Ok, Repeat.AfterMending, "Of one item: two variants of the store share the barcode.")]
    public const string BarcodeTwice = "BARCODE_TWICE";

    [Reason(Code.Ok, Repeat.Never, "Of one item: the variant is linked with an item of the marketplace, so it is listed there already.")]
    public const string AlreadyListed = "ALREADY_LISTED";

    [Reason(Code.Ok, Repeat.Never, "Of one item: it is neither linked nor listed at this marketplace.")]
    public const string NotListed = "NOT_LISTED";

    [Reason(Code.Ok, Repeat.AfterDelay, "Of one item: the marketplace's list that it is judged by is not read yet. It is asked for now; repeat in a few seconds.")]
    public const string SchemaNotRead = "SCHEMA_NOT_READ";

    [Reason(Code.Ok, Repeat.AfterMending, "Of one item: the mapping does not fit the marketplace's lists; the detail names the field and what is wrong with it.")]
    public const string MappingMisfit = "MAPPING_MISFIT";

    [Reason(Code.Ok, Repeat.Never, "Of one item: there is no such mapping, or no such version of it.")]
    public const string UnknownMapping = "UNKNOWN_MAPPING";

    [Reason(Code.AlreadyExists, Repeat.Never, "A queue of this name exists with another policy.")]
    public const string QueueExists = "QUEUE_EXISTS";

    [Reason(Code.ResourceExhausted, Repeat.AfterDelay, "The queue holds as many messages as it may.")]
    public const string QueueFull = "QUEUE_FULL";

    [Reason(Code.Aborted, Repeat.Never, "The lease is over; another receiver may have the message. Of one item where items stand alone, of the whole call where they were to stand or fall together.")]
    public const string LeaseLost = "LEASE_LOST";

    [Reason(Code.Ok, Repeat.Never, "Of one item: it was settled before, with another outcome.")]
    public const string AlreadySettled = "ALREADY_SETTLED";

    [Reason(Code.Aborted, Repeat.AfterReading, "The version given is not the newest. Read again and decide again.")]
    public const string VersionConflict = "VERSION_CONFLICT";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The keys are not loaded yet, or this node does not hold the root key that is asked for; the message names it.")]
    public const string KeyringUnavailable = "KEYRING_UNAVAILABLE";

    [Reason(Code.Unavailable, Repeat.AfterDelay, "The reading could not be written to the ledger, so the secret was not answered.")]
    public const string LedgerUnavailable = "LEDGER_UNAVAILABLE";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The key that this was sealed under was destroyed by RetireKek; nobody can read it any more.")]
    public const string KekRetired = "KEK_RETIRED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The key generation cannot be retired: it is staged or active, or something is still sealed under it. The message says what.")]
    public const string KekInUse = "KEK_IN_USE";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "Some nodes do not hold the root key that is to be taken over; the message names them. Offer it to each first.")]
    public const string RootKeyMissing = "ROOT_KEY_MISSING";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "Another root key is being taken over. Wait until GetRotationStatus shows its end.")]
    public const string RootRotationRuns = "ROOT_ROTATION_RUNS";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The version is past its expiry. Put a new version. As a warning: its dates are advisory, the value is answered.")]
    public const string SecretExpired = "SECRET_EXPIRED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The version is not valid yet. As a warning: its dates are advisory, the value is answered.")]
    public const string SecretNotYetValid = "SECRET_NOT_YET_VALID";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The secret is deleted. UndeleteSecret brings it back until its purge time; a new version does so too.")]
    public const string SecretDeleted = "SECRET_DELETED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The version is disabled. EnableVersion lets it be answered again.")]
    public const string VersionDisabled = "VERSION_DISABLED";

    [Reason(Code.FailedPrecondition, Repeat.Never, "The value of this version was destroyed. What is known of it without its value remains.")]
    public const string VersionDestroyed = "VERSION_DESTROYED";

    [Reason(Code.FailedPrecondition, Repeat.AfterMending, "The version is labelled `current`. Move the label or delete the secret first.")]
    public const string VersionLabelled = "VERSION_LABELLED";
}

/// <summary>What a caller does with a refusal.</summary>
public enum Repeat
{
    /// <summary>The same request gets the same answer.</summary>
    Never,

    /// <summary>After <c>RetryInfo.retry_delay</c>, with growing pauses.</summary>
    AfterDelay,

    /// <summary>After reading again: somebody else was faster.</summary>
    AfterReading,

    /// <summary>After what the reason names was put right.</summary>
    AfterMending,
}

/// <summary>What stands on the page of reasons. <see cref="Code.Ok"/>: the reason is of one item of a batch whose call succeeded.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ReasonAttribute(Code code, Repeat repeat, string meaning) : Attribute
{
    public Code Code { get; } = code;

    public Repeat Repeat { get; } = repeat;

    public string Meaning { get; } = meaning;
}
