using Google.Protobuf;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Bench;

/// <summary>Messages of 1 KiB through gRPC: sent, and received and settled, beside what the engine gives in process without a server.</summary>
static class QueueBench
{
    static readonly byte[] Kibibyte = new byte[1024];
    static readonly ByteString Body = ByteString.CopyFrom(Kibibyte);

    public static async Task RunAsync(FullServer server, RawQueue raw)
    {
        foreach (var batch in new[] { 1, 100 })
        {
            foreach (var callers in new[] { 1, 8, 64, 200 })
            {
                var name = $"{server.Engine}.queue.b{batch}.c{callers}";
                await server.Channel.Queue.CreateQueueAsync(new() { StoreId = server.StoreId, Queue = new Queue { Name = name, DepthMax = 10_000_000 } });
                Compare(name + ".send", server, await Load.RunAsync(callers, RawSend(raw, batch), Send(server, name, batch)));
                // Enough for a measurement that is faster than the sending was.
                await FillAsync(server, raw, name, 60_000 * Math.Min(batch, 4));
                Compare(name + ".receive-settle", server, await Load.RunAsync(callers, RawReceive(raw, batch), Receive(server, name, batch)));
            }
        }
    }

    static void Compare(string name, FullServer server, Result[] results)
    {
        var (raw, full) = (results[0], results[1]);
        Report.Line(name + ".raw", raw.PerSecond, "messages/s", server.Against + ", in process, commits shared, no server");
        Report.Lines(name, full, "messages", server.Against + ", gRPC over h2c");
        Report.Line(name + ".ratio", full.PerSecond / raw.PerSecond, "gRPC/raw", "the two above");
    }

    static Func<Task<int>> RawSend(RawQueue raw, int batch)
    {
        var bodies = Enumerable.Repeat(Kibibyte, batch).ToArray();
        return async () =>
        {
            await raw.SendAsync(bodies);
            return batch;
        };
    }

    static Func<Task<int>> RawReceive(RawQueue raw, int batch) => async () =>
    {
        var ids = await raw.ReceiveAsync(batch);
        await raw.SettleAsync(ids);
        return ids.Count;
    };

    static Func<Task<int>> Send(FullServer server, string name, int batch) => async () =>
    {
        await server.Channel.Queue.SendAsync(Messages(server, name, batch));
        return batch;
    };

    static Func<Task<int>> Receive(FullServer server, string name, int batch) => async () =>
    {
        var received = await server.Channel.Queue.ReceiveAsync(new() { StoreId = server.StoreId, Queue = name, Max = batch });
        if (received.Messages.Count == 0)
            return 0;
        var settle = new SettleRequest { StoreId = server.StoreId, Queue = name };
        settle.Settlements.AddRange(received.Messages.Select(message => new Settlement { MessageId = message.MessageId, Epoch = message.Epoch, Complete = new Complete() }));
        await server.Channel.Queue.SettleAsync(settle);
        return received.Messages.Count;
    };

    static async Task FillAsync(FullServer server, RawQueue raw, string name, int count)
    {
        var bodies = Enumerable.Repeat(Kibibyte, 500).ToArray();
        for (var sent = 0; sent < count; sent += bodies.Length)
        {
            await server.Channel.Queue.SendAsync(Messages(server, name, bodies.Length));
            await raw.SendAsync(bodies);
        }
    }

    static SendRequest Messages(FullServer server, string name, int count)
    {
        var request = new SendRequest { StoreId = server.StoreId, Queue = name };
        request.Messages.AddRange(Enumerable.Range(0, count).Select(_ => new NewMessage { Kind = "bench", Body = Body }));
        return request;
    }
}
