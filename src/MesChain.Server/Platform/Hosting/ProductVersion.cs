using System.Reflection;

namespace MesChain.Server.Platform.Hosting;

/// <summary>What this build calls itself.</summary>
public static class ProductVersion
{
    /// <summary>The oldest OpenCart package whose calls this server still understands.</summary>
    public const string OpencartPackageMin = "0.1.0";

    /// <summary>Semantic version, without the build's commit.</summary>
    public static readonly string Text = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
