using MesChain.Client;

namespace MesChain.Bench;

/// <summary>What key, rights, errors, metrics and logging cost: the same empty call with all of it, and with nothing but Grpc.AspNetCore.</summary>
static class Noop
{
    public static async Task RunAsync(BareServer bare, FullServer full)
    {
        foreach (var callers in new[] { 1, 16, 64, 200 })
        {
            var results = await Load.RunAsync(callers, Call(bare.Channel), Call(full.Channel));
            var (without, with) = (results[0], results[1]);
            Report.Lines($"noop.bare.c{callers}", without, "calls", "Grpc.AspNetCore alone, GetVersion, h2c");
            Report.Lines($"noop.full.c{callers}", with, "calls", "the whole server, GetVersion, h2c");
            Report.Line($"noop.ratio.c{callers}", with.PerSecond / without.PerSecond, "full/bare", "the two above");
        }
    }

    public static Func<Task<int>> Call(MesChainChannel channel) => async () =>
    {
        await channel.Ops.GetVersionAsync(new());
        return 1;
    };
}
