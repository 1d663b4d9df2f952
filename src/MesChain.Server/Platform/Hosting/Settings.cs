using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Hosting;

/// <summary>Every slice's options stand here once: bound, judged at start, and known to <c>check</c>.</summary>
public static class Settings
{
    /// <summary>Binds a section to its options class, whose attributes are the rules.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, string section)
        where T : class, new()
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new SettingsSection(section, typeof(T), provider => provider.GetRequiredService<IOptions<T>>().Value, () => new T()));
        return services;
    }

    /// <summary>All faults of all settings at once, each a sentence; empty when the program may start.</summary>
    public static IReadOnlyList<string> Faults(WebApplication app)
    {
        var faults = new List<string>();
        foreach (var section in app.Services.GetServices<SettingsSection>())
        {
            try
            {
                section.Read(app.Services);
            }
            catch (OptionsValidationException refusal)
            {
                faults.AddRange(refusal.Failures.Select(why => $"{section.Name}: {why}"));
            }
            catch (InvalidOperationException unreadable)
            {
                faults.Add($"{section.Name}: {unreadable.Message}");
            }
        }

        faults.AddRange(Unknown(app).Select(key => $"{key}: there is no such setting."));
        return faults;
    }

    /// <summary>Keys under MesChain that nobody reads: a misspelt setting must not look like a set one.</summary>
    static IEnumerable<string> Unknown(WebApplication app)
    {
        var known = app.Services.GetServices<SettingsSection>().SelectMany(section => section.Keys()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return app.Configuration.GetSection("MesChain").AsEnumerable()
            .Where(pair => pair.Value is not null && !known.Any(key => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase) || pair.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)))
            .Select(pair => pair.Key);
    }
}

/// <summary>One options class and where its values come from.</summary>
public sealed record SettingsSection(string Name, Type Type, Func<IServiceProvider, object> Read, Func<object> Defaults)
{
    /// <summary>The settable properties (or lists) of the class: those are its settings.</summary>
    public IEnumerable<System.Reflection.PropertyInfo> Properties() =>
        Type.GetProperties().Where(property => property.SetMethod is { IsPublic: true } || property.PropertyType.IsGenericType);

    public IEnumerable<string> Keys() => Properties().Select(property => $"{Name}:{property.Name}");
}
