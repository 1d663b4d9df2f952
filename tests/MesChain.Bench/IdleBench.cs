using System.Diagnostics;
using System.Globalization;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Environment = MesChain.Contracts.Sync.V1.Environment;

namespace MesChain.Bench;

/// <summary>What a shop costs in which nothing happens: its connection is live, and its orders are read every 15 s.</summary>
static class IdleBench
{
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string postgres)
    {
        await using var server = await FullServer.StartAsync(postgres, null, "--MesChain:Sandbox:Enabled=true");
        var db = server.Services.GetRequiredService<Db>();
        var made = 0;
        foreach (var stores in new[] { 1, 10, 100, 1000 })
        {
            Report.Progress($"{stores} idle stores, {Measured.TotalSeconds} s");
            for (; made < stores; made++)
                await OpenAsync(server, db, made);
            await Task.Delay(Settling, TimeProvider.System);

            var statements = 0L;
            var calls = Calls(server);
            db.Heard = _ => Interlocked.Increment(ref statements);
            var (cpu, bytes, began) = (Cpu(), GC.GetTotalAllocatedBytes(), TimeProvider.System.GetTimestamp());
            await Task.Delay(Measured, TimeProvider.System);
            var storeMinutes = stores * TimeProvider.System.GetElapsedTime(began).TotalMinutes;
            var (usedCpu, usedBytes) = (Cpu() - cpu, GC.GetTotalAllocatedBytes() - bytes);
            db.Heard = null;

            var name = string.Create(CultureInfo.InvariantCulture, $"{server.Engine}.idle.s{stores}");
            Report.Line($"{name}.cpu", usedCpu.TotalMilliseconds / storeMinutes, "ms/store/min", $"server and sandbox, {server.Against}; goal: no more with more stores");
            Report.Line($"{name}.statements", statements / storeMinutes, "statements/store/min", "the same");
            Report.Line($"{name}.allocated", usedBytes / 1024.0 / storeMinutes, "KiB/store/min", "the same");
            Report.Line($"{name}.calls", (Calls(server) - calls) / storeMinutes, "calls of the marketplace/store/min", "the same; fewer with more stores means that they are late");
        }
    }

    static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    static long Calls(FullServer server) => server.Services.GetRequiredService<TrendyolSandbox>().Calls()[^1].Sequence;

    static async Task OpenAsync(FullServer server, Db db, int number)
    {
        var seller = string.Create(CultureInfo.InvariantCulture, $"7{number:D5}");
        server.Services.GetRequiredService<TrendyolSandbox>().AddSeller(new() { SellerId = seller, ApiKey = "key-" + seller, ApiSecret = "secret-" + seller });
        var store = (await server.Channel.Stores.CreateStoreAsync(new() { Slug = "idle-" + seller, Name = "Idle" })).Store.Id;
        var made = await server.Channel.Stores.CreateConnectionAsync(new()
        {
            StoreId = store,
            Marketplace = "trendyol",
            Environment = Environment.Sandbox,
            Name = "Trendyol",
            SellerId = seller,
            Credentials = new() { ApiKey = "key-" + seller, ApiSecret = "secret-" + seller },
        });
        await server.Channel.Stores.TestConnectionAsync(new() { StoreId = store, ConnectionId = made.Connection.Id });
        await db.WriteAsync(
            tx => tx.ExecuteAsync(
                $"update connections set mode = 'live', stock_enabled = @yes, price_enabled = @yes, cutover_ms = {tx.Db.Now} where seller_id = @seller", new { yes = true, seller }),
            default);
    }
}
