using System.Collections.Frozen;

namespace MesChain.Server.Platform.Rpc;

/// <summary>What a call needs: any one of the scopes; and, where a call reaches beyond one store, a key that is bound to none.</summary>
public sealed record Right(bool Unbound, params string[] Scopes);

/// <summary>
/// Every RPC of every service, and the scopes that suffice for it. A method that does not stand here cannot be called. Health and
/// reflection are no business of ours and need no key.
/// </summary>
public static class Rights
{
    /// <summary>What a shop's own key has: all of Sync for its store, and whether the server is well.</summary>
    const string Shop = "sync:shop";

    static readonly Right SyncRead = new(false, "sync:read", Shop);
    static readonly Right SyncWrite = new(false, "sync:write", Shop);
    static readonly Right SecretDelete = new(false, "secret:delete");
    static readonly Right SecretRotate = new(false, "secret:rotate");
    static readonly Right OpsRead = new(false, "ops:read", Shop);
    static readonly Right OpsManage = new(false, "ops:manage");
    static readonly Right OpsAudit = new(false, "ops:audit", "ops:manage");

    public static readonly FrozenDictionary<string, Right> Table = new Dictionary<string, Right>(StringComparer.Ordinal)
    {
        ["/meschain.sync.v1.StoreService/CreateStore"] = new(true, "sync:write"),
        ["/meschain.sync.v1.StoreService/UpdateStore"] = SyncWrite,
        ["/meschain.sync.v1.StoreService/ListStores"] = SyncRead,
        ["/meschain.sync.v1.StoreService/CreateConnection"] = SyncWrite,
        ["/meschain.sync.v1.StoreService/TestConnection"] = SyncWrite,
        ["/meschain.sync.v1.StoreService/SetConnectionMode"] = SyncWrite,
        ["/meschain.sync.v1.StoreService/UpdateConnection"] = SyncWrite,
        ["/meschain.sync.v1.StoreService/ListConnections"] = SyncRead,
        ["/meschain.sync.v1.StoreService/DeleteConnection"] = SyncWrite,

        ["/meschain.sync.v1.CatalogService/UpsertProducts"] = SyncWrite,
        ["/meschain.sync.v1.CatalogService/DeleteProducts"] = SyncWrite,
        ["/meschain.sync.v1.CatalogService/ListProducts"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/ListCategories"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/ListCategoryAttributes"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/ListAttributeOptions"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/ListBrands"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/SetMappings"] = SyncWrite,
        ["/meschain.sync.v1.CatalogService/ListMappings"] = SyncRead,
        ["/meschain.sync.v1.CatalogService/RevertMappings"] = SyncWrite,

        ["/meschain.sync.v1.OfferService/ReportStock"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ReportPrices"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ProposeLinks"] = SyncRead,
        ["/meschain.sync.v1.OfferService/LinkVariants"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/UnlinkVariants"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ListOffers"] = SyncRead,
        ["/meschain.sync.v1.OfferService/CreateListings"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ListListings"] = SyncRead,
        ["/meschain.sync.v1.OfferService/GetListing"] = SyncRead,
        ["/meschain.sync.v1.OfferService/StopListings"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ResumeListings"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/ListWaves"] = SyncRead,
        ["/meschain.sync.v1.OfferService/ReleaseWave"] = SyncWrite,
        ["/meschain.sync.v1.OfferService/RejectWave"] = SyncWrite,

        ["/meschain.sync.v1.OrderService/PullOrders"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/AcknowledgeOrders"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/ListOrders"] = SyncRead,
        ["/meschain.sync.v1.OrderService/GetOrder"] = SyncRead,
        ["/meschain.sync.v1.OrderService/GetLabel"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/UpdateOrder"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/ListClaims"] = SyncRead,
        ["/meschain.sync.v1.OrderService/GetClaim"] = SyncRead,
        ["/meschain.sync.v1.OrderService/ListClaimReasons"] = SyncRead,
        ["/meschain.sync.v1.OrderService/DecideClaim"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/RecordReturn"] = SyncWrite,
        ["/meschain.sync.v1.OrderService/ListQuestions"] = SyncRead,
        ["/meschain.sync.v1.OrderService/AnswerQuestion"] = SyncWrite,

        ["/meschain.sync.v1.SyncService/GetOverview"] = SyncRead,
        ["/meschain.sync.v1.SyncService/ListIssues"] = SyncRead,
        ["/meschain.sync.v1.SyncService/GetTimeline"] = SyncRead,
        ["/meschain.sync.v1.SyncService/ResolveIssue"] = SyncWrite,
        ["/meschain.sync.v1.SyncService/WatchEvents"] = SyncRead,

        ["/meschain.queue.v1.QueueService/CreateQueue"] = new(false, "queue:manage"),
        ["/meschain.queue.v1.QueueService/GetQueue"] = new(false, "queue:read", "queue:manage"),
        ["/meschain.queue.v1.QueueService/ListQueues"] = new(false, "queue:read", "queue:manage"),
        ["/meschain.queue.v1.QueueService/Send"] = new(false, "queue:send"),
        ["/meschain.queue.v1.QueueService/Receive"] = new(false, "queue:receive"),
        ["/meschain.queue.v1.QueueService/Settle"] = new(false, "queue:receive"),
        ["/meschain.queue.v1.QueueService/RenewLeases"] = new(false, "queue:receive"),
        ["/meschain.queue.v1.QueueService/Browse"] = new(false, "queue:read", "queue:manage"),
        ["/meschain.queue.v1.QueueService/Redrive"] = new(false, "queue:manage"),

        ["/meschain.secret.v1.SecretService/PutSecret"] = new(false, "secret:write"),
        ["/meschain.secret.v1.SecretService/GetSecret"] = new(false, "secret:read"),
        ["/meschain.secret.v1.SecretService/GetSecrets"] = new(false, "secret:read"),
        ["/meschain.secret.v1.SecretService/ListSecrets"] = new(false, "secret:list"),
        ["/meschain.secret.v1.SecretService/ListVersions"] = new(false, "secret:list"),
        ["/meschain.secret.v1.SecretService/SetLabel"] = new(false, "secret:write"),
        ["/meschain.secret.v1.SecretService/DisableVersion"] = new(false, "secret:write"),
        ["/meschain.secret.v1.SecretService/EnableVersion"] = new(false, "secret:write"),
        ["/meschain.secret.v1.SecretService/DeleteSecret"] = SecretDelete,
        ["/meschain.secret.v1.SecretService/UndeleteSecret"] = SecretDelete,
        ["/meschain.secret.v1.SecretService/DestroyVersion"] = SecretDelete,
        ["/meschain.secret.v1.SecretService/ListAuditRecords"] = new(false, "secret:audit"),
        ["/meschain.secret.v1.SecretService/RotateKek"] = SecretRotate,
        ["/meschain.secret.v1.SecretService/RetireKek"] = SecretRotate,
        ["/meschain.secret.v1.SecretService/RotateRoot"] = new(true, "secret:rotate"),
        ["/meschain.secret.v1.SecretService/GetRotationStatus"] = SecretRotate,
        ["/meschain.secret.v1.SecretService/VerifySecrets"] = new(false, "secret:audit"),

        ["/meschain.ops.v1.OpsService/CreateApiKey"] = OpsManage,
        ["/meschain.ops.v1.OpsService/ListApiKeys"] = OpsManage,
        ["/meschain.ops.v1.OpsService/RotateApiKey"] = OpsManage,
        ["/meschain.ops.v1.OpsService/RevokeApiKey"] = OpsManage,
        ["/meschain.ops.v1.OpsService/GetLedgerHead"] = OpsAudit,
        ["/meschain.ops.v1.OpsService/GetInclusionProof"] = OpsAudit,
        ["/meschain.ops.v1.OpsService/GetConsistencyProof"] = OpsAudit,
        ["/meschain.ops.v1.OpsService/ExportProof"] = OpsAudit,
        ["/meschain.ops.v1.OpsService/ListAuditEvents"] = OpsAudit,
        ["/meschain.ops.v1.OpsService/GetHealth"] = OpsRead,
        ["/meschain.ops.v1.OpsService/GetVersion"] = OpsRead,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every scope that a key may be given: those of the table, <c>&lt;service&gt;:*</c>, and <c>*</c>.</summary>
    public static readonly FrozenSet<string> Scopes = Table.Values
        .SelectMany(right => right.Scopes)
        .SelectMany(scope => new[] { scope, scope[..(scope.IndexOf(':', StringComparison.Ordinal) + 1)] + "*" })
        .Append("*")
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a method is one of those that need no key.</summary>
    public static bool Open(string method) => method.StartsWith("/grpc.health.v1.", StringComparison.Ordinal) || method.StartsWith("/grpc.reflection.", StringComparison.Ordinal);
}
