namespace MesChain.Server.Platform.Cluster;

/// <summary>"There may be work": a hint between the parts and the nodes of the program. It may be lost; nothing depends on it but latency.</summary>
public interface ISignal
{
    void Raise(string topic);

    /// <summary>Ends at the next <see cref="Raise"/> of the topic after this call began, or after <paramref name="longest"/>.</summary>
    Task WaitAsync(string topic, TimeSpan longest, CancellationToken cancel);
}
