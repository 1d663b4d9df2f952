using MesChain.Bench;

await using var bare = await BareServer.StartAsync();
await using var full = await FullServer.StartAsync();
Report.Machine();
await Noop.RunAsync(bare, full);
await QueueBench.RunAsync(full);
