using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Simulation;

/// <summary>A migrated database file is made once and copied for every seed; in memory where the machine offers it.</summary>
static class TemplateDatabase
{
    static readonly Lazy<Task<byte[]>> Migrated = new(MigrateAsync);

    public static async Task<TestDatabase> CopyAsync(TimeProvider clock)
    {
        var folder = Folder();
        await File.WriteAllBytesAsync(Path.Combine(folder, "meschain.db"), await Migrated.Value);
        return TestDatabase.At(folder, clock);
    }

    static async Task<byte[]> MigrateAsync()
    {
        var folder = Folder();
        try
        {
            var file = Path.Combine(folder, "meschain.db");
            await using (var db = Db.OpenSqlite(file, TimeProvider.System))
            {
                await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);
            }

            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Folder() =>
        Directory.Exists("/dev/shm")
            ? Directory.CreateDirectory(Path.Combine("/dev/shm", "meschain-sim-" + Ids.New(TimeProvider.System).ToWire())).FullName
            : Directory.CreateTempSubdirectory("meschain-sim-").FullName;
}
