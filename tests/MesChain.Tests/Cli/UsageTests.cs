namespace MesChain.Tests.Cli;

/// <summary>Command lines that never reach a server.</summary>
public sealed class UsageTests
{
    static readonly Shell Bare = new(new Dictionary<string, string>(StringComparer.Ordinal));

    [Theory]
    [InlineData("queue peek", "meschain queue peek --help")]
    [InlineData("nonsense", "meschain --help")]
    [InlineData("queue peek work --state lost", "meschain queue peek --help")]
    [InlineData("sync orders --max many", "meschain sync orders --help")]
    [InlineData("secret label app/token best 1", "meschain secret label --help")]
    [InlineData("secret destroy app/token", "meschain secret destroy --help")]
    public async Task A_wrong_command_line_names_the_help_that_fits(string line, string help)
    {
        var said = await Bare.RunAsync(line.Split(' '));
        Assert.Equal(2, said.Code);
        Assert.EndsWith("See: " + help, said.Error.Trim(), StringComparison.Ordinal);
        Assert.Equal("", said.Output);
    }

    [Fact]
    public async Task Without_a_key_it_says_where_keys_come_from()
    {
        var said = await Bare.RunAsync("status");
        Assert.Equal(2, said.Code);
        Assert.Contains("MESCHAIN_KEY", said.Error, StringComparison.Ordinal);
        Assert.Contains("bootstrap-key", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_is_said()
    {
        var said = await Bare.RunAsync("status", "--key", "k", "--server", "127.0.0.1");
        Assert.Equal((2, "'127.0.0.1' is no address: it looks like http://127.0.0.1:50051"), (said.Code, said.Error.Trim()));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_exit_code_3()
    {
        var said = await Bare.RunAsync("status", "--key", "k", "--server", "http://127.0.0.1:1");
        Assert.Equal(3, said.Code);
        Assert.StartsWith("No server answers at http://127.0.0.1:1/", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_explains_itself()
    {
        foreach (var line in new[] { "", "status ", "queue ", "queue list ", "queue peek ", "queue redrive ", "sync ", "sync connections ", "sync connection ", "sync connection create ", "sync connection test ", "sync connection mode ", "sync connection update ", "sync connection delete ", "sync progress ", "sync waves ", "sync wave ", "sync wave release ", "sync wave reject ", "sync listings show ", "sync issues ", "sync issue ", "sync issue show ", "sync issue resolve ", "sync offers ", "sync orders ", "sync claims ", "sync claim ", "sync claim approve ", "sync claim reject ", "sync claim reasons ", "sync claim receive ", "sync claim restock ", "sync claim scrap ", "sync claim lose ", "sync questions ", "sync question answer ", "sync listings ", "sync listings list ", "sync listings create ", "sync listings stop ", "sync listings resume ", "sync catalog ", "sync catalog categories ", "sync catalog attributes ", "sync catalog options ", "sync catalog brands ", "sync catalog mappings ", "sync catalog map ", "sync catalog revert ", "secret ", "secret put ", "secret get ", "secret list ", "secret versions ", "secret label ", "secret disable ", "secret enable ", "secret destroy ", "secret delete ", "secret undelete ", "secret rotate ", "secret rotate-root ", "secret retire ", "secret status ", "secret verify ", "ops ", "ops audit ", "ops health ", "ops keys ", "ops keys create ", "ops keys list ", "ops keys rotate ", "ops keys revoke ", "ops ledger head ", "ops ledger verify ", "ops ledger export ", "demo " })
        {
            var said = await Bare.RunAsync([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(0, said.Code);
            Assert.Contains("--server", said.Output, StringComparison.Ordinal);
        }
    }
}
