using MesChain.Server.Platform.Data;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Support;

/// <summary>A clock that is moved by hand, and whose ids come from a seed: a run can be repeated.</summary>
sealed class SeededClock(DateTimeOffset start, int seed) : FakeTimeProvider(start), IIdChance
{
    readonly Random _chance = new(seed);

    public void Fill(Span<byte> random)
    {
        lock (_chance)
            _chance.NextBytes(random);
    }
}
