using System.Globalization;
using MesChain.Tests.Support;

namespace MesChain.Tests.Simulation;

/// <summary>The program was killed at this point; nothing after it happens.</summary>
sealed class KilledException(string where) : Exception("killed " + where);

/// <summary>
/// What can go wrong, drawn from a seed: messages that are lost, late, doubled or overtaken; a marketplace that refuses before
/// or after it acted; and a program that dies between any two steps.
/// </summary>
sealed class World(int seed)
{
    readonly List<(DateTimeOffset At, string What, Func<Task> Deliver)> _late = [];
    readonly List<string> _trace = [];
    int _untilKill = -1;
    bool _dead;
    bool _stalled;

    public Random Chance { get; } = new(seed);

    public SyncRig Rig { get; set; } = null!;

    /// <summary>While it is false, nothing goes wrong and nobody dies.</summary>
    public bool Faulty
    {
        get;
        set
        {
            field = value;
            _untilKill = -1;
        }
    } = true;

    public string Trace => string.Join('\n', _trace);

    public void Note(string what)
    {
        _trace.Add(Rig.Clock.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) + " " + (Rig.Nodes > 1 ? $"[{Rig.At}] " : "") + what);
    }

    public bool Draws(double chance) => Faulty && Chance.NextDouble() < chance;

    public bool Crashes(string where)
    {
        if (!Draws(0.05))
            return false;
        Note("CRASH " + where);
        return true;
    }

    /// <summary>Sends a message of the shop. False: as far as the shop knows it did not arrive.</summary>
    public async Task<bool> SendAsync(string what, Func<Task> deliver)
    {
        var fate = Faulty ? Chance.Next(20) : 19;
        switch (fate)
        {
            case 0 or 1:
                Note($"{what}: lost");
                return false;
            case 2:
                Note($"{what}: late");
                _late.Add((Rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(Chance.Next(1, 1800)), what, deliver));
                return false;
            case 3:
                Note($"{what}: answer lost");
                await AliveAsync(deliver);
                return false;
            case 4:
                Note($"{what}: twice");
                if (!await AliveAsync(deliver))
                    return false;
                _late.Add((Rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(Chance.Next(1, 1800)), what, deliver));
                return true;
            default:
                Note(what);
                return await AliveAsync(deliver);
        }
    }

    /// <summary>Delivers what was late and is due; all of it when the faults are over.</summary>
    public async Task DeliverLateAsync()
    {
        var now = Rig.Clock.GetUtcNow();
        foreach (var letter in _late.Where(letter => !Faulty || letter.At <= now).OrderBy(_ => Chance.Next()).ToList())
        {
            _late.Remove(letter);
            Note($"{letter.What}: arrives late");
            await AliveAsync(letter.Deliver);
        }
    }

    /// <summary>Something that comes later than it should: a request that the network held back.</summary>
    public void Later(string what, Func<Task> deliver) => _late.Add((Rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(Chance.Next(1, 1800)), what, deliver));

    /// <summary>From here on the program dies at some boundary, perhaps.</summary>
    public void Arm() => _untilKill = Draws(0.25) ? Chance.Next(1, 40) : -1;

    /// <summary>A boundary: a write that begins or stands, a request that leaves or is answered.</summary>
    public void Boundary(string where)
    {
        if (_dead)
            throw new KilledException(where);
        if (_untilKill < 0 || --_untilKill > 0)
            return;
        _dead = true;
        Note("KILL at " + where);
        throw new KilledException(where);
    }

    /// <summary>The working node is not given a processor for a while, and does not know. Others take over from it.</summary>
    public async Task StallAsync()
    {
        if (Rig.Nodes == 1 || _stalled || !Draws(0.02))
            return;
        _stalled = true;
        var (asleep, untilKill) = (Rig.At, _untilKill);
        _untilKill = -1;
        Note("stalls");
        for (var i = 0; i < 3; i++)
        {
            await Rig.PassAsync(TimeSpan.FromSeconds(Chance.Next(5, 40)), asleep);
            Rig.At = 1 - asleep;
            await Rig.PumpAsync(Chance.Next(1, 20));
            Rig.At = asleep;
        }

        Note("goes on");
        _stalled = false;
        _untilKill = untilKill;
    }

    /// <summary>Runs a step of the program. If it was killed, it is started again with nothing in memory.</summary>
    public async Task<bool> AliveAsync(Func<Task> step)
    {
        if (Rig.Nodes > 1)
            Rig.At = Chance.Next(Rig.Nodes);
        try
        {
            await step();
            if (!_dead)
                return true;
        }
        catch (Exception fault) when (_dead && fault is not Xunit.Sdk.IAssertionException)
        {
            // Whatever the dying program said, nobody heard it.
        }

        _untilKill = -1;
        _dead = false;
        await Rig.RestartAsync();
        return false;
    }
}
