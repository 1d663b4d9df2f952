using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Hooks;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Questions;
using MesChain.Server.Sync.Reference;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync;

/// <summary>Wiring of what Sync does in the background: jobs, sweeps and the knock.</summary>
static class SyncWorkModule
{
    static readonly TimeSpan KnockTimeout = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddSyncWork(this IServiceCollection services)
    {
        services.AddHttpClient(Knock.ClientName, client => client.Timeout = KnockTimeout)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = KnockTimeout })
            // The address may hold what a shop considers a secret.
            .RemoveAllLoggers();
        services.AddHostedService<SyncWorker>();
        services.AddHostedService<Cadence>();
        services.AddHostedService<Knock>();
        services.AddHostedService<BatchSweep>();
        services.AddHostedService<Farewell>();
        services.AddSingleton<OrderGrpc>();
        services.AddSingleton<Nudges>();
        services.AddSingleton<Owners>();
        services.AddSingleton<Health>();
        services.AddSingleton<Troubles>();
        services.AddSingleton<Platform.Hosting.IHealthSource, MarketplaceHealth>();
        services.AddSingleton<OfferStore>();
        services.AddSingleton<BatchStore>();
        services.AddSingleton<ReceiptPace>();
        services.AddSingleton<Desire>();
        services.AddSingleton<Breaker>();
        services.AddSingleton<PushPlan>();
        services.AddSingleton<Outcomes>();
        services.AddSingleton<Pusher>();
        services.AddSingleton<Feed>();
        services.AddSingleton<FeedWatch>();
        services.AddSingleton<Reservations>();
        services.AddSingleton<PersonVault>();
        services.AddSingleton(PersonVault.Column);
        services.AddSingleton<OrderLedger>();
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<OrderReader>();
        services.AddSingleton<OrderWishes>();
        services.AddSingleton<Labels>();
        AddJobs(services);
        AddAfterSales(services);
        return services;
    }

    static void AddJobs(IServiceCollection services)
    {
        services.AddSingleton<ISyncJob, PushStockJob>();
        services.AddSingleton<ISyncJob, PushPricesJob>();
        services.AddSingleton<ISyncJob, ReadReceiptsJob>();
        services.AddSingleton<ISyncJob, VerifyOffersJob>();
        services.AddSingleton<ISyncJob, ReadItemsJob>();
        services.AddSingleton<ISyncJob, PullOrdersJob>();
        services.AddSingleton<ISyncJob, PackageJob>();
        services.AddSingleton<ISyncJob, ReadReferenceJob>();
        services.AddSingleton<ListingVerdicts>();
        services.AddSingleton<ChangeVerdicts>();
        services.AddSingleton<ListingPost>();
        services.AddSingleton<ListingSender>();
        services.AddSingleton<Shelf>();
        services.AddSingleton<ContentSender>();
        services.AddSingleton<ContentReview>();
        services.AddSingleton<ISyncJob, ListingsJob>();
        services.AddSingleton<HookStore>();
        services.AddSingleton<ISyncJob, HooksJob>();
    }

    static void AddAfterSales(IServiceCollection services)
    {
        services.AddSingleton<ClaimVault>();
        services.AddSingleton(ClaimVault.NotesColumn);
        services.AddSingleton(ClaimVault.WishColumn);
        services.AddSingleton<ClaimIntake>();
        services.AddSingleton<ClaimDesk>();
        services.AddSingleton<ReturnedGoods>();
        services.AddSingleton<QuestionVault>();
        services.AddSingleton(QuestionVault.TextsColumn);
        services.AddSingleton(QuestionVault.WishColumn);
        services.AddSingleton<QuestionIntake>();
        services.AddSingleton<QuestionDesk>();
        services.AddSingleton<ISyncJob, ReadClaimsJob>();
        services.AddSingleton<ISyncJob, DecideClaimsJob>();
        services.AddSingleton<ISyncJob, ReadQuestionsJob>();
        services.AddSingleton<ISyncJob, AnswerQuestionsJob>();
    }

    public static WebApplication MapSyncWork(this WebApplication app)
    {
        app.MapGrpcService<OrderGrpc>();
        app.MapHooks();
        return app;
    }
}
