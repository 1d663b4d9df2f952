using MesChain.Server.Sync.Orders;

namespace MesChain.Tests.Sync.Work;

/// <summary>Counting lines over packages that are cancelled, split and replaced, in whatever order they are read.</summary>
public sealed class LineCountersTests
{
    const string Line = "1";

    static PackageFacts Package(string id, string status, int units, long seen = 0, params string[] replaces) =>
        new(id, status, seen, seen, replaces, new Dictionary<string, LineFacts>(StringComparer.Ordinal)
        {
            [Line] = new([.. Enumerable.Range(0, units).Select(i => i == 0 ? 101L : 100L)], [.. Enumerable.Repeat(5L, units)]),
        });

    static LineCount Count(bool settle, long now, LineBefore before, out long? again, params PackageFacts[] packages) =>
        Assert.Single(LineCounters.Count(packages, _ => before, settle, now, out again));

    [Fact]
    public void A_new_package_is_open_with_the_exact_sum_of_its_units()
    {
        var count = Count(settle: false, 0, default, out var again, Package("p1", "new", 3));
        Assert.Equal((3, 0, 301, 15), (count.Quantity, count.Cancelled, count.TotalMinor, count.DiscountMinor));
        Assert.Null(again);
    }

    [Fact]
    public void AC03_Two_of_three_are_cancelled_when_the_successor_is_read()
    {
        var before = new LineBefore(3, 0, 301, 15);
        var packages = new[] { Package("p1", "cancelled", 3), Package("p2", "new", 1, 0, "p1") };
        // Inside the read nothing is let go yet …
        Assert.Equal(3, Count(settle: false, 0, before, out var again, packages).Open);
        Assert.Equal(0, again);
        // … at its end exactly the two are.
        var count = Count(settle: true, 0, before, out again, packages);
        Assert.Equal((3, 2, 101, "p2"), (count.Quantity, count.Cancelled, count.TotalMinor, count.PackageId));
        Assert.Null(again);
    }

    [Fact]
    public void A_cancelled_package_without_a_successor_keeps_its_hold_for_a_while_in_case_one_is_made()
    {
        var before = new LineBefore(3, 0, 301, 15);
        var grace = (long)LineCounters.Grace.TotalMilliseconds;
        Assert.Equal(3, Count(settle: true, grace - 1, before, out var again, Package("p1", "cancelled", 3)).Open);
        Assert.Equal(grace, again);
        var count = Count(settle: true, grace, before, out again, Package("p1", "cancelled", 3));
        Assert.Equal((0, 0, null), (count.Open, count.TotalMinor, again));
    }

    [Fact]
    public void An_order_first_seen_cancelled_is_held_while_a_rest_of_it_may_come_back_and_then_closed()
    {
        var grace = (long)LineCounters.Grace.TotalMilliseconds;
        foreach (var settle in (bool[])[false, true])
        {
            var count = Count(settle, grace - 1, default, out var again, Package("p1", "cancelled", 3));
            Assert.Equal((3, 0, 301, grace), (count.Quantity, count.Cancelled, count.TotalMinor, again));
            // Cancelled long before it was first read, it is born closed.
            var late = Count(settle, grace, default, out again, Package("p1", "cancelled", 3));
            Assert.Equal((3, 3, 0, null), (late.Quantity, late.Cancelled, late.TotalMinor, again));
        }
    }

    [Fact]
    public void A_rest_that_is_first_seen_with_what_it_came_from_is_all_that_is_held()
    {
        var packages = new[] { Package("p1", "cancelled", 3), Package("p2", "new", 1, 0, "p1") };
        Assert.Equal((3, 2), Count(settle: false, 0, default, out _, packages) is var count ? (count.Quantity, count.Cancelled) : default);
    }

    [Fact]
    public void A_successor_that_is_read_before_its_predecessor_counts_once()
    {
        var first = Count(settle: true, 0, default, out _, Package("p2", "new", 2, 0, "p1"));
        Assert.Equal((2, 0), (first.Quantity, first.Cancelled));
        var both = Count(settle: true, 0, new(2, 0, 201, 10), out _, Package("p2", "new", 2, 0, "p1"), Package("p1", "cancelled", 3));
        Assert.Equal((3, 1), (both.Quantity, both.Cancelled));
    }

    [Fact]
    public void Units_of_a_split_are_sold_while_their_new_packages_are_still_being_made()
    {
        var before = new LineBefore(5, 0, 501, 25);
        var half = new[] { Package("p1", "superseded", 5), Package("p2", "new", 2, 0, "p1") };
        Assert.Equal(5, Count(settle: true, 1000, before, out var again, half).Open);
        Assert.Equal((long)LineCounters.Grace.TotalMilliseconds, again);
        Assert.Equal(5, Count(settle: true, 2000, before, out again, [.. half, Package("p3", "new", 3, 0, "p1")]).Open);
        Assert.Null(again);
    }

    [Fact]
    public void A_word_that_is_not_known_changes_no_counter()
    {
        var count = Count(settle: true, 0, new(3, 0, 301, 15), out _, Package("p1", "unknown", 3));
        Assert.Equal((3, 0), (count.Quantity, count.Cancelled));
    }
}
