using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace MesChain.Server.Platform.Hosting;

/// <summary>Logs, metrics and traces. The only file that knows Serilog and OpenTelemetry.</summary>
static class Telemetry
{
    /// <summary>Every meter and trace source of ours begins with this.</summary>
    public const string Name = "MesChain";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("MesChain:Telemetry").Get<TelemetryOptions>() ?? new();
        var text = settings.Format == "text" || (settings.Format.Length == 0 && builder.Environment.IsDevelopment());

        // Levels stay with Microsoft's own filters (Logging:LogLevel), so that one section rules every sink.
        var logger = new LoggerConfiguration().MinimumLevel.Verbose().Enrich.FromLogContext();
        logger = text
            ? logger.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            : logger.WriteTo.Console(new RenderedCompactJsonFormatter());
        builder.Logging.ClearProviders().AddProvider(new SerilogLoggerProvider(logger.CreateLogger(), dispose: true));

        var otlp = settings.Otlp;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("meschain-server", serviceVersion: ProductVersion.Text))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Name + "*").AddMeter("Microsoft.AspNetCore.Server.Kestrel").AddMeter("Npgsql").AddRuntimeInstrumentation().AddHttpClientInstrumentation();
                metrics.AddPrometheusExporter();
                if (otlp.Length > 0)
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = new(otlp));
            })
            .WithTracing(traces =>
            {
                traces.AddSource(Name + "*").AddSource("Npgsql").AddAspNetCoreInstrumentation().AddHttpClientInstrumentation();
                if (otlp.Length > 0)
                    traces.AddOtlpExporter(exporter => exporter.Endpoint = new(otlp));
            });
    }

    public static void MapTelemetry(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics");
}
