using System.Reflection;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Queue;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Architecture;

/// <summary>A change of keys moves every column that is sealed. None may be forgotten.</summary>
public sealed class SealedColumnRules
{
    [Fact]
    public async Task Every_sealed_column_of_the_program_is_registered_and_is_a_column_of_a_table_with_that_key()
    {
        var declared = typeof(IQueue).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(SealedColumn))
            .Select(field => (SealedColumn)field.GetValue(null)!)
            .ToList();
        Assert.True(declared.Count >= 2);
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        Assert.Equal(
            declared.Select(column => column.ToString()).Order(StringComparer.Ordinal),
            server.Services.GetServices<SealedColumn>().Select(column => column.ToString()).Order(StringComparer.Ordinal));
        foreach (var column in declared)
        {
            var key = await server.Db.ReadAsync(tx => tx.QueryAsync<string>("select name from pragma_table_info(@Table) where pk > 0 order by pk", new { column.Table }), TestContext.Current.CancellationToken);
            Assert.Equal(["store_id", column.Id, .. column.Version.Length > 0 ? new[] { column.Version } : []], key);
            Assert.Equal("BLOB", await server.Db.ReadAsync(tx => tx.ScalarAsync<string>("select type from pragma_table_info(@Table) where name = @Column", new { column.Table, column.Column }), TestContext.Current.CancellationToken), ignoreCase: true);
        }
    }

    [Fact]
    public void Two_sealed_columns_are_never_one_and_the_same_to_a_document()
    {
        // A document is bound to its row's uuid and its kind: two columns of one kind could exchange theirs.
        using var clash = typeof(IQueue).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(SealedColumn))
            .Select(field => (SealedColumn)field.GetValue(null)!)
            .Where(column => column.Kind.Length > 0)
            .GroupBy(column => column.Kind, StringComparer.Ordinal)
            .Where(kind => kind.Count() > 1)
            .GetEnumerator();
        Assert.False(clash.MoveNext());
    }
}
