using System.CommandLine;
using System.Globalization;

namespace MesChain.Cli.Commands.Sync;

/// <summary>Changes that were stopped because there were unusually many, with what is at stake and how it is decided.</summary>
static class WavesCommand
{
    public static Command Make(Runner runner) => runner.Command("waves", "Lists waves that were stopped: what would go to zero, and how to decide.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var names = (await session.ConnectionsAsync(store)).ToDictionary(one => one.Id, one => one.Name, StringComparer.Ordinal);
        var waves = await Session.PagesAsync(
            token => session.Channel.Offers.ListWavesAsync(new() { StoreId = store, PageSize = 200, PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Waves,
            page => page.NextPageToken);
        session.Terminal.List(
            waves,
            "Nothing was stopped.",
            ["connection", "would go to zero", "on sale", "stopped", "such as"],
            wave =>
            [
                names.GetValueOrDefault(wave.ConnectionId, wave.ConnectionId), Terminal.Number(wave.Offers), Terminal.Number(wave.Live), Terminal.Time(wave.HeldTime),
                string.Join("; ", wave.Examples.Take(3).Select(example => string.Create(CultureInfo.InvariantCulture, $"{example.Title} ({example.Quantity} on sale)"))),
            ]);
        if (!session.Terminal.Json)
        {
            foreach (var wave in waves)
            {
                var what = $"'{names.GetValueOrDefault(wave.ConnectionId, wave.ConnectionId)}' {Terminal.Number(wave.Offers)}";
                session.Terminal.Line($"They are meant: meschain sync wave release {what}. They are a mistake: meschain sync wave reject {what}, and correct the shop. Until then they stay on sale.");
            }
        }

        return ExitCode.Fine;
    }
}
