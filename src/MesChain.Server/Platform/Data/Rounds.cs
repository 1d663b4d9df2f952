namespace MesChain.Server.Platform.Data;

/// <summary>
/// Whoever asks while a round is on its way to the disk shares the next one: one transaction and one sync for all who wait, on PostgreSQL
/// too, where each would otherwise wait alone for the same rows and a sync of its own.
/// </summary>
/// <param name="max">Weight of one round; an ask that is heavier has a round to itself.</param>
/// <param name="weigh">What an ask weighs, such as the rows that it writes.</param>
/// <param name="run">Does a round and answers each ask, in their order. What it throws, every one of them gets.</param>
sealed class Rounds<TAsk, TAnswer>(int max, Func<TAsk, int> weigh, Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> run)
{
    readonly Lock _gate = new();
    List<Entry> _waiting = [];
    bool _running;

    public Task<TAnswer> AskAsync(TAsk ask)
    {
        var entry = new Entry(ask);
        var first = false;
        lock (_gate)
        {
            _waiting.Add(entry);
            if (!_running)
                first = _running = true;
        }

        // Until its first wait on the caller's own thread: another would have to be woken first.
        if (first)
            _ = RunAllAsync();
        return entry.Answer.Task;
    }

    async Task RunAllAsync()
    {
        while (Next() is { Count: > 0 } round)
        {
            try
            {
                var answers = await run([.. round.Select(entry => entry.Ask)]);
                for (var i = 0; i < round.Count; i++)
                    round[i].Answer.SetResult(answers[i]);
            }
            catch (Exception fault)
            {
                foreach (var entry in round)
                    entry.Answer.TrySetException(fault);
            }
        }
    }

    /// <summary>What waits, up to a round's weight; empty ends the running.</summary>
    List<Entry> Next()
    {
        lock (_gate)
        {
            var take = 0;
            for (var weight = 0; take < _waiting.Count && (take == 0 || weight + weigh(_waiting[take].Ask) <= max); take++)
                weight += weigh(_waiting[take].Ask);
            var round = _waiting[..take];
            _waiting = _waiting[take..];
            _running = round.Count > 0;
            return round;
        }
    }

    sealed record Entry(TAsk Ask)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
