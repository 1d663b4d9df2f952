using System.ComponentModel.DataAnnotations;
using System.Reflection;

[assembly: AssemblyFixture(typeof(MesChain.Tests.Support.SettingsBounds))]

namespace MesChain.Tests.Support;

/// <summary>
/// The framework's Range attributes convert their bounds on first use without a lock, and all servers and rigs of a process share them.
/// A program starts once; a test run starts many at a time, so it lets them convert before its first test.
/// </summary>
public sealed class SettingsBounds
{
    public SettingsBounds()
    {
        foreach (var type in typeof(MesChain.Server.Program).Assembly.GetTypes().Where(type => type.GetProperties().Any(property => property.IsDefined(typeof(RangeAttribute)))))
        {
            var settings = Activator.CreateInstance(type)!;
            // With a list it goes on behind a property that is refused.
            Validator.TryValidateObject(settings, new(settings), [], validateAllProperties: true);
        }
    }
}
