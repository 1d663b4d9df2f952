using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Ledger;

/// <summary>Every store's ledger is as it was sealed, and its head is not long behind its rows.</summary>
sealed class LedgerHealth(Db db, IOptions<LedgerOptions> options) : IHealthSource
{
    /// <summary>Beyond the time that a head may take by itself.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        var (faulty, late) = await db.ReadAsync(async tx => ((await LedgerStore.FaultyAsync(tx)).Count, (await LedgerStore.LateAsync(tx, options.Value.SignEvery + Slack)).Count), cancel);
        return [faulty > 0 ? new("ledger", HealthCauses.LedgerTampered, Stores(faulty)) : new("ledger", late > 0 ? HealthCauses.LedgerLate : null, Stores(late))];
    }

    static string Stores(int count) => string.Create(CultureInfo.InvariantCulture, $"(stores: {count}{(count >= LedgerStore.ToldMax ? " or more" : "")})");
}
