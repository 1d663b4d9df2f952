using System.Globalization;
using MesChain.Bench;
using MesChain.Tests.Support;

if (args is [BareServer.Verb, var port])
{
    await BareServer.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture));
    return;
}

// Words choose parts and engines, none means all; "wave" means all of the waves, and "offers=20000" makes the two large ones smaller.
string[] waves = ["wave-price", "wave-stock", "wave-single", "wave-zero", "wave-outage", "idle"];
string[] others = ["start", "noop", "secret", "queue"];
var wanted = args.Contains("wave") ? [.. args, .. waves.Where(part => part.StartsWith("wave", StringComparison.Ordinal))] : args;
var offers = args.Where(arg => arg.StartsWith("offers=", StringComparison.Ordinal)).Select(arg => int.Parse(arg["offers=".Length..], CultureInfo.InvariantCulture)).FirstOrDefault(200_000);
bool Part(string part) => !wanted.Intersect([.. others, .. waves]).Any() || wanted.Contains(part);
bool On(string engine) => !args.Intersect(["sqlite", "postgres"]).Any() || args.Contains(engine);

Report.Machine();
if (Part("start"))
    await StartBench.RunAsync();
if (On("sqlite"))
{
    if (others.Any(Part))
        await SqliteAsync();
    await WavesAsync(() => Task.FromResult(""));
}

if (On("postgres"))
{
    await using var postgres = await PrivatePostgres.StartAsync(durable: true);
    if (postgres is null)
    {
        Console.WriteLine("# PostgreSQL is not installed: its figures are left out");
        return;
    }

    if (others.Any(Part))
    {
        await using var server = await FullServer.StartAsync(await postgres.CreateDatabaseAsync());
        await using var raw = await RawQueue.OnPostgresAsync(await postgres.CreateDatabaseAsync());
        await EngineAsync(server, raw);
    }

    await WavesAsync(postgres.CreateDatabaseAsync);
}

async Task SqliteAsync()
{
    await using var server = await FullServer.StartAsync();
    await using var raw = await RawQueue.OnSqliteAsync();
    if (Part("noop"))
    {
        await using var bare = await BareServer.StartAsync();
        await Noop.RunAsync(bare, server);
    }

    await EngineAsync(server, raw);
}

async Task EngineAsync(FullServer server, RawQueue raw)
{
    if (Part("secret"))
        await SecretBench.RunAsync(server);
    if (Part("queue"))
        await QueueBench.RunAsync(server, raw);
}

async Task WavesAsync(Func<Task<string>> database)
{
    if (Part("wave-price"))
        await WaveBench.LimitsAsync(await database(), offers, price: true);
    if (Part("wave-stock"))
        await WaveBench.LimitsAsync(await database(), offers, price: false);
    if (Part("wave-single"))
        await WaveBench.SingleAsync(await database());
    if (Part("wave-zero"))
        await WaveBench.ZeroAsync(await database());
    // PostgreSQL's own clock cannot be hurried.
    if (Part("wave-outage") && await database() is "")
        await OutageBench.RunAsync();
    if (Part("idle"))
        await IdleBench.RunAsync(await database());
}
