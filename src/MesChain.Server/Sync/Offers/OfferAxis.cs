namespace MesChain.Server.Sync.Offers;

/// <summary>States of one axis of an offer, as they stand in the table.</summary>
public static class AxisStates
{
    public const string Clean = "clean";
    public const string Dirty = "dirty";
    public const string Held = "held";
    public const string InFlight = "in_flight";
    public const string Awaiting = "awaiting";
    public const string Uncertain = "uncertain";
    public const string Failed = "failed";
    public const string Diverged = "diverged";
}

/// <summary>What is set on an axis: units on the stock axis; sale and list price in minor units on the price axis.</summary>
public readonly record struct OfferValue(long First, long Second)
{
    public static OfferValue Units(long quantity) => new(quantity, 0);

    public static OfferValue? Units(long? quantity) => quantity is { } units ? Units(units) : null;

    public static OfferValue? Price(long? sale, long? list) => sale is { } minor ? new(minor, list ?? minor) : null;
}

/// <summary>
/// One axis of an offer, stock or price, and every move it can make. Pure: the store loads it under a row lock and writes it back.
/// A version counts the changes of what the value is computed from; it decides which of two values is newer, never a clock.
/// </summary>
public sealed class OfferAxis
{
    public string State { get; set; } = AxisStates.Clean;

    public OfferValue? Desired { get; set; }

    public long DesiredVersion { get; set; }

    public OfferValue? Sent { get; set; }

    public long SentVersion { get; set; }

    /// <summary>
    /// What the marketplace is taken to stand at: what was confirmed or read there last, less the units that it has sold since.
    /// </summary>
    public OfferValue? Acked { get; set; }

    public long AckedVersion { get; set; }

    /// <summary>
    /// A confirmation counts only from this version on: a sale or a cancel there may have moved the marketplace's number since the
    /// older ones.
    /// </summary>
    public long UncertainVersion { get; set; }

    /// <summary>Since when a value waits that is not on its way; for the age in the priority and for the measured delay.</summary>
    public long? DirtyMs { get; set; }

    public long NotBeforeMs { get; set; }

    /// <summary>Whether the marketplace is taken to stand at another than the desired value.</summary>
    public bool NeedsPush => Desired is not null && Desired != Acked;

    /// <summary>Whether nothing has moved the marketplace's number since it was last confirmed or read.</summary>
    public bool IsKnown => AckedVersion >= UncertainVersion;

    /// <summary>Takes a newer desired value. An older or equal version changes nothing: that is success.</summary>
    /// <param name="moved">The marketplace's own number may have moved: it has to be read before an equal or a higher value is sent.</param>
    public bool Desire(OfferValue value, long version, bool moved, long nowMs)
    {
        if (version <= DesiredVersion)
            return false;
        // The wait belongs to the old value: its body was sent too lately, or it was refused a moment ago. A sale must not wait for that.
        if (value != Desired)
            NotBeforeMs = 0;
        Desired = value;
        DesiredVersion = version;
        if (moved)
            UncertainVersion = version;

        switch (State)
        {
            case AxisStates.Clean or AxisStates.Dirty:
                Rest(nowMs);
                break;
            case AxisStates.Held when value.First > 0 || !NeedsPush:
                // No longer part of the wave that was stopped.
                Rest(nowMs);
                break;
            case AxisStates.Failed when !NeedsPush || Desired != Sent:
                Rest(nowMs);
                break;
            case AxisStates.InFlight or AxisStates.Awaiting or AxisStates.Uncertain when Desired != Sent || moved:
                DirtyMs ??= nowMs;
                break;
        }

        return true;
    }

    /// <summary>
    /// The marketplace has sold units and taken them from its number by itself. Sending what is left could put back on sale what was
    /// sold there a moment later, and what is left stands there already.
    /// </summary>
    public void Sell(long units)
    {
        if (units <= 0 || Acked is not { } known)
            return;
        // A request on its way may be applied before or after the sale, so what it brings is not less.
        var rests = State is AxisStates.Clean or AxisStates.Dirty || (State == AxisStates.Uncertain && Sent == Acked);
        Acked = OfferValue.Units(Math.Max(0, known.First - units));
        if (rests)
            Sent = Acked;
    }

    /// <summary>The number was read at the marketplace while nothing of ours was on its way to it.</summary>
    /// <param name="shown">Null when the marketplace shows none.</param>
    public void Know(OfferValue? shown, long nowMs)
    {
        Acked = shown;
        UncertainVersion = Math.Min(UncertainVersion, AckedVersion);
        if (shown is not null && shown == Desired)
            AckedVersion = DesiredVersion;
        Rest(nowMs);
    }

    /// <summary>Just before a request that carries <paramref name="value"/> leaves.</summary>
    public void Send(OfferValue value)
    {
        State = AxisStates.InFlight;
        Sent = value;
        SentVersion = DesiredVersion;
        DirtyMs = null;
        NotBeforeMs = 0;
    }

    /// <summary>The marketplace took the request; nothing is applied yet.</summary>
    public void Accept(long version)
    {
        if (State == AxisStates.InFlight && SentVersion == version)
            State = AxisStates.Awaiting;
    }

    /// <summary>A request is decided in the marketplace's favour of us: it stands at <paramref name="value"/> as of <paramref name="version"/>.</summary>
    public void Confirm(OfferValue value, long version, long nowMs)
    {
        // I2: what is confirmed never falls back to an older version.
        if (version >= AckedVersion)
        {
            AckedVersion = version;
            Acked = value;
        }

        // Also one that waits: an overtaken request may bring what is wanted by now. And also one that rests: a request that was
        // doubted may be confirmed after all, and then the marketplace no longer stands where it was thought to.
        if ((IsOut && SentVersion == version) || State is AxisStates.Dirty or AxisStates.Clean)
            Rest(nowMs);
    }

    /// <summary>What a receipt confirmed is to be seen there before it counts as done.</summary>
    public void ReadBack()
    {
        if (State == AxisStates.Clean)
            (State, Sent, SentVersion) = (AxisStates.Uncertain, Acked, AckedVersion);
    }

    /// <summary>Whether the marketplace has said itself that it stands at the known value, and nothing is on its way or has moved it since.</summary>
    public bool IsTold => State == AxisStates.Clean || (State == AxisStates.Uncertain && IsKnown && AckedVersion == SentVersion && Acked == Sent);

    /// <summary>The request was refused before it was processed: nothing has changed there.</summary>
    public void TakeBack(long version, long? dirtyMs, long nowMs, long notBeforeMs = 0)
    {
        if (!IsOut || SentVersion != version)
            return;
        Sent = Acked;
        Rest(nowMs);
        if (State == AxisStates.Dirty)
        {
            DirtyMs = dirtyMs ?? DirtyMs;
            NotBeforeMs = notBeforeMs;
        }
    }

    /// <summary>The value was refused for good. A newer one is tried, the same one is not.</summary>
    /// <returns>Whether the offer now stands failed.</returns>
    public bool Refuse(long version, OfferValue value, long nowMs)
    {
        if (!IsOut || SentVersion != version)
            return false;
        if (Desired != value || !NeedsPush)
        {
            Rest(nowMs);
            return false;
        }

        State = AxisStates.Failed;
        DirtyMs = null;
        return true;
    }

    /// <summary>Nobody knows whether the request was applied: read back before anything else.</summary>
    /// <returns>Whether this was the last request that left.</returns>
    public bool Doubt(long version)
    {
        if (!IsOut || SentVersion != version)
            return false;
        State = AxisStates.Uncertain;
        return true;
    }

    public bool IsOut => State is AxisStates.InFlight or AxisStates.Awaiting or AxisStates.Uncertain;

    /// <summary>
    /// Comes to rest: clean when the marketplace stands where it should, dirty otherwise. Where its number may have moved, it is read first;
    /// only a value below anything that can stand there does not wait for that.
    /// </summary>
    public void Rest(long nowMs)
    {
        State = !IsKnown && !(Desired?.First < Acked?.First) ? AxisStates.Uncertain : NeedsPush ? AxisStates.Dirty : AxisStates.Clean;
        if (State == AxisStates.Uncertain)
            Sent = Acked;
        DirtyMs = State == AxisStates.Dirty ? DirtyMs ?? nowMs : null;
    }
}
