namespace MesChain.Server.Sync.Orders;

/// <summary>Where a package stands, as the table has it.</summary>
public static class PackageStates
{
    public const string Awaiting = "awaiting";
    public const string New = "new";
    public const string Picking = "picking";
    public const string Invoiced = "invoiced";
    public const string Cancelled = "cancelled";
    public const string Superseded = "superseded";
    public const string Unknown = "unknown";

    /// <summary>Still in the seller's hands.</summary>
    public static bool IsUnshipped(string status) => status is Awaiting or New or Picking or Invoiced or Unknown;
}

/// <summary>What a package says: its state, what it replaces, and its units by line.</summary>
/// <param name="SeenMs">When we first saw it in this state, by our own clock.</param>
public sealed record PackageFacts(string Id, string Status, long ChangedMs, long SeenMs, IReadOnlyList<string> Replaces, IReadOnlyDictionary<string, LineFacts> Lines)
{
    public long Units(string lineId) => Lines.TryGetValue(lineId, out var line) ? line.Totals.Count : 0;
}

/// <summary>The units of one line in one package: what the buyer pays for each, and its discount.</summary>
public sealed record LineFacts(IReadOnlyList<long> Totals, IReadOnlyList<long> Discounts);

/// <summary>A line counted over all packages.</summary>
public sealed record LineCount
{
    public required string LineId { get; init; }

    public required long Quantity { get; init; }

    public required long Cancelled { get; init; }

    /// <summary>Of the units not cancelled, exact.</summary>
    public required long TotalMinor { get; init; }

    public required long DiscountMinor { get; init; }

    /// <summary>Units in packages that have not left the seller.</summary>
    public required long Unshipped { get; init; }

    /// <summary>The package that holds the line now, or held it last.</summary>
    public required string PackageId { get; init; }

    public long Open => Quantity - Cancelled;
}

/// <summary>The line as it was counted before; all zero for a new one.</summary>
public readonly record struct LineBefore(long Quantity, long Cancelled, long TotalMinor, long DiscountMinor)
{
    public long Open => Quantity - Cancelled;
}

/// <summary>
/// Counts lines from what is known of all packages, so that no event has to be handled once and in order. A package that is
/// closed may have a successor that is not read yet, or not made yet. So what a line holds never falls inside a read, only
/// when the read is complete (<c>settle</c>), and for a closed package without any successor only after a time of grace, also
/// where it was closed before we ever saw it.
/// </summary>
public static class LineCounters
{
    /// <summary>
    /// How long after a package was closed its successors are waited for: the marketplace makes the packages of a split, and the rest of
    /// one that was cancelled in part, when it comes to it, and does not say when there will be none. A unit that is let go too early can
    /// be sold twice; one that is held too long is for sale some minutes later.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <param name="settle">The read is complete: what no package holds is cancelled.</param>
    /// <param name="settleMs">When to count again; null when nothing is open to doubt.</param>
    public static IReadOnlyList<LineCount> Count(
        IReadOnlyCollection<PackageFacts> packages, Func<string, LineBefore> before, bool settle, long nowMs, out long? settleMs)
    {
        var order = new Packages(packages);
        long? again = null;
        List<LineCount> counts = [];
        foreach (var lineId in packages.SelectMany(package => package.Lines.Keys).Distinct(StringComparer.Ordinal))
        {
            var was = before(lineId);
            // On their way into a package of the same split: sold, whether we knew them before or not.
            var moving = order.Missing(lineId, package => package.Status != PackageStates.Cancelled, nowMs);
            // Cancelled, or about to come back: they keep what is held already, and what a line held that is seen for the first time.
            var leaving = order.Missing(lineId, package => package.Status == PackageStates.Cancelled && !order.HasSuccessor(package), nowMs);
            List<LineFacts> units = [.. order.Live(lineId), .. moving.Units];
            var open = Sum(units);
            var most = open + Sum(leaving.Units);
            var held = was.Quantity == 0 ? most : was.Open;
            var kept = settle ? Math.Min(Math.Max(open, held), most) : Math.Max(open, held);
            var asBefore = kept > open && was.Quantity > 0 && kept == was.Open;
            if (kept > open && !asBefore)
                units.AddRange(leaving.Units);
            if (moving.GraceEndsMs is { } moved)
                again = Earlier(again, moved);
            if (kept > open)
                again = Earlier(again, leaving.GraceEndsMs ?? nowMs);

            // Not what was counted before: what is read between two packages of a chain counts twice until the one between them is read.
            var quantity = Math.Max(kept, order.Sold(lineId));
            counts.Add(new()
            {
                LineId = lineId,
                Quantity = quantity,
                Cancelled = quantity - kept,
                TotalMinor = asBefore ? was.TotalMinor : units.Sum(facts => facts.Totals.Sum()),
                DiscountMinor = asBefore ? was.DiscountMinor : units.Sum(facts => facts.Discounts.Sum()),
                Unshipped = order.Unshipped(lineId),
                PackageId = order.Holder(lineId),
            });
        }

        settleMs = again;
        return counts;
    }

    static long Sum(IEnumerable<LineFacts> units) => units.Sum(facts => (long)facts.Totals.Count);

    static long Earlier(long? one, long other) => one is { } at ? Math.Min(at, other) : other;

    /// <summary>The packages of one order, and which of them follow which.</summary>
    sealed class Packages
    {
        readonly IReadOnlyCollection<PackageFacts> _all;
        readonly Dictionary<string, PackageFacts> _known;
        readonly ILookup<string, PackageFacts> _successors;

        public Packages(IReadOnlyCollection<PackageFacts> all)
        {
            _all = all;
            _known = all.ToDictionary(package => package.Id, StringComparer.Ordinal);
            _successors = all.SelectMany(package => package.Replaces.Select(replaced => (replaced, package)))
                .ToLookup(pair => pair.replaced, pair => pair.package, StringComparer.Ordinal);
        }

        public bool HasSuccessor(PackageFacts package) => _successors[package.Id].Any();

        public IEnumerable<LineFacts> Live(string lineId) => _all.Where(package => IsLive(package) && package.Units(lineId) > 0).Select(package => package.Lines[lineId]);

        public long Unshipped(string lineId) => _all.Where(package => IsLive(package) && PackageStates.IsUnshipped(package.Status)).Sum(package => package.Units(lineId));

        /// <summary>Units of the packages that replace nothing that is known.</summary>
        public long Sold(string lineId) => _all.Where(package => !package.Replaces.Any(_known.ContainsKey)).Sum(package => package.Units(lineId));

        public string Holder(string lineId) =>
            (_all.Where(package => IsLive(package) && package.Units(lineId) > 0).MaxBy(package => package.ChangedMs)
             ?? _all.Where(package => package.Lines.ContainsKey(lineId)).MaxBy(package => package.ChangedMs)!).Id;

        /// <summary>What packages that are out of the way held, and their successors do not, while their time of grace lasts.</summary>
        public (List<LineFacts> Units, long? GraceEndsMs) Missing(string lineId, Func<PackageFacts, bool> which, long nowMs)
        {
            List<LineFacts> units = [];
            long? ends = null;
            foreach (var package in _all.Where(package => !IsLive(package) && which(package)))
            {
                // From when it was closed: what is read late has had its time.
                var graceEnds = Math.Min(package.SeenMs, package.ChangedMs) + (long)Grace.TotalMilliseconds;
                var missing = package.Units(lineId) - _successors[package.Id].Sum(successor => successor.Units(lineId));
                if (missing <= 0 || graceEnds <= nowMs)
                    continue;
                var line = package.Lines[lineId];
                units.Add(new([.. line.Totals.Skip(line.Totals.Count - (int)missing)], [.. line.Discounts.Skip(line.Discounts.Count - (int)missing)]));
                ends = Earlier(ends, graceEnds);
            }

            return (units, ends);
        }

        bool IsLive(PackageFacts package) => package.Status is not (PackageStates.Cancelled or PackageStates.Superseded) && !HasSuccessor(package);
    }
}
