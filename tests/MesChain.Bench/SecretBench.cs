using Google.Protobuf;

namespace MesChain.Bench;

/// <summary>A secret read, whose record is on disk before its value leaves, beside an empty call.</summary>
static class SecretBench
{
    public static async Task RunAsync(FullServer server)
    {
        var secrets = server.Channel.Secrets;
        await secrets.PutSecretAsync(new() { StoreId = server.StoreId, Path = "bench/token", Value = ByteString.CopyFromUtf8(new string('x', 64)) });
        foreach (var callers in new[] { 1, 200 })
        {
            var results = await Load.RunAsync(callers, Noop.Call(server.Channel), ReadAsync);
            var (empty, read) = (results[0], results[1]);
            Report.Lines($"{server.Engine}.secret.read.c{callers}", read, "calls", server.Against + ", with its record on the ledger");
            Report.Line($"{server.Engine}.secret.read.ratio.c{callers}", read.PerSecond / empty.PerSecond, "read/noop", "GetVersion on the same server");
        }

        async Task<int> ReadAsync()
        {
            await secrets.GetSecretAsync(new() { StoreId = server.StoreId, Path = "bench/token" });
            return 1;
        }
    }
}
