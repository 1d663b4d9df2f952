using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MesChain.Cli.Ledger;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Crash;

/// <summary>kill -9 while rows are written and sealed: what was answered is on the ledger, and the ledger goes on from every head it ever signed.</summary>
public sealed class LedgerCrashTests
{
    const int Readers = 8;
    static readonly string Store = Ids.SystemStore.ToWire();
    static readonly int Kills = Soak.Count(100);

    // Heads in quick succession, so that kills fall into signing too.
    static readonly string[] Under = ["/usr/bin/env", "MESCHAIN__Ledger__SignEvery=00:00:01"];

    [Theory]
    [Trait(Soak.Trait, "yes")]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task S22_S24_Every_reading_that_was_answered_is_under_proof_after_a_kill_at_any_instant(Engine engine)
    {
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var chance = new Random(seed);
        await using var server = await CrashServer.NewAsync(engine);
        await server.StartAsync(TimeSpan.FromMinutes(2), Under);
        using (var channel = server.Connect())
            await new SecretService.SecretServiceClient(channel).PutSecretAsync(new() { StoreId = Store, Path = "crash", Value = ByteString.CopyFromUtf8("v") });

        var (answered, earlier) = (1L, (string?)null);
        for (var kill = 0; kill < Kills; kill++)
        {
            answered += await ReadUntilKilledAsync(server, chance.Next(1, 600));
            await server.StayAwayAsync();
            await server.StartAsync(TimeSpan.FromMinutes(2), Under);
            using var channel = server.Connect();
            var ops = new OpsService.OpsServiceClient(channel);
            var head = await HeadAsync(ops, answered);
            Assert.Null(await VerifyAsync(ops, earlier));
            earlier = head.Note;
        }

        Soak.Say(engine == Engine.Sqlite ? "ledger-kills" : "ledger-kills-postgres", string.Create(CultureInfo.InvariantCulture, $"{seed}..{seed}"), Kills, 0);
    }

    /// <summary>Readings by several callers; after so many answers the server is killed in the middle of the others. Says how many were answered.</summary>
    static async Task<long> ReadUntilKilledAsync(CrashServer server, int enough)
    {
        using var channel = server.Connect();
        var (answered, reached) = (0L, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync(channel, () =>
        {
            if (Interlocked.Increment(ref answered) == enough)
                reached.SetResult();
        })).ToList();
        await Task.WhenAny([reached.Task, .. readers]);
        Assert.True(reached.Task.IsCompleted, "the server died by itself");
        await server.KillAsync();
        await Task.WhenAll(readers);
        return answered;
    }

    static async Task ReadAsync(GrpcChannel channel, Action answered)
    {
        var secrets = new SecretService.SecretServiceClient(channel);
        try
        {
            while (true)
            {
                await secrets.GetSecretAsync(new() { StoreId = Store, Path = "crash" });
                answered();
            }
        }
        catch (RpcException)
        {
            // The kill.
        }
    }

    /// <summary>The first turn after a start seals what was written before it; asked until it is over.</summary>
    static async Task<LedgerHead> HeadAsync(OpsService.OpsServiceClient ops, long atLeast)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                var head = (await ops.GetLedgerHeadAsync(new() { StoreId = Store }, cancellationToken: limit.Token)).Head;
                if (head.Size >= atLeast)
                    return head;
            }
            catch (RpcException none) when (none.StatusCode == StatusCode.NotFound)
            {
                // Not yet.
            }
        }
    }

    static async Task<Finding?> VerifyAsync(OpsService.OpsServiceClient ops, string? earlier)
    {
        var verifier = new LedgerVerifier(null, earlier);
        using var call = ops.ExportProof(new() { StoreId = Store });
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            foreach (var line in part.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (verifier.Read(line) is { } finding)
                    return finding;
            }
        }

        return verifier.End();
    }
}
