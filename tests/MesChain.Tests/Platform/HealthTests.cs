using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Loops;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Platform;

/// <summary>What OpsService.GetHealth tells people.</summary>
public sealed class HealthTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_server_that_is_well_says_so_of_each_component(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        var health = await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.Equal("", string.Join(' ', health.Components.Where(component => !component.Healthy)));
        Assert.True(health.Healthy);
        Assert.Contains(health.Components, component => component.Name == "database");
        Assert.Contains(health.Components, component => component.Name == "loop RepeatsSweep");
    }

    [Fact]
    public async Task An_ill_component_comes_with_cause_and_fix_and_a_source_that_breaks_is_ill_itself()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, adjust: builder =>
        {
            builder.Services.AddSingleton<IHealthSource, Ill>();
            builder.Services.AddSingleton<IHealthSource, Broken>();
        });
        var health = await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.False(health.Healthy);
        Assert.Equal(["Broken", "mill"], health.Components.Where(component => !component.Healthy).Select(component => component.Name));
        Assert.All(health.Components.Where(component => !component.Healthy), component => Assert.NotEqual("", component.Fix));
    }

    [Fact]
    public async Task A_loop_that_failed_its_turn_is_ill_until_it_ends_one_well()
    {
        Stumbling? loop = null;
        await using var server = await TestServer.StartAsync(Engine.Sqlite, adjust: builder => builder.Services.AddSingleton<IHostedService>(provider => loop = new(TimeProvider.System, provider.GetRequiredService<ILogger<Stumbling>>())));
        server.ExpectErrors();
        await loop!.Failed.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        var ops = new OpsService.OpsServiceClient(server.Channel);
        // The turn is over when its fault can be read.
        while (loop.LastFault is null)
            await Task.Yield();
        Assert.Contains((await ops.GetHealthAsync(new(), cancellationToken: Cancel)).Components, component => component.Name == "loop Stumbling" && component.Cause.Contains("FormatException", StringComparison.Ordinal));

        loop.May.SetResult();
        await loop.Recovered.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        while (loop.LastFault is not null)
            await Task.Yield();
        Assert.True((await ops.GetHealthAsync(new(), cancellationToken: Cancel)).Healthy);
    }

    sealed class Ill : IHealthSource
    {
        public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<ComponentState>>([new("mill", "The sails are torn.", "Mend them.")]);
    }

    sealed class Broken : IHealthSource
    {
        public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => throw new FormatException();
    }

    sealed class Stumbling(TimeProvider clock, ILogger log) : Loop(clock, log, TimeSpan.FromMilliseconds(1))
    {
        bool _stumbled;

        public TaskCompletionSource Failed { get; } = new();

        public TaskCompletionSource May { get; } = new();

        public TaskCompletionSource Recovered { get; } = new();

        public override async Task<bool> RunOnceAsync(CancellationToken stop)
        {
            if (!_stumbled)
            {
                _stumbled = true;
                Failed.TrySetResult();
                throw new FormatException();
            }

            await May.Task.WaitAsync(stop);
            Recovered.TrySetResult();
            return false;
        }
    }
}
