namespace MesChain.Server.Platform.Hosting;

/// <summary>How ill a component is.</summary>
public enum HealthLevel
{
    Well,

    /// <summary>It works, but not as it should, or not for long.</summary>
    Degraded,

    /// <summary>What it is for does not happen.</summary>
    Failed,
}

/// <summary>Something that can be wrong. The page docs/operating.md lists all of them; a test keeps it so.</summary>
/// <param name="Code">UPPER_SNAKE and stable: what alerts compare.</param>
/// <param name="Component">Whose cause it is; "loop" stands for each background loop.</param>
/// <param name="Meaning">What was found, as a sentence.</param>
/// <param name="Fix">What to do, as sentences.</param>
public sealed record HealthCause(string Code, string Component, HealthLevel Level, string Meaning, string Fix);

/// <summary>Every cause that a component can give.</summary>
public static class HealthCauses
{
    public static readonly HealthCause DatabaseAway = new(
        "DATABASE_AWAY", "database", HealthLevel.Failed, "The database does not answer.",
        "SQLite: check that the data folder is there and writable. PostgreSQL: check that it runs and that MesChain:Database:Postgres is right.");

    public static readonly HealthCause DiskFull = new(
        "DISK_FULL", "disk", HealthLevel.Failed, "The data folder has less than 256 MB left.", "Free some space: without it no change can be acknowledged. Calls are turned away meanwhile.");

    public static readonly HealthCause DiskLow = new(
        "DISK_LOW", "disk", HealthLevel.Degraded, "The data folder has less than 1 GB left.", "Free some space, or give it more, before it is full.");

    public static readonly HealthCause ClockApart = new(
        "CLOCK_APART", "clock", HealthLevel.Degraded, "This machine's clock and the database's are more than 5 seconds apart.",
        "Let NTP set the clocks of both. With SQLite the clock was set back while the server ran: restart the server once it is right.");

    public static readonly HealthCause LoopFailing = new(
        "LOOP_FAILING", "loop", HealthLevel.Degraded, "Its last turn failed.", "It tries again by itself; see the log if this stays.");

    public static readonly HealthCause LoopSilent = new(
        "LOOP_SILENT", "loop", HealthLevel.Failed, "It has not ended a turn for 30 minutes.", "Restart the server, and report what the log said before.");

    public static readonly HealthCause NodeSilent = new(
        "NODE_SILENT", "nodes", HealthLevel.Degraded, "A node was not seen for 2 minutes or more.", "Start it again. If it is gone for good, its row goes by itself after a day.");

    public static readonly HealthCause RedisAway = new(
        "REDIS_AWAY", "signal", HealthLevel.Degraded, "Redis does not answer; nodes wake each other late.", "Check that Redis runs and that MesChain:Redis is right. No data is lost meanwhile.");

    public static readonly HealthCause RootKeyMissing = new(
        "ROOT_KEY_MISSING", "keys", HealthLevel.Degraded, "This node does not hold the root key that the database is sealed by now.", "Give it that key before it restarts.");

    public static readonly HealthCause KekUnopened = new(
        "KEK_UNOPENED", "keys", HealthLevel.Failed, "A store's key does not open here.", "Give this node the root key that is named; what is damaged, put back from a backup.");

    public static readonly HealthCause SealedDamaged = new(
        "SEALED_DAMAGED", "keys", HealthLevel.Degraded, "Something sealed does not open; the old key of its store is kept.", "Run: meschain secret verify. It names each value; put those back from a backup.");

    public static readonly HealthCause LedgerTampered = new(
        "LEDGER_TAMPERED", "ledger", HealthLevel.Failed, "A ledger is not as it was sealed; nothing more is signed there.",
        "The log names the store. Run: meschain ops ledger verify --store … It names the row. Restore it from a backup, and find out who writes to the database.");

    public static readonly HealthCause LedgerLate = new(
        "LEDGER_LATE", "ledger", HealthLevel.Degraded, "Rows of the ledger wait for their signed head.", "See loop Sealer. With several nodes: one of them holds the lease ledger-sealer and does not work.");

    public static readonly HealthCause QueueFilling = new(
        "QUEUE_FILLING", "queue", HealthLevel.Degraded, "A queue holds more than four fifths of what it may; then sends are refused.",
        "Run: meschain queue list. See why its receivers are slower than its senders, or redrive and purge what nobody needs.");

    public static readonly HealthCause QueueStalled = new(
        "QUEUE_STALLED", "queue", HealthLevel.Degraded, "A queue has messages that are due for 15 minutes or more.", "Run: meschain queue list. See whether anybody receives from it, and whether a lane is held up.");

    public static readonly HealthCause MarketplaceKeyRefused = new(
        "MARKETPLACE_KEY_REFUSED", "marketplaces", HealthLevel.Degraded, "A marketplace refuses the key of a connection; it stands still.",
        "The shop enters new access data. Run: meschain sync connections.");

    public static readonly HealthCause MarketplaceUnread = new(
        "MARKETPLACE_UNREAD", "marketplaces", HealthLevel.Degraded, "Orders of a connection could not be read for 15 minutes or more.",
        "It tries again by itself. Run: meschain sync connections. It says what the marketplace answers.");

    public static readonly HealthCause EgressDown = new(
        "EGRESS_DOWN", "marketplaces", HealthLevel.Failed, "No connection can be read, whichever the marketplace.", "Check that this machine reaches the internet by https, and that its address is not blocked.");

    public static readonly HealthCause CertificateEnded = new(
        "CERTIFICATE_ENDED", "certificate", HealthLevel.Failed, "The certificate of the public door has ended; callers refuse it.", "Put a new one in its place; it is taken within 10 seconds, without a restart.");

    public static readonly HealthCause CertificateEnds = new(
        "CERTIFICATE_ENDS", "certificate", HealthLevel.Degraded, "The certificate of the public door ends in less than 14 days.", "See why it was not renewed. New files are taken by themselves.");

    public static readonly HealthCause CertificateNotTaken = new(
        "CERTIFICATE_NOT_TAKEN", "certificate", HealthLevel.Degraded, "The certificate's files changed and cannot be used; the earlier one is shown.",
        "The log says what is wrong with them. Put a certificate of the right name and its own key in their place.");

    public static readonly HealthCause Unreadable = new(
        "UNREADABLE", "any", HealthLevel.Failed, "It cannot be looked at.", "See the log for the failure.");

    /// <summary>All of them, by component and code.</summary>
    public static IReadOnlyList<HealthCause> All { get; } =
    [
        .. typeof(HealthCauses).GetFields().Select(field => (HealthCause)field.GetValue(null)!)
            .OrderBy(cause => cause.Component, StringComparer.Ordinal).ThenBy(cause => cause.Code, StringComparer.Ordinal),
    ];
}
