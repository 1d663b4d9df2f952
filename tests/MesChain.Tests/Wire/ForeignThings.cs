using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Wire;

/// <summary>
/// A request about one store that names a thing of another, wherever a request can name one. The right to the store is not the right to
/// whatever id stands beside it.
/// </summary>
public sealed class ForeignThings
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>Fields whose value is a name that any store may use, or a filter that finds nothing; by full name: why that is no refusal.</summary>
    static readonly Dictionary<string, string> NoRefusal = new(StringComparer.Ordinal)
    {
        ["meschain.sync.v1.Product.shop_product_id"] = "a shop names its own products",
        ["meschain.sync.v1.Variant.shop_variant_id"] = "a shop names its own variants",
        ["meschain.sync.v1.DeleteProductsRequest.shop_product_ids"] = "unknown ids are ignored",
        ["meschain.sync.v1.StockLevel.shop_variant_id"] = "refused in the item's result",
        ["meschain.sync.v1.PriceLevel.shop_variant_id"] = "refused in the item's result",
        ["meschain.sync.v1.Link.shop_variant_id"] = "refused in the item's result",
        ["meschain.sync.v1.UnlinkVariantsRequest.shop_variant_ids"] = "unknown ids are ignored",
        ["meschain.sync.v1.AppliedOrder.order_id"] = "closes nothing",
        ["meschain.sync.v1.Acknowledgement.entry_id"] = "refused in the item's result",
        ["meschain.sync.v1.ListOrdersRequest.connection_id"] = "a filter that finds nothing",
        ["meschain.sync.v1.ListOrdersRequest.order_number"] = "a filter that finds nothing",
        ["meschain.sync.v1.ListClaimsRequest.connection_id"] = "a filter that finds nothing",
        ["meschain.sync.v1.ListClaimsRequest.order_number"] = "a filter that finds nothing",
        ["meschain.sync.v1.ListQuestionsRequest.connection_id"] = "a filter that finds nothing",
        ["meschain.sync.v1.ListIssuesRequest.connection_id"] = "a filter that finds nothing",
        ["meschain.sync.v1.CreateListingsRequest.shop_variant_ids"] = "refused in the item's result",
        ["meschain.sync.v1.StopListingsRequest.shop_variant_ids"] = "refused in the item's result",
        ["meschain.sync.v1.ResumeListingsRequest.shop_variant_ids"] = "refused in the item's result",
        ["meschain.sync.v1.MappingKey.shop_product_id"] = "refused in the item's result",
        ["meschain.sync.v1.MappingKey.shop_variant_id"] = "refused in the item's result",
        ["meschain.queue.v1.Settlement.message_id"] = "refused in the item's result",
        ["meschain.queue.v1.LeaseRef.message_id"] = "refused in the item's result",
        ["meschain.queue.v1.RedriveRequest.message_ids"] = "finds no dead message",
        ["meschain.secret.v1.PutSecretRequest.path"] = "a store names its own secrets",
        ["meschain.secret.v1.GetSecretsRequest.paths"] = "refused in the item's result",
    };

    [Fact]
    public async Task A_thing_of_another_store_is_not_found_and_neither_told_nor_touched()
    {
        await using var world = await WireWorld.OpenAsync(Engine.Sqlite);
        await PauseAsync(world);
        var before = await DumpAsync(world);
        var bound = world.Server.ChannelWith(world.Mine.Key).CreateCallInvoker();
        var wrong = new List<string>();
        var tried = new HashSet<string>(StringComparer.Ordinal);
        // Last declared first: what one call may make under a name, another would find.
        foreach (var method in WireWorld.Methods.Reverse())
        {
            foreach (var (field, path, put) in Names(method.InputType, new RequestSamples(world.Mine), world.Other, "", root => root))
            {
                // As a caller of the one store, and as one that may name both.
                foreach (var (caller, invoker) in new[] { ("bound", bound), ("admin", world.Admin) })
                {
                    var free = caller == "admin" && (field.Name == "store_id" || method.InputType.FindFieldByName("store_id") is null);
                    if (free)
                        continue;
                    var request = new RequestSamples(world.Mine).Of(method.InputType);
                    put(request);
                    var answer = await invoker.AskAsync(method, request.ToByteArray(), TimeSpan.FromMilliseconds(300), Cancel);
                    tried.Add(field.FullName);
                    if (!(answer.Code is Code.NotFound or Code.PermissionDenied || (answer.Code == Code.Ok && NoRefusal.ContainsKey(field.FullName))))
                        wrong.Add($"{method.FullName} {path} ({caller}): {answer.Code} {answer.Status.Message}");
                    if (Leaks(answer, world.Other, request) is { } leak)
                        wrong.Add($"{method.FullName} {path} ({caller}) tells {leak}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{string.Join('\n', wrong)}\nA field that rightly names no thing of another store needs a line in ForeignThings.NoRefusal.");
        Assert.Equal([], NoRefusal.Keys.Except(tried, StringComparer.Ordinal));
        Assert.Equal(before, await DumpAsync(world));
    }

    [Fact]
    public async Task A_page_token_of_another_store_shows_nothing_of_it()
    {
        await using var world = await WireWorld.OpenAsync(Engine.Sqlite);
        var bound = world.Server.ChannelWith(world.Mine.Key).CreateCallInvoker();
        var wrong = new List<string>();
        var paged = new List<string>();
        foreach (var method in WireWorld.Methods.Where(method => method.InputType.FindFieldByName("page_token") is not null))
        {
            var theirs = new RequestSamples(world.Other).Of(method.InputType);
            Narrow(theirs);
            var page = await world.Admin.AskAsync(method, theirs.ToByteArray(), TimeSpan.FromSeconds(1), Cancel);
            var token = (string)method.OutputType.FindFieldByName("next_page_token").Accessor.GetValue(method.OutputType.Parser.ParseFrom(page.Body));
            if (token.Length == 0)
                continue;
            paged.Add(method.Name);
            var mine = new RequestSamples(world.Mine).Of(method.InputType);
            Narrow(mine);
            method.InputType.FindFieldByName("page_size").Accessor.SetValue(mine, 200);
            method.InputType.FindFieldByName("page_token").Accessor.SetValue(mine, token);
            var answer = await bound.AskAsync(method, mine.ToByteArray(), TimeSpan.FromSeconds(1), Cancel);
            if (answer.Code is not (Code.Ok or Code.NotFound or Code.InvalidArgument) || Leaks(answer, world.Other, mine) is not null)
                wrong.Add($"{method.FullName}: {answer.Status} {Leaks(answer, world.Other, mine)}");
        }

        Assert.Equal("", string.Join('\n', wrong));
        Assert.Equal([], WireWorld.Methods.Where(method => method.InputType.FindFieldByName("page_token") is not null).Select(method => method.Name).Except([.. paged, .. Marketplaces], StringComparer.Ordinal));
    }

    /// <summary>Lists that need a marketplace to have been read have one page here.</summary>
    static readonly string[] Marketplaces =
        ["ListOffers", "ProposeLinks", "ListCategories", "ListCategoryAttributes", "ListAttributeOptions", "ListBrands", "ListMappings", "ListListings", "ListWaves"];

    /// <summary>A list without its filters, one entry a page.</summary>
    static void Narrow(IMessage request)
    {
        // The versions are those of one secret, and one alternative of several has to be chosen.
        foreach (var field in request.Descriptor.Fields.InDeclarationOrder().Where(field => field.RealContainingOneof is null && field.FullName != "meschain.secret.v1.ListVersionsRequest.path").Where(field => field.Name is not ("store_id" or "queue" or "connection_id") || field.ContainingType.Name is "ListIssuesRequest" && field.Name == "connection_id"))
            field.Accessor.Clear(request);
        request.Descriptor.FindFieldByName("page_size").Accessor.SetValue(request, 1);
    }

    /// <summary>Each field of a request that names a thing the other store has, and how to put that name in.</summary>
    static IEnumerable<(FieldDescriptor Field, string Path, Action<IMessage> Put)> Names(MessageDescriptor type, RequestSamples samples, Furnished other, string prefix, Func<IMessage, IMessage> reach)
    {
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !FieldComments.AnsweredOnly(field)))
        {
            if (field is { FieldType: FieldType.String, IsMap: false } && (other.Names.GetValueOrDefault(field.FullName) ?? other.Names.GetValueOrDefault(field.Name)) is { } name)
                yield return (field, prefix + field.Name, root => RequestSamples.Put(reach(root), field, name));
            if (field.FieldType != FieldType.Message || field.IsMap || field.MessageType.File.Package == "google.protobuf")
                continue;
            foreach (var inner in Names(field.MessageType, samples, other, prefix + field.Name + ".", root => FieldViolations.Inside(reach(root), field, samples)))
                yield return inner;
        }
    }

    /// <summary>What an answer tells of the other store beyond what the request itself said.</summary>
    static string? Leaks(Answer answer, Furnished other, IMessage request)
    {
        var said = Encoding.UTF8.GetString(request.ToByteArray());
        var told = answer.Status + Encoding.UTF8.GetString(answer.Body);
        foreach (var name in other.Names.Values.Where(name => said.Contains(name, StringComparison.Ordinal)))
            told = told.Replace(name, "", StringComparison.Ordinal);
        return other.Names.Values.Append(other.Word).FirstOrDefault(secret => told.Contains(secret, StringComparison.Ordinal));
    }

    /// <summary>A paused connection does nothing by itself, so that what changes was changed by a call.</summary>
    static async Task PauseAsync(WireWorld world)
    {
        var stores = new Contracts.Sync.V1.StoreService.StoreServiceClient(world.Admin);
        foreach (var store in new[] { world.Mine, world.Other })
        {
            foreach (var connection in (await stores.ListConnectionsAsync(new() { StoreId = store.Names["store_id"] }, cancellationToken: Cancel)).Connections)
                await stores.SetConnectionModeAsync(new() { StoreId = store.Names["store_id"], ConnectionId = connection.Id, Mode = Contracts.Sync.V1.ConnectionMode.Paused }, cancellationToken: Cancel);
        }
    }

    /// <summary>Every row of the other store in every table, but for what the program does by itself.</summary>
    static async Task<string> DumpAsync(WireWorld world)
    {
        string[] restless = ["ready_stores", "messages", "connection_owners", "connection_owner"];
        return await world.Server.Db.ReadAsync(
            async tx =>
            {
                var dump = new StringBuilder();
                var tables = await tx.QueryAsync<string>("select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'store_id' where m.type = 'table' order by m.name");
                foreach (var table in tables.Except(restless, StringComparer.Ordinal))
                {
                    // How often a key was used is written now and then by a loop, also for what was sealed before all this.
                    var columns = await tx.QueryAsync<string>($"select name from pragma_table_info('{table}') where name <> 'wraps'");
                    var rows = await tx.QueryAsync<string>($"select {string.Join(" || '|' || ", columns.Select(column => $"quote({column})"))} as line from {table} where store_id = @Id order by line", new { world.Other.Id });
                    dump.AppendLine(table).AppendJoin('\n', rows).AppendLine();
                }

                return dump.ToString();
            },
            Cancel);
    }
}
