using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Hosting;

/// <summary>The folder of this node: made with mode 0700, and locked so that two servers never share one.</summary>
public sealed class DataFolder : IDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly FileStream _lock;

    public DataFolder(IOptions<ServerOptions> options)
    {
        Path = options.Value.DataPath;
        try
        {
            Directory.CreateDirectory(Path, OwnerOnly | UnixFileMode.UserExecute);
            // Held open to the end of the process; the kernel gives it back, even after a kill.
            _lock = new FileStream(File("lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"the data folder {Path} cannot be used ({fault.Message}). Another server may be running on it, or its owner is somebody else.", fault);
        }
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only its owner reads; whole or not at all.</summary>
    public void WriteSecret(string name, string content)
    {
        var draft = File(name + ".new");
        System.IO.File.Delete(draft);
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(draft, File(name), overwrite: true);
    }

    public void Dispose() => _lock.Dispose();
}
