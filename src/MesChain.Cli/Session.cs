using Google.Protobuf;
using MesChain.Client;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli;

/// <summary>
/// What a command works with: the channel, where its answer goes, and which store it is about. The channel is opened when it is
/// first used, so a command that needs no server needs no key either.
/// </summary>
sealed class Session(Func<MesChainClientOptions> connection, Terminal terminal, string store, Func<Stream> input, bool asks, CancellationToken stop) : IDisposable
{
    const int PageSize = 200;

    MesChainChannel? _channel;

    public MesChainChannel Channel => _channel ??= MesChainChannel.Open(Options);

    public MesChainClientOptions Options => field ??= connection();

    /// <summary>The server that a channel was opened to; empty while there is none.</summary>
    public string Server => _channel is null ? "" : Options.Server.ToString();

    /// <summary>The store as it was named; empty when it was not.</summary>
    public string Store => store;

    public Terminal Terminal => terminal;

    public CancellationToken Stop => stop;

    /// <summary>Somebody sits at the terminal: a secret is asked for, and not shown while it is typed.</summary>
    public bool Asks => asks;

    /// <summary>Where secrets come from: never from an argument.</summary>
    public Stream OpenInput() => input();

    public void Dispose() => _channel?.Dispose();

    /// <summary>The stores that the key reaches, narrowed to the named one.</summary>
    public async Task<IReadOnlyList<Store>> StoresAsync()
    {
        var all = await PagesAsync(
            token => Channel.Stores.ListStoresAsync(new() { PageSize = PageSize, PageToken = token }, cancellationToken: stop).ResponseAsync,
            page => page.Stores,
            page => page.NextPageToken);
        return store.Length == 0 ? all : all.Where(one => one.Id == store || one.Slug == store).ToList();
    }

    /// <summary>The one store that the command is about.</summary>
    public async Task<string> StoreIdAsync()
    {
        var stores = await StoresAsync();
        return stores.Count switch
        {
            1 => stores[0].Id,
            0 => throw new UsageException(store.Length == 0 ? "There is no store yet." : $"There is no store '{store}' that this key reaches."),
            _ => throw new UsageException($"There are {stores.Count} stores; name one with --store: {string.Join(", ", stores.Take(10).Select(one => one.Slug))}"),
        };
    }

    /// <summary>The store's connections, narrowed to the one whose id or name is given.</summary>
    public async Task<IReadOnlyList<Connection>> ConnectionsAsync(string storeId, string? wanted = null)
    {
        var all = await PagesAsync(
            token => Channel.Stores.ListConnectionsAsync(new() { StoreId = storeId, PageSize = PageSize, PageToken = token }, cancellationToken: stop).ResponseAsync,
            page => page.Connections,
            page => page.NextPageToken);
        if (wanted is null)
            return all;
        var found = all.Where(one => one.Id == wanted || one.Name == wanted).ToList();
        return found.Count > 0 ? found : throw new UsageException($"There is no connection '{wanted}'. There are: {string.Join(", ", all.Select(one => one.Name))}");
    }

    /// <summary>All items of a paged list, or the first <paramref name="max"/>.</summary>
    public static async Task<List<TItem>> PagesAsync<TPage, TItem>(Func<string, Task<TPage>> read, Func<TPage, IEnumerable<TItem>> items, Func<TPage, string> next, int max = int.MaxValue)
        where TPage : IMessage<TPage>
    {
        var all = new List<TItem>();
        var token = "";
        do
        {
            var page = await read(token);
            all.AddRange(items(page));
            token = next(page);
        }
        while (token.Length > 0 && all.Count < max);
        return all.Count > max ? all[..max] : all;
    }
}
