using System.Collections.Immutable;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The root keys that this node holds, by fingerprint: the one in use, and while it is being replaced the next one as well. A wrapped key
/// says which one wrapped it; keys are never tried in turn.
/// </summary>
sealed class RootKeys
{
    ImmutableDictionary<string, byte[]> _held = ImmutableDictionary.Create<string, byte[]>(StringComparer.Ordinal);

    /// <summary>Fingerprint of the key in the first place; an empty database takes it.</summary>
    public string First { get; private set; } = "";

    public byte[]? Find(string fingerprint) => _held.GetValueOrDefault(fingerprint);

    public void Add(byte[] root) => ImmutableInterlocked.TryAdd(ref _held, RootKey.Fingerprint(root), root);

    /// <summary>For the table of nodes.</summary>
    public override string ToString() => string.Join(' ', _held.Keys.Order(StringComparer.Ordinal));

    /// <summary>
    /// Reads what is offered and holds it against what the database was sealed with. Touches nothing before that is known; a database
    /// without a key takes the one at hand, or gets one drawn.
    /// </summary>
    /// <exception cref="StartRefusedException">Not the keys that the database needs; nothing was changed.</exception>
    public async Task StartAsync(Db db, RootKey source, CancellationToken cancel)
    {
        var home = await db.ReadAsync(tx => KekStore.InstallationAsync(tx), cancel);
        var fresh = home.RootFingerprint.Length == 0;
        // What can be judged without a salt is judged first: a mistake must not leave even that behind.
        var root = source.Read();
        source.ReadNext();
        PassphraseKdf? kdf = null;
        if (source.IsPassphrase || source.IsPassphraseNext)
        {
            if (!fresh && home.RootKdf.Length == 0)
                Judge(source, home, root, next: null);
            kdf = await KdfAsync(db, home, cancel);
        }

        root = source.Read(kdf);
        var next = source.ReadNext(kdf);
        if (!fresh)
            Judge(source, home, root, next);
        if (fresh)
            root ??= source.Draw();
        foreach (var key in new[] { root, next }.OfType<byte[]>())
            Add(key);
        First = RootKey.Fingerprint(root ?? next!);
    }

    /// <summary>Looks whether a file with the next key appeared since the start. A file that is no key is left to the next start to complain of.</summary>
    public bool LookAgain(RootKey source)
    {
        if (source.IsPassphraseNext)
            return false;
        try
        {
            if (source.ReadNext() is not { } next || Find(RootKey.Fingerprint(next)) is not null)
                return false;
            Add(next);
            return true;
        }
        catch (Exception fault) when (fault is StartRefusedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whichever of the two places each stands in: the key in use must be there, and while it is being replaced the next one too.</summary>
    static void Judge(RootKey source, Installation home, byte[]? root, byte[]? next)
    {
        string[] held = [.. new[] { root, next }.OfType<byte[]>().Select(key => RootKey.Fingerprint(key))];
        if (new[] { home.RootFingerprint, home.RootNext }.FirstOrDefault(fingerprint => fingerprint.Length > 0 && !held.Contains(fingerprint, StringComparer.Ordinal)) is not { } missing)
            return;
        var found = string.Join(" and ", new[] { Found(source.Source, root), next is null && home.RootNext.Length == 0 ? "" : Found(source.NextSource, next) }.Where(text => text.Length > 0));
        throw new StartRefusedException(
            home.RootNext.Length == 0
                ? $"this database needs the root key with the fingerprint {missing}; {found}. Put the right key there, or give it as {RootKey.Variable}; nothing was changed."
                : $"the root key of this database is being replaced, so a node needs both {home.RootFingerprint} and {home.RootNext}; {missing} is missing: {found}. Nothing was changed.");
    }

    static string Found(string source, byte[]? key) => key is null ? $"{source} holds none" : $"{source} has {RootKey.Fingerprint(key)}";

    static async Task<PassphraseKdf> KdfAsync(Db db, Installation home, CancellationToken cancel)
    {
        if (home.RootKdf.Length > 0)
            return PassphraseKdf.Parse(home.RootKdf);
        // Of two nodes that begin at once one draws; both use what stands.
        var drawn = PassphraseKdf.Draw().ToString();
        return PassphraseKdf.Parse(await db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update installation set root_kdf = @drawn where one = 1 and root_kdf = ''", new { drawn });
                return (await KekStore.InstallationAsync(tx)).RootKdf;
            },
            cancel));
    }
}
