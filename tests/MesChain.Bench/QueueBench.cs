using Google.Protobuf;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Bench;

/// <summary>Messages of 1 KiB: sent one a call, sent in batches, and received and settled in batches.</summary>
static class QueueBench
{
    const int Batch = 100;

    static readonly ByteString Body = ByteString.CopyFrom(new byte[1024]);

    public static async Task RunAsync(FullServer server)
    {
        var queue = server.Channel.Queue;
        foreach (var (callers, batch) in new[] { (1, 1), (8, 1), (64, 1), (200, 1), (1, Batch), (8, Batch), (64, Batch), (200, Batch) })
        {
            var name = $"b{batch}-c{callers}";
            await SendAsync(server, name, callers, batch);
            // Enough for a measurement that is faster than the sending was.
            await FillAsync(server, name, 60_000 * Math.Min(batch, 4));
            var result = await Load.RunAsync(callers, async _ =>
            {
                var received = await queue.ReceiveAsync(new() { StoreId = server.StoreId, Queue = name, Max = batch });
                if (received.Messages.Count == 0)
                    return 0;
                var settle = new SettleRequest { StoreId = server.StoreId, Queue = name };
                settle.Settlements.AddRange(received.Messages.Select(message => new Settlement { MessageId = message.MessageId, Epoch = message.Epoch, Complete = new Complete() }));
                await queue.SettleAsync(settle);
                return received.Messages.Count;
            });
            Report.Lines($"queue.receive-settle.b{batch}.c{callers}", result, "messages", server.Against);
        }
    }

    static async Task SendAsync(FullServer server, string name, int callers, int batch)
    {
        await server.Channel.Queue.CreateQueueAsync(new() { StoreId = server.StoreId, Queue = new Queue { Name = name, DepthMax = 10_000_000 } });
        var result = await Load.RunAsync(callers, async _ =>
        {
            await server.Channel.Queue.SendAsync(Messages(server, name, batch));
            return batch;
        });
        Report.Lines($"queue.send.b{batch}.c{callers}", result, "messages", server.Against);
    }

    static async Task FillAsync(FullServer server, string name, int count)
    {
        for (var sent = 0; sent < count; sent += 500)
            await server.Channel.Queue.SendAsync(Messages(server, name, 500));
    }

    static SendRequest Messages(FullServer server, string name, int count)
    {
        var request = new SendRequest { StoreId = server.StoreId, Queue = name };
        request.Messages.AddRange(Enumerable.Range(0, count).Select(_ => new NewMessage { Kind = "bench", Body = Body }));
        return request;
    }
}
