using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

/// <summary>The queue as a list and a few loops, slow and plain: what the real one is held against.</summary>
sealed class QueueModel(QueuePolicy policy)
{
    readonly Dictionary<string, (Guid Id, long Until)> _dedupes = new(StringComparer.Ordinal);

    public List<Item> Items { get; } = [];

    public long Now { get; set; }

    /// <summary>What a send must answer; the id of a new message is the real one's.</summary>
    public SendOutcome Send(QueueMessage message, Guid newId)
    {
        if (message.DedupeId is { } dedupe)
        {
            if (_dedupes.TryGetValue(dedupe, out var first) && first.Until > Now)
                return new(first.Id, true, false);
            _dedupes[dedupe] = (newId, Now + (long)policy.DedupeWindow.TotalMilliseconds);
        }

        var due = Now + (long)message.Delay.TotalMilliseconds;
        if (message.CoalesceKey is not null && Items.Find(item => item.Waits && item.Key == message.CoalesceKey) is { } absorber)
        {
            absorber.Priority = Math.Max(absorber.Priority, message.Priority);
            absorber.Due = Math.Max(absorber.Backoff, Math.Min(absorber.Due, due));
            if (message.DedupeId is not null)
                _dedupes[message.DedupeId] = (absorber.Id, _dedupes[message.DedupeId].Until);
            return new(absorber.Id, false, true);
        }

        Items.Add(new() { Id = newId, Lane = message.Lane, Key = message.CoalesceKey, Priority = message.Priority, Due = due });
        return new(newId, false, false);
    }

    public List<Item> Receive(int max)
    {
        var ready = Items.Where(item => item.Waits && item.Due <= Now).ToList();
        var heads = ready.Where(item => item.Lane is null || (!Busy(item.Lane) && item == Head(item.Lane, ready)));
        var taken = heads.OrderByDescending(item => item.Priority).ThenBy(Items.IndexOf).Take(max).ToList();
        foreach (var item in taken)
        {
            item.State = "leased";
            item.Epoch++;
            item.Deliveries++;
            item.Until = Now + (long)policy.Lease.TotalMilliseconds;
        }

        return taken;
    }

    public Settled Settle(Guid id, long epoch, Outcome outcome)
    {
        var item = Items.Find(candidate => candidate.Id == id);
        if (item is null)
            return Settled.Lost;
        var said = Returns.Word(outcome);
        if (item.Receipts.TryGetValue(epoch, out var recorded))
            return recorded == said ? Settled.Stands : new(false, Reasons.AlreadySettled, recorded);
        if (item.Epoch != epoch || (item.State == "dead" && outcome is not Outcome.Complete))
            return Settled.Lost;

        item.Receipts[epoch] = said;
        switch (outcome)
        {
            case Outcome.Complete:
                item.State = "done";
                break;
            case Outcome.Dead:
                item.State = "dead";
                break;
            case Outcome.Retry retry when item.State == "leased":
                Return(item, retry.Counted ? 1 : 0, retry.After!.Value);
                break;
            case Outcome.Release when item.State == "leased":
                Return(item, 0, TimeSpan.Zero);
                break;
        }

        return Settled.Stands;
    }

    /// <summary>What the janitor does when time has passed.</summary>
    public void Lapse()
    {
        foreach (var item in Items.Where(item => item.State == "leased" && item.Until <= Now).OrderBy(item => Convert.ToHexString(Ids.ToBytes(item.Id)), StringComparer.Ordinal).ToList())
            Return(item, 1, TimeSpan.Zero);
    }

    void Return(Item item, int failed, TimeSpan delay)
    {
        item.Failures += failed;
        if (failed > 0 && item.Failures >= policy.AttemptsMax)
        {
            item.State = "dead";
            return;
        }

        var due = Now + (long)delay.TotalMilliseconds;
        var backoff = failed * due;
        if (item.Key is not null && Items.Find(other => other.Waits && other.Key == item.Key && other != item) is { } waiting)
        {
            waiting.Failures = Math.Max(waiting.Failures, item.Failures);
            waiting.Backoff = Math.Max(waiting.Backoff, backoff);
            waiting.Due = Math.Max(waiting.Due, backoff);
            item.Failures -= failed;
            item.Epoch++;
            item.State = "done";
            return;
        }

        (item.State, item.Due, item.Backoff) = ("waiting", due, backoff);
    }

    bool Busy(string lane) => Items.Exists(item => item.Lane == lane && item.State == "leased");

    Item? Head(string lane, List<Item> ready) =>
        policy.FifoLanes
            ? Items.Find(item => item.Lane == lane && item.Waits && (item.Due <= Now || item.Deliveries > 0))
            : ready.Where(item => item.Lane == lane).OrderByDescending(item => item.Priority).ThenBy(Items.IndexOf).FirstOrDefault();

    public sealed class Item
    {
        public Guid Id { get; init; }

        public string? Lane { get; init; }

        public string? Key { get; init; }

        public string State { get; set; } = "waiting";

        public int Priority { get; set; }

        public long Due { get; set; }

        public long Backoff { get; set; }

        public long Until { get; set; }

        public long Epoch { get; set; }

        public int Failures { get; set; }

        public int Deliveries { get; set; }

        public Dictionary<long, string> Receipts { get; } = [];

        public bool Waits => State == "waiting";
    }
}
