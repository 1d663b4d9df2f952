using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Hosting;

/// <summary>What <c>check</c> prints: every fault, then every setting with its value and who set it.</summary>
static class SettingsReport
{
    public static string Of(WebApplication app, IReadOnlyList<string> faults)
    {
        var text = new StringBuilder();
        foreach (var fault in faults)
            text.AppendLine(CultureInfo.InvariantCulture, $"fault  {fault}");
        if (faults.Count > 0)
            text.AppendLine();

        foreach (var section in app.Services.GetServices<SettingsSection>().OrderBy(section => section.Name, StringComparer.Ordinal))
        {
            var values = Values(section, app.Services);
            foreach (var property in section.Properties())
            {
                var key = $"{section.Name}:{property.Name}";
                text.AppendLine(CultureInfo.InvariantCulture, $"{key} = {Shown(property, values)}  ({Origin((IConfigurationRoot)app.Configuration, key)})");
            }
        }

        text.Append(faults.Count == 0 ? "The settings are good." : $"{faults.Count} faults; the server does not start with these settings.");
        return text.ToString();
    }

    static object? Values(SettingsSection section, IServiceProvider services)
    {
        try
        {
            return section.Read(services);
        }
        catch (Exception fault) when (fault is OptionsValidationException or InvalidOperationException)
        {
            // Its fault is named above; a value that cannot be read cannot be shown.
            return null;
        }
    }

    static string Shown(PropertyInfo property, object? values)
    {
        if (values is null)
            return "?";
        var value = property.GetValue(values);
        if (property.IsDefined(typeof(MaskedAttribute)))
            return value is null or "" ? "\"\"" : "(set)";
        return value switch
        {
            null or "" => "\"\"",
            string text => text,
            IEnumerable list => string.Join(", ", list.Cast<object>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture))),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    static string Origin(IConfigurationRoot root, string key)
    {
        foreach (var provider in root.Providers.Reverse())
        {
            if (!provider.TryGet(key, out _) && !provider.GetChildKeys([], key).Any())
                continue;
            return provider switch
            {
                Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationProvider => "command line",
                Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "environment",
                FileConfigurationProvider file => file.Source.Path ?? "file",
                _ => "program",
            };
        }

        return "default";
    }
}
