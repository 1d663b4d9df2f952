using MesChain.Contracts.Ops.V1;

namespace MesChain.Bench;

/// <summary>What key, rights, errors, metrics and logging cost: the same empty call with all of it, and with nothing but Grpc.AspNetCore.</summary>
static class Noop
{
    public static async Task RunAsync(BareServer bare, FullServer full)
    {
        foreach (var callers in new[] { 1, 16, 64 })
        {
            var without = await MeasureAsync(bare.Channel.Ops, callers);
            var with = await MeasureAsync(full.Channel.Ops, callers);
            Report.Lines($"noop.bare.c{callers}", without, "calls", "Grpc.AspNetCore alone, GetVersion, h2c");
            Report.Lines($"noop.full.c{callers}", with, "calls", "the whole server, GetVersion, h2c");
            Report.Line($"noop.ratio.c{callers}", with.PerSecond / without.PerSecond, "full/bare", "the two above");
        }
    }

    static Task<Result> MeasureAsync(OpsService.OpsServiceClient ops, int callers) => Load.RunAsync(callers, async _ =>
    {
        await ops.GetVersionAsync(new());
        return 1;
    });
}
