using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Listeners;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Hooks;

/// <summary>
/// Sees to it that the marketplace has one hook of this connection, and that it is awake. The marketplace's own list decides: what is there
/// and not ours any more is taken away, what rests is woken, and what is not there is registered under new secrets. A connection that is not
/// live any more has its hook taken back.
/// </summary>
public sealed class HooksJob(HookStore hooks, IssueStore issues, IOptions<ListenerOptions> listeners) : ISyncJob
{
    static readonly string[] Refusals = [FaultCodes.WebhookRefused, FaultCodes.WebhookLimit, FaultCodes.WebhookAddressRefused];

    public string Kind => JobKinds.Hooks;

    public bool TakesBack => true;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IWebhooks>() is not { } marketplace)
            return;
        if (run.Connection.Mode != ConnectionRow.Live)
        {
            await TakeBackAsync(run, marketplace, cancel);
            return;
        }

        // Without a public address nobody could call; orders are read at intervals all the same.
        if (listeners.Value.PublicUrl.Length == 0)
            return;
        var access = await run.AccessAsync(cancel);
        var place = $"{listeners.Value.PublicUrl.TrimEnd('/')}/hooks/{run.ConnectionId.ToWire()}/";
        var known = await run.ReadAsync(tx => hooks.FindAsync(tx, run.ConnectionId), cancel);
        var ours = (await marketplace.ReadWebhooksAsync(access, cancel)).Where(hook => hook.Address.AbsoluteUri.StartsWith(place, StringComparison.OrdinalIgnoreCase)).ToList();
        var standing = known is null ? null : ours.Find(hook => known.IsAt(hook.Address.AbsoluteUri[place.Length..]));
        foreach (var stray in ours.Where(hook => hook != standing))
            await marketplace.RemoveWebhookAsync(access, stray.WebhookId, cancel);

        if (standing is null)
            await RegisterAsync(run, marketplace, access, place, cancel);
        else if (standing.IsArmed)
            await run.WriteAsync(tx => AwakeAsync(tx, run), cancel);
        else
        {
            await marketplace.ArmWebhookAsync(access, standing.WebhookId, cancel);
            await run.WriteAsync(tx => WokenAsync(tx, run, known!), CancellationToken.None);
        }
    }

    async Task TakeBackAsync(JobRun run, IWebhooks marketplace, CancellationToken cancel)
    {
        if (await run.ReadAsync(tx => hooks.FindAsync(tx, run.ConnectionId), cancel) is null)
            return;
        await marketplace.RemoveAllOfAsync(await run.AccessAsync(cancel), run.ConnectionId, cancel);
        await run.WriteAsync(
            async tx =>
            {
                await hooks.ForgetAsync(tx, run.StoreId, run.ConnectionId);
                foreach (var code in Refusals.Append(IssueCatalog.WebhookRests))
                    await issues.ResolveAsync(tx, run.StoreId, code, run.ConnectionId, run.ConnectionId.ToWire());
            },
            cancel);
    }

    async Task RegisterAsync(JobRun run, IWebhooks marketplace, SellerAccess access, string place, CancellationToken cancel)
    {
        var secrets = HookSecrets.Draw();
        var wish = new WebhookWish { Address = new(place + secrets.Secret), Proof = WebhookProof.Password, User = HookSecrets.User, Secret = secrets.Password };
        var refusal = marketplace.JudgeWebhook(wish);
        if (refusal is null)
        {
            await run.WriteAsync(tx => hooks.BeginAsync(tx, run.StoreId, run.ConnectionId, secrets), cancel);
            try
            {
                await marketplace.RegisterWebhookAsync(access, wish, cancel);
            }
            catch (MarketplaceFault fault) when (fault.Kind == FaultKind.Rejected)
            {
                refusal = fault;
            }
        }

        await run.WriteAsync(
            async tx =>
            {
                foreach (var code in Refusals.Where(code => code != refusal?.Code))
                    await issues.ResolveAsync(tx, run.StoreId, code, run.ConnectionId, run.ConnectionId.ToWire());
                if (refusal is not null)
                    await issues.OpenAsync(tx, run.StoreId, refusal.Code, run.ConnectionId, run.ConnectionId.ToWire(), marketplaceText: refusal.MarketplaceText);
            },
            CancellationToken.None);
    }

    /// <summary>Once is an accident; one that rests again although it was woken is called in vain.</summary>
    async Task WokenAsync(Tx tx, JobRun run, Hook known)
    {
        if (known.WokenMs is not null)
            await issues.OpenAsync(tx, run.StoreId, IssueCatalog.WebhookRests, run.ConnectionId, run.ConnectionId.ToWire());
        await hooks.WokenAsync(tx, run.StoreId, run.ConnectionId);
    }

    async Task AwakeAsync(Tx tx, JobRun run)
    {
        await hooks.AwakeAsync(tx, run.StoreId, run.ConnectionId);
        await issues.ResolveAsync(tx, run.StoreId, IssueCatalog.WebhookRests, run.ConnectionId, run.ConnectionId.ToWire());
    }
}
