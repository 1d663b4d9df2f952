using System.Globalization;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>I4: what is read of an order's packages, in any order and however often, ends in the same lines.</summary>
public sealed class AnyOrderTests
{
    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task I4_Any_permutation_and_repetition_of_what_is_read_of_an_order_ends_in_the_same_lines() =>
        Soak.RunAsync("any-order", 100_000, seed =>
        {
            new History(seed).Play();
            return Task.CompletedTask;
        });

    /// <summary>An order that is cancelled in part, split and shipped, as the marketplace knows it.</summary>
    sealed class History
    {
        const long Minute = 60_000;

        readonly int _seed;
        readonly Random _chance;
        readonly List<PackageFacts> _said = [];
        readonly Dictionary<string, PackageFacts> _live = new(StringComparer.Ordinal);
        readonly Dictionary<string, int> _sold = new(StringComparer.Ordinal);
        int _made;
        long _now;

        public History(int seed)
        {
            (_seed, _chance) = (seed, new(seed));
            for (var package = _chance.Next(1, 3); package > 0; package--)
            {
                var lines = Enumerable.Range(0, _chance.Next(1, 4)).ToDictionary(i => $"{package}{i}", _ => _chance.Next(1, 4), StringComparer.Ordinal);
                foreach (var (line, units) in lines)
                    _sold[line] = units;
                Make(lines, []);
            }

            for (var step = _chance.Next(0, 6); step > 0 && _live.Count > 0; step--)
                Step(_live.Values.ElementAt(_chance.Next(_live.Count)));
        }

        void Step(PackageFacts package)
        {
            // Splits and cancels of one minute happen, as those of a quarter of an hour.
            _now += _chance.Next(4) == 0 ? 15 * Minute : _chance.Next(1, 60_000);
            var units = package.Lines.ToDictionary(line => line.Key, line => line.Value.Totals.Count, StringComparer.Ordinal);
            switch (_chance.Next(4))
            {
                case 0:
                    Close(package, PackageStates.Cancelled);
                    var line = units.Keys.ElementAt(_chance.Next(units.Count));
                    units[line]--;
                    Make(units, [package.Id]);
                    break;
                case 1 when units.Values.Sum() > 1:
                    Close(package, PackageStates.Superseded);
                    var first = units.ToDictionary(one => one.Key, one => _chance.Next(0, one.Value + 1), StringComparer.Ordinal);
                    Make(first, [package.Id]);
                    Make(units.ToDictionary(one => one.Key, one => one.Value - first[one.Key], StringComparer.Ordinal), [package.Id]);
                    break;
                case 2:
                    Close(package, PackageStates.Cancelled);
                    break;
                default:
                    Say(package with { Status = PackageStates.Picking, ChangedMs = _now, SeenMs = _now });
                    break;
            }
        }

        void Make(Dictionary<string, int> units, IReadOnlyList<string> replaces)
        {
            if (units.Values.Sum() == 0)
                return;
            Say(new(
                (++_made).ToString(CultureInfo.InvariantCulture), PackageStates.New, _now, _now, replaces,
                units.Where(line => line.Value > 0).ToDictionary(line => line.Key, line => new LineFacts([.. Enumerable.Repeat(100L, line.Value)], [.. Enumerable.Repeat(5L, line.Value)]), StringComparer.Ordinal)));
        }

        void Close(PackageFacts package, string status)
        {
            _said.Add(package with { Status = status, ChangedMs = _now, SeenMs = _now });
            _live.Remove(package.Id);
        }

        void Say(PackageFacts package)
        {
            _said.Add(package);
            _live[package.Id] = package;
        }

        public void Play()
        {
            var heard = _said.Concat(_said.Where(_ => _chance.Next(2) == 0)).OrderBy(_ => _chance.Next()).ToList();
            Dictionary<string, PackageFacts> known = new(StringComparer.Ordinal);
            Dictionary<string, LineBefore> lines = new(StringComparer.Ordinal);
            foreach (var package in heard)
            {
                _now += _chance.Next(1, 20_000);
                if (known.TryGetValue(package.Id, out var older) && older.ChangedMs >= package.ChangedMs)
                    continue;
                known[package.Id] = package with { SeenMs = _now };
                Count(known, lines, settle: _chance.Next(2) == 0);
            }

            _now += (long)LineCounters.Grace.TotalMilliseconds;
            Count(known, lines, settle: true);
            foreach (var (line, sold) in _sold)
            {
                var open = _live.Values.Sum(package => package.Units(line));
                var want = new LineBefore(sold, sold - open, 100 * open, 5 * open);
                Assert.True(lines[line] == want, $"Seed {_seed} (MESCHAIN_SEED={_seed} replays it): line {line} is {lines[line]} and not {want} after {string.Join(", ", heard.Select(package => $"{package.Id} {package.Status}"))}.");
            }
        }

        void Count(Dictionary<string, PackageFacts> known, Dictionary<string, LineBefore> lines, bool settle)
        {
            foreach (var count in LineCounters.Count(known.Values, line => lines.GetValueOrDefault(line), settle, _now, out _))
                lines[count.LineId] = new(count.Quantity, count.Cancelled, count.TotalMinor, count.DiscountMinor);
        }
    }
}
