using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Client;

/// <summary>What a <see cref="QueueProcessor"/> works on, and how much at once.</summary>
public sealed class QueueProcessorOptions
{
    /// <summary>The queue's name. It must exist.</summary>
    public required string Queue { get; init; }

    /// <summary>The store; empty means the one the key is bound to.</summary>
    public string StoreId { get; init; } = "";

    /// <summary>Messages in work at once, 1 to 500. Default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>How long one receive waits for the first message, up to 30 s. Default 20 s.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Pause after a receive that failed. Default 2 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Who receives, for people. Default: this machine's name.</summary>
    public string Holder { get; init; } = Environment.MachineName;
}

/// <summary>
/// Receives messages and hands each to <paramref name="handler"/>, whose answer is how it is settled. Leases are prolonged
/// while a handler works; its token ends when the lease is lost, and then its answer counts no more. A handler that throws
/// is a failed attempt. Delivery is at least once: a handler must bear a message that it has seen before.
/// </summary>
public sealed class QueueProcessor(QueueService.QueueServiceClient queue, QueueProcessorOptions options, Func<Message, CancellationToken, Task<Settlement>> handler, TimeProvider clock)
{
    /// <summary>Works until <paramref name="stop"/>, then finishes what is in work and returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var running = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            running.RemoveAll(work => work.IsCompletedSuccessfully);
            if (running.Count >= options.Concurrency)
            {
                await Task.WhenAny(running);
                continue;
            }

            foreach (var message in await ReceiveAsync(options.Concurrency - running.Count, stop))
                running.Add(WorkAsync(message));
        }

        await Task.WhenAll(running);
    }

    async Task<IReadOnlyList<Message>> ReceiveAsync(int max, CancellationToken stop)
    {
        try
        {
            // A stop cuts the wait short. Messages in an answer that is lost that way come again when their lease ends.
            var request = new ReceiveRequest { StoreId = options.StoreId, Queue = options.Queue, Max = max, Wait = Duration.FromTimeSpan(options.Wait), Holder = options.Holder };
            var answer = await queue.ReceiveAsync(request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime + options.Wait + TimeSpan.FromSeconds(10), cancellationToken: stop);
            return answer.Messages;
        }
        catch (RpcException)
        {
            await Task.Delay(options.Pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return [];
        }
    }

    async Task WorkAsync(Message message)
    {
        using var lost = new CancellationTokenSource();
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(message, lost, done.Token);
        var settlement = await HandleAsync(message, lost.Token);
        await done.CancelAsync();
        await renewing;
        if (lost.IsCancellationRequested)
            return;

        settlement.MessageId = message.MessageId;
        settlement.Epoch = message.Epoch;
        try
        {
            await queue.SettleAsync(new SettleRequest { StoreId = options.StoreId, Queue = options.Queue, Settlements = { settlement } });
        }
        catch (RpcException)
        {
            // The channel has retried already. The lease runs out and the message comes again, which handlers must bear.
        }
    }

    async Task<Settlement> HandleAsync(Message message, CancellationToken lost)
    {
        try
        {
            return await handler(message, lost);
        }
        catch (Exception fault)
        {
            // Only the kind of the fault leaves this machine: its message may hold anything.
            return new() { Retry = new Retry { Error = fault.GetType().Name } };
        }
    }

    async Task RenewAsync(Message message, CancellationTokenSource lost, CancellationToken done)
    {
        var every = message.Lease.ToTimeSpan() / 3;
        while (true)
        {
            await Task.Delay(every, clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
                return;
            try
            {
                var lease = new LeaseRef { MessageId = message.MessageId, Epoch = message.Epoch };
                var answer = await queue.RenewLeasesAsync(new RenewLeasesRequest { StoreId = options.StoreId, Queue = options.Queue, Leases = { lease } }, cancellationToken: CancellationToken.None);
                if (answer.Results.Any(result => !result.Ok))
                {
                    await lost.CancelAsync();
                    return;
                }
            }
            catch (RpcException)
            {
                // Two more tries fit into the lease; after that the server says LEASE_LOST itself.
            }
        }
    }
}

/// <summary>The ways to answer a message.</summary>
public static class Settle
{
    public static Settlement Complete() => new() { Complete = new Complete() };

    /// <param name="error">Why, for people: no secret, no personal data.</param>
    /// <param name="after">Not before; null means the queue's back-off.</param>
    public static Settlement Retry(string error, TimeSpan? after = null) => new() { Retry = new Retry { Error = error, After = after is { } wait ? Duration.FromTimeSpan(wait) : null } };

    public static Settlement Release() => new() { Release = new Release() };

    public static Settlement Dead(string reason, string error) => new() { Dead = new Dead { Reason = reason, Error = error } };
}
