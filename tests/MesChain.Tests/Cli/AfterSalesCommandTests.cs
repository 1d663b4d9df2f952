using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>What buyers give back and ask, by command, against the real server and its sandbox.</summary>
public sealed class AfterSalesCommandTests : IAsyncLifetime
{
    LiveShop _shop = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await LiveShop.OpenAsync(Engine.Sqlite);
        _shell = Shell.Of(_shop.Server);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_claim_is_listed_without_its_buyers_words_and_decided_by_command()
    {
        var order = await _shop.SellAsync(2);
        await _shop.GiveBackAsync(order);
        var listed = await _shell.RunAsync("sync", "claims", "--state", "AwaitingAction", "--order", order.OrderNumber, "--json");
        Assert.DoesNotContain("dikişi sökük çıktı", listed.Output, StringComparison.Ordinal);
        var claim = JsonDocument.Parse(listed.Output).RootElement[0];
        var (id, item) = (claim.GetProperty("id").GetString()!, claim.GetProperty("items")[0].GetProperty("item_id").GetString()!);
        Assert.Contains("awaiting action", (await _shell.RunAsync("sync", "claims")).Output, StringComparison.Ordinal);
        Assert.Matches("│ 51 +│ ", (await _shell.RunAsync("sync", "claim", "reasons", "Trendyol")).Output);

        Assert.Equal(2, (await _shell.RunAsync("sync", "claim", "reject", id, "51", "Etiketi koparılmış", "--file", "none.png")).Code);
        var rejected = await _shell.RunAsync("sync", "claim", "reject", id, "51", "Etiketi koparılmış", "--item", item);
        Assert.Equal((0, ""), (rejected.Code, rejected.Error));
        await _shop.SeenAsync("claim.changed", times: 2);
        Assert.Contains("disputed, awaiting action", (await _shell.RunAsync("sync", "claims")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("sync", "claim", "approve", id)).Code);
        await _shop.SeenAsync("claim.changed", times: 4);
        Assert.Contains("CLAIM_STATUS", (await _shell.RunAsync("sync", "claim", "approve", id)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_goods_of_a_claim_are_followed_by_command()
    {
        await _shop.GiveBackAsync(await _shop.SellAsync(3));
        var claim = JsonDocument.Parse((await _shell.RunAsync("sync", "claims", "--json")).Output).RootElement[0];
        var (id, item) = (claim.GetProperty("id").GetString()!, claim.GetProperty("items")[0].GetProperty("item_id").GetString()!);
        Assert.Equal(2, (await _shell.RunAsync("sync", "claim", "restock", id)).Code);
        Assert.Contains("1 × not returned. 0/3 came, 1 not returned", (await _shell.RunAsync("sync", "claim", "lose", id, "--item", item)).Output, StringComparison.Ordinal);
        Assert.Contains("3 × received. 3/3 came", (await _shell.RunAsync("sync", "claim", "receive", id)).Output, StringComparison.Ordinal);
        Assert.Contains("1 × scrapped", (await _shell.RunAsync("sync", "claim", "scrap", id, "--item", item)).Output, StringComparison.Ordinal);
        var restocked = (await _shell.RunAsync("sync", "claim", "restock", id)).Output;
        Assert.Contains("2 × restocked. 3/3 came, 2 restocked, 1 scrapped", restocked, StringComparison.Ordinal);
        Assert.Contains("do not add it there as well", restocked, StringComparison.Ordinal);
        Assert.Contains("items[0].custody", (await _shell.RunAsync("sync", "claim", "receive", id, "--item", item)).Error, StringComparison.Ordinal);
        Assert.Contains("3/3 came", (await _shell.RunAsync("sync", "claims")).Output, StringComparison.Ordinal);
        Assert.Contains("There is no claim.", (await _shell.RunAsync("sync", "claims", "--unseen")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_is_listed_and_answered_by_command()
    {
        await _shop.SellAsync(1);
        await _shop.AskAsync("Bedeni dar mı?");
        var id = JsonDocument.Parse((await _shell.RunAsync("sync", "questions", "--state", "Waiting", "--json")).Output).RootElement[0].GetProperty("id").GetString()!;
        Assert.Contains("text", (await _shell.RunAsync("sync", "question", "answer", id, "Evet.")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("sync", "question", "answer", id, "Evet, kalıbı dardır.")).Code);
        await _shop.SeenAsync("question.changed", times: 2);
        var listed = (await _shell.RunAsync("sync", "questions")).Output;
        Assert.Contains("answered", listed, StringComparison.Ordinal);
        Assert.Contains("Evet, kalıbı dardır.", listed, StringComparison.Ordinal);
    }
}
