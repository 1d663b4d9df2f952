using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace MesChain.Sandbox.Trendyol;

/// <summary>
/// Sends what webhooks are owed, over real HTTP. When something is due the sandbox's clock says: a failed call is repeated every five
/// minutes until it succeeds or the webhook is put to rest.
/// </summary>
public sealed class TrendyolWebhookSender : IDisposable
{
    static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(5);

    readonly TrendyolSandbox _sandbox;
    readonly HttpClient _client;

    /// <param name="primary">The bottom of the HTTP client; null uses the network. It must not follow redirects.</param>
    public TrendyolWebhookSender(TrendyolSandbox sandbox, HttpMessageHandler? primary = null)
    {
        _sandbox = sandbox;
        _client = new(primary ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>Sends all that is due now; returns how many calls were made.</summary>
    public async Task<int> SendDueAsync(CancellationToken cancel)
    {
        var calls = 0;
        foreach (var (seller, delivery) in Due())
        {
            var times = _sandbox.Switches.DuplicateWebhooks ? 2 : 1;
            var taken = false;
            for (var i = 0; i < times; i++, calls++)
                taken = await SendAsync(delivery, cancel);
            _sandbox.Locked(() => Settle(seller, delivery, taken));
        }

        return calls;
    }

    public void Dispose() => _client.Dispose();

    List<(Seller Seller, Delivery Delivery)> Due() => _sandbox.Locked(() =>
    {
        var now = _sandbox.Clock.GetUtcNow();
        _sandbox.CatchUpAll();
        var due = _sandbox.Sellers
            .SelectMany(seller => seller.Owed.Where(delivery => delivery.DueAt <= now).Select(delivery => (Seller: seller, Delivery: delivery)))
            .OrderBy(owed => owed.Delivery.Sequence)
            .ToList();
        if (_sandbox.Switches.ReverseWebhooks)
            due.Reverse();
        return due;
    });

    /// <summary>A call stays owed until it was taken: whoever is stopped in between makes it again.</summary>
    bool Settle(Seller seller, Delivery delivery, bool taken)
    {
        var hook = delivery.Hook;
        if (taken)
        {
            hook.Failures = 0;
            return seller.Owed.Remove(delivery);
        }

        var now = _sandbox.Clock.GetUtcNow();
        delivery.DueAt = now + RepeatAfter;
        hook.Failures++;
        if (hook.Failures >= _sandbox.Switches.WebhookFailuresMax)
            TrendyolWebhooks.Rest(seller, hook, now);
        return false;
    }

    async Task<bool> SendAsync(Delivery delivery, CancellationToken cancel)
    {
        var wish = delivery.Hook.Wish;
        using var request = new HttpRequestMessage(HttpMethod.Post, wish.Url);
        request.Content = new StringContent(delivery.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        if (wish.Authentication == "API_KEY")
            request.Headers.TryAddWithoutValidation("x-api-key", wish.ApiKey);
        else
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{wish.User}:{wish.Password}")));

        try
        {
            using var response = await _client.SendAsync(request, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}

/// <summary>Looks once a second for what is due, from the first webhook on.</summary>
public sealed class TrendyolWebhookLoop(TrendyolSandbox sandbox, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await sandbox.FirstHook.WaitAsync(stoppingToken);
        using var sender = new TrendyolWebhookSender(sandbox);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await sender.SendDueAsync(stoppingToken);
    }
}
