using System.Globalization;
using System.Text;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Cli;
using MesChain.Tests.Simulation;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Amounts;

/// <summary>
/// What leaves the program is made of bytes, and a Turkish machine's are the same. The test fails where any number or date on the way is
/// formatted or parsed by the culture of the moment: <see cref="TurkishCulture"/> writes them otherwise, in every thread, and says so first.
/// </summary>
[Collection(TurkishCulture.Alone)]
public sealed class CultureTests
{
    [Fact] // AC-15, AC-17
    public async Task AC15_An_evenings_bytes_to_shop_and_marketplace_are_the_same_in_both_cultures()
    {
        var seed = Soak.Replayed ?? Random.Shared.Next();
        var plain = await PlayAsync(seed);
        Assert.Contains(plain, said => said.Contains("\"salePrice\":1234.50", StringComparison.Ordinal));
        IReadOnlyList<string> turkish;
        using (new TurkishCulture())
            turkish = await PlayAsync(seed);

        Assert.Equal(plain.Count, turkish.Count);
        for (var i = 0; i < plain.Count; i++)
            Assert.True(plain[i] == turkish[i], string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, message {i}:\n{plain[i]}\n{turkish[i]}"));
    }

    [Fact]
    public async Task AC15_The_command_line_says_the_same_in_both_cultures()
    {
        await using var shop = await LiveShop.OpenAsync(Engine.Sqlite);
        var placed = await shop.SellAsync(2);
        var shell = Shell.Of(shop.Server);
        string[][] commands =
        [
            ["sync", "orders"], ["sync", "orders", "--json"], ["sync", "order", "show", placed.OrderNumber], ["sync", "order", "show", placed.OrderNumber, "--json"],
            ["sync", "offers"], ["sync", "offers", "--json"], ["sync", "listings", "list"], ["ops", "audit", "--json"],
        ];
        var plain = await SayAllAsync();
        Assert.Contains("259.80 TRY", plain[0].Output, StringComparison.Ordinal);
        using (new TurkishCulture())
            Assert.Equal(plain, await SayAllAsync());

        async Task<List<Said>> SayAllAsync()
        {
            var all = new List<Said>();
            foreach (var command in commands)
                all.Add(await shell.RunAsync(command));
            return all;
        }
    }

    /// <summary>All that shop and marketplace were sent, in its order.</summary>
    static async Task<IReadOnlyList<string>> PlayAsync(int seed)
    {
        var clock = new SeededClock(new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), seed);
        using var copy = await TemplateDatabase.CopyFileAsync(clock, TimeSpan.Zero);
        var heard = new List<string>();
        await using var rig = await SyncRig.OpenAsync(copy.Database, clock, seed, inner => new Listener(inner, heard));
        var till = new Till(rig, seed);
        await till.OpenAsync();
        await rig.ReportAsync(1, [new("g0", 1_234), new("g1", 20_000)]);
        await rig.Db.WriteAsync(tx => rig.Get<PriceReports>().RecordAsync(tx, rig.StoreId, new(1, [new("g0", 1_234_50, 1_234_567_90), new("g1", 7, 1_00)])), default);
        await rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        await till.SellAsync(40);
        await till.CancelAsync(8);
        heard.AddRange(till.Handed.Select(Convert.ToHexString));
        return heard;
    }

    sealed class Listener(HttpMessageHandler inner, List<string> heard) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync(cancellationToken));
            heard.Add($"{request.Method} {request.RequestUri} {body}");
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
