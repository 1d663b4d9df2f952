namespace MesChain.Server.Platform.Errors;

/// <summary>
/// Every reason that an answer can carry. The page of error reasons is generated from here, and a test refuses a reason
/// that is thrown but not listed.
/// </summary>
public static class Reasons
{
    // Of any call.
    public const string InvalidField = "INVALID_FIELD";
    public const string UnknownResource = "UNKNOWN_RESOURCE";
    public const string KeyRefused = "KEY_REFUSED";
    public const string ScopeMissing = "SCOPE_MISSING";
    public const string RequestIdReused = "REQUEST_ID_REUSED";
    public const string CursorExpired = "CURSOR_EXPIRED";
    public const string Integrity = "INTEGRITY";
    public const string TooManyAttempts = "TOO_MANY_ATTEMPTS";
    public const string ShuttingDown = "SHUTTING_DOWN";
    public const string DatabaseUnavailable = "DATABASE_UNAVAILABLE";
    public const string SecretShownOnce = "SECRET_SHOWN_ONCE";
    public const string RevisionConflict = "REVISION_CONFLICT";

    // Stores and connections.
    public const string SlugTaken = "SLUG_TAKEN";
    public const string ConnectionExists = "CONNECTION_EXISTS";
    public const string ConnectionNotTested = "CONNECTION_NOT_TESTED";
    public const string ConnectionNotPaused = "CONNECTION_NOT_PAUSED";
    public const string PackageStatus = "PACKAGE_STATUS";
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";

    // Of one item of a batch: a refusal of the item, not of the call.
    public const string UnknownVariant = "UNKNOWN_VARIANT";
    public const string VariantTaken = "VARIANT_TAKEN";
    public const string StaleSequence = "STALE_SEQUENCE";
    public const string LinkConflict = "LINK_CONFLICT";
    public const string NoBarcode = "NO_BARCODE";
    public const string BarcodeTwice = "BARCODE_TWICE";

    // Queue.
    public const string QueueExists = "QUEUE_EXISTS";
    public const string QueueFull = "QUEUE_FULL";
    public const string LeaseLost = "LEASE_LOST";
    public const string AlreadySettled = "ALREADY_SETTLED";

    // Secrets.
    public const string VersionConflict = "VERSION_CONFLICT";
    public const string KeyringUnavailable = "KEYRING_UNAVAILABLE";
    public const string LedgerUnavailable = "LEDGER_UNAVAILABLE";
    public const string SecretExpired = "SECRET_EXPIRED";
}
