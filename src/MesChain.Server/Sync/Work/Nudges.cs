using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;

namespace MesChain.Server.Sync.Work;

/// <summary>The kinds of jobs. A message says only "look again": offers, orders and receipts in the tables are the truth.</summary>
public static class JobKinds
{
    public const string PushStock = "push-stock";
    public const string PushPrices = "push-prices";
    public const string ReadReceipts = "read-receipts";
    public const string VerifyOffers = "verify-offers";
    public const string ReadItems = "read-items";
    public const string PullOrders = "pull-orders";
    public const string Package = "package";
    public const string ReadClaims = "read-claims";
    public const string DecideClaims = "decide-claims";
    public const string ReadQuestions = "read-questions";
    public const string AnswerQuestions = "answer-questions";
    public const string ReadReference = "read-reference";
    public const string Listings = "listings";
    public const string Hooks = "hooks";

    /// <summary>The part of a connection's lane that a kind runs in: one job a lane, so a long one must not stand in an urgent one's way.</summary>
    public static string Lane(string kind) => kind switch
    {
        PushStock => "urgent",
        PushPrices => "price",
        PullOrders or Package => "orders",
        ReadReceipts => "read",
        VerifyOffers => "verify",
        ReadClaims or DecideClaims or ReadQuestions or AnswerQuestions => "aftersales",
        ReadItems or ReadReference or Hooks => "content",
        Listings => "listing",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such job"),
    };
}

/// <summary>Asks for a job, as part of the caller's fact. Many requests become one while the job waits.</summary>
public sealed class Nudges(IQueue queue)
{
    public const string Queue = "sync";

    // A cache of "the queue is there", filled after the commit that made it so.
    readonly ConcurrentDictionary<Guid, bool> _ensured = new();

    public async Task SendAsync(Tx tx, Guid storeId, Guid connectionId, string kind, TimeSpan delay = default)
    {
        if (!_ensured.ContainsKey(storeId))
        {
            await queue.EnsureAsync(tx, storeId, new QueuePolicy(Queue));
            tx.OnCommit(() => _ensured.TryAdd(storeId, true));
        }

        var connection = connectionId.ToWire();
        await queue.EnqueueAsync(tx, storeId, Queue, new QueueMessage(kind)
        {
            Lane = $"{connection}/{JobKinds.Lane(kind)}",
            CoalesceKey = $"{kind}:{connection}",
            Delay = delay,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["connection"] = connection },
        });
    }
}
