using System.Globalization;
using Google.Rpc;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Wire;

/// <summary>Random requests to every RPC. Whatever they are, the answer is about them: nothing of ours breaks. <c>MESCHAIN_SEED=n</c> replays one.</summary>
[Trait(Soak.Trait, "yes")]
public abstract class RandomRequestTests(Engine engine)
{
    const int PerRpc = 10_000;
    const int Callers = 48;
    const int MessageMax = 4 * 1024 * 1024;

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_random_requests_to_each_rpc_break_nothing()
    {
        // Its end fails when anything was logged as an error.
        await using var world = await WireWorld.OpenAsync(engine);
        var count = Soak.Replayed is null ? Soak.Count(PerRpc) : 1;
        var first = Soak.Replayed ?? Random.Shared.Next(int.MaxValue - PerRpc);
        var wrong = new List<string>();
        var codes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var method in WireWorld.Methods)
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(first, count),
                new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = Cancel },
                async (seed, cancel) =>
                {
                    var request = new RandomRequests(seed, world.Mine, world.Other).Next(method.InputType);
                    var answer = await world.Admin.AskAsync(method, request, TimeSpan.FromMilliseconds(30), cancel);
                    lock (wrong)
                    {
                        codes[answer.Code.ToString()] = codes.GetValueOrDefault(answer.Code.ToString()) + 1;
                        if (request.Length < MessageMax && Broken(answer))
                            wrong.Add($"{method.FullName} seed {seed}: {answer.Code} {answer.Status.Message}\n  {Convert.ToBase64String(request.AsSpan(0, Math.Min(200, request.Length)))}");
                    }
                });
        }

        Soak.Say($"random-requests-{engine}", string.Create(CultureInfo.InvariantCulture, $"{first}..{first + count - 1}"), count * WireWorld.Methods.Count(), wrong.Count);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(' ', codes));
        Assert.True(wrong.Count == 0, $"{wrong.Count} random requests broke something.\n{string.Join('\n', wrong.DistinctBy(line => line[..line.IndexOf(' ', StringComparison.Ordinal)]))}");
    }

    static bool Broken(Answer answer) =>
        answer.Code is Code.Internal or Code.Unknown or Code.Unimplemented or Code.DataLoss or Code.Unavailable
        || answer.Code == Code.DeadlineExceeded
        // A refusal without a reason helps nobody.
        || (answer.Code != Code.Ok && answer.Status.Reason().Length == 0);

    public sealed class OnSqlite() : RandomRequestTests(Engine.Sqlite);

    public sealed class OnPostgres() : RandomRequestTests(Engine.Postgres);
}
