using System.Text.RegularExpressions;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Architecture;

/// <summary>docs/formats/tables.md says what a row of each table is.</summary>
public sealed partial class TableDocs
{
    [Fact]
    public async Task Every_table_is_described_and_nothing_else_is()
    {
        await using var database = await TestDatabase.OpenAsync(Engine.Sqlite);
        var tables = await database.Db.ReadAsync(
            tx => tx.QueryAsync<string>(@"select name from sqlite_master where type = 'table' and name not like 'sqlite\_%' escape '\' order by name"), default);
        var described = Row().Matches(Repository.Read("docs/formats/tables.md")).SelectMany(row => Name().Matches(row.Groups["names"].Value)).Select(name => name.Groups["name"].Value);
        Assert.Equal(tables, described.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (?<names>`[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[a-z_]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
