namespace MesChain.Sandbox.Trendyol;

/// <summary>What happens by itself as time goes on. Runs inside the sandbox's lock.</summary>
static class TrendyolTime
{
    /// <summary>Lets everything that is due happen, in the order of its own time, and forgets what has expired.</summary>
    public static void ApplyDue(TrendyolSandbox sandbox, Seller seller, DateTimeOffset now)
    {
        while (Next(seller, now) is { } act)
            act(sandbox);

        foreach (var expired in seller.Batches.Values.Where(batch => batch.ExpiresAt <= now).Select(batch => batch.Id).ToList())
            seller.Batches.Remove(expired);
    }

    static Action<TrendyolSandbox>? Next(Seller seller, DateTimeOffset now)
    {
        var batch = seller.Batches.Values.Where(batch => !batch.Applied).MinBy(batch => batch.AppliesAt);
        var product = seller.Pending.MinBy(item => item.DecidesAt);
        var audit = seller.Audits.Where(audit => audit.IsRunning).MinBy(audit => audit.DecidesAt);
        var batchAt = batch?.AppliesAt ?? DateTimeOffset.MaxValue;
        var productAt = product?.DecidesAt ?? DateTimeOffset.MaxValue;
        var auditAt = audit?.DecidesAt ?? DateTimeOffset.MaxValue;

        if (batch is not null && batchAt <= now && batchAt <= productAt && batchAt <= auditAt)
            return _ => TrendyolBatches.Apply(batch);
        if (audit is not null && auditAt <= now && auditAt <= productAt)
            return _ => audit.Decide();
        return product is not null && productAt <= now ? sandbox => TrendyolReview.Decide(sandbox, seller, product, productAt) : null;
    }
}
