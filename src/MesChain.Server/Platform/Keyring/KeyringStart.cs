namespace MesChain.Server.Platform.Keyring;

/// <summary>Loads the keys after the schema stands and before any loop turns or listener opens.</summary>
sealed class KeyringStart(StoreKeys keyring, RootKey root, Cluster.Node node) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => keyring.StartAsync(root, node, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
