using System.Runtime.InteropServices;

namespace MesChain.Server.Platform.Hosting;

/// <summary>The keys of all stores are in this process's memory: a crash leaves no copy of it on a disk, however the program was started.</summary>
static class CoreDumps
{
    // RLIMIT_CORE of Linux, the same on every architecture.
    const int Core = 4;

    /// <summary>For good: the hard limit goes too. Whoever needs a dump asks the runtime for one (DOTNET_DbgEnableMiniDump).</summary>
    public static void Forbid()
    {
        // Lowering one's own limit cannot be refused.
        if (OperatingSystem.IsLinux())
            _ = SetLimit(Core, new());
    }

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Limit
    {
        readonly nuint _soft;
        readonly nuint _hard;
    }
}
