namespace MesChain.Tests.Architecture;

/// <summary>The files of this repository that people write.</summary>
static class Repository
{
    static readonly string[] NotOurs = ["artifacts", "bin", "obj", "dist", "node_modules", ".git", ".run", ".tools"];
    static readonly string[] Written = [".cs", ".php", ".proto", ".sql", ".sh", ".mjs", ".js", ".css", ".html", ".twig"];

    public static readonly string Root = FindRoot();

    /// <summary>Paths below <paramref name="folder"/>, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder = "", params string[] extensions) =>
        Walk(new DirectoryInfo(Path.Combine(Root, folder)))
            .Where(file => (extensions.Length == 0 ? Written : extensions).Contains(file.Extension, StringComparer.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null && !NotOurs.Contains(inner.Name, StringComparer.Ordinal)).SelectMany(Walk));

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MesChain.Grpc.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not lie below the repository");
        return folder.FullName;
    }
}
