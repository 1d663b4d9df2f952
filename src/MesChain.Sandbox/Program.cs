using MesChain.Sandbox.Trendyol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// The simulators alone: `dotnet run --project src/MesChain.Sandbox -- --port 3009 --seed 1`.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "MesChain.Sandbox" });
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var port = builder.Configuration.GetValue("port", 3009);
builder.WebHost.UseSetting("urls", FormattableString.Invariant($"http://127.0.0.1:{port}"));

var sandbox = new TrendyolSandbox(TimeProvider.System, builder.Configuration.GetValue("seed", 1));
builder.Services.AddHostedService(_ => new TrendyolWebhookLoop(sandbox, TimeProvider.System));
await using var app = builder.Build();
const string prefix = "/_sandbox/trendyol";
app.MapTrendyolSandbox(sandbox, prefix);
// Alone, the API is also where the real one has it.
app.MapTrendyolApi(sandbox, "");
await app.StartAsync();
await Console.Out.WriteLineAsync(FormattableString.Invariant($"Trendyol sandbox: http://127.0.0.1:{port}{prefix}/ (seller {TrendyolSandbox.DemoSellerId}, key {TrendyolSandbox.DemoApiKey}, secret {TrendyolSandbox.DemoApiSecret})"));
await app.WaitForShutdownAsync();
