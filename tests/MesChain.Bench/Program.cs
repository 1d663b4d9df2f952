using System.Globalization;
using MesChain.Bench;
using MesChain.Tests.Support;

if (args is [BareServer.Verb, var port])
{
    await BareServer.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture));
    return;
}

// Words choose parts: start, noop, secret, queue, sqlite, postgres. None means all.
bool Wanted(string part, params string[] parts) => !args.Intersect(parts).Any() || args.Contains(part);
bool Part(string part) => Wanted(part, "start", "noop", "secret", "queue");
bool On(string engine) => Wanted(engine, "sqlite", "postgres");

Report.Machine();
if (Part("start"))
    await StartBench.RunAsync();
if (On("sqlite"))
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

if (On("postgres"))
{
    await using var postgres = await PrivatePostgres.StartAsync(durable: true);
    if (postgres is null)
    {
        Console.WriteLine("# PostgreSQL is not installed: its figures are left out");
        return;
    }

    await using var server = await FullServer.StartAsync(await postgres.CreateDatabaseAsync());
    await using var raw = await RawQueue.OnPostgresAsync(await postgres.CreateDatabaseAsync());
    await EngineAsync(server, raw);
}

async Task EngineAsync(FullServer server, RawQueue raw)
{
    if (Part("secret"))
        await SecretBench.RunAsync(server);
    if (Part("queue"))
        await QueueBench.RunAsync(server, raw);
}
