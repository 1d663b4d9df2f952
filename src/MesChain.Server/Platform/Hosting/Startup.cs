using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keys;

namespace MesChain.Server.Platform.Hosting;

/// <summary>What must be true before any loop turns and any listener opens: the schema of this release, and a key to enter by.</summary>
sealed class Startup(Migrator migrator, BootstrapKey bootstrap, TimeProvider clock) : IHostedLifecycleService
{
    /// <summary>Whether all of it was done; /readyz asks.</summary>
    public bool Done { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await migrator.RunAsync(clock, cancellationToken);
        await bootstrap.EnsureAsync(cancellationToken);
        Done = true;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Done = false;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
