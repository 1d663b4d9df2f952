using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Architecture;

/// <summary>What the catalogs of both engines say about the tables we made.</summary>
public sealed class SchemaRules
{
    /// <summary>The tables that belong to no store; docs/formats/tables.md gives the reason of each. Nothing else may be global.</summary>
    static readonly string[] Global =
    [
        "api_keys", "installation", "marketplace_catalog_attributes", "marketplace_catalog_brands", "marketplace_catalog_categories", "marketplace_catalog_lists",
        "marketplace_catalog_options", "nodes", "schema_scripts", "stores",
    ];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Every_table_key_and_reference_begins_with_the_store(Engine engine)
    {
        await using var database = await TestDatabase.OpenAsync(engine);
        var starts = await database.Db.ReadAsync(tx => tx.QueryAsync<Start>(engine == Engine.Sqlite ? SqliteStarts : PostgresStarts), default);
        Assert.NotEmpty(starts);
        Assert.Empty(starts
            .Where(start => !Global.Contains(start.Table, StringComparer.Ordinal) && start.First != "store_id")
            .Select(start => $"{start.Table}: {start.What} begins with {start.First}"));
    }

    [Fact]
    public async Task Both_engines_have_the_same_tables_and_columns()
    {
        await using var sqlite = await TestDatabase.OpenAsync(Engine.Sqlite);
        await using var postgres = await TestDatabase.OpenAsync(Engine.Postgres);
        Assert.Equal(
            await sqlite.Db.ReadAsync(tx => tx.QueryAsync<string>(SqliteColumns), default),
            await postgres.Db.ReadAsync(tx => tx.QueryAsync<string>(PostgresColumns), default));
    }

    sealed class Start
    {
        public string Table { get; set; } = "";

        public string What { get; set; } = "";

        public string First { get; set; } = "";
    }

    const string SqliteStarts = """
        select t.name as "table", 'table' as what, c.name as first
        from sqlite_master t join pragma_table_info(t.name) c on c.cid = 0
        where t.type = 'table' and t.name not like 'sqlite\_%' escape '\'
        union all
        select t.name, 'unique ' || i.name, c.name
        from sqlite_master t join pragma_index_list(t.name) i on i."unique" = 1 join pragma_index_info(i.name) c on c.seqno = 0
        where t.type = 'table'
        union all
        select t.name, 'reference to ' || f."table", f."from"
        from sqlite_master t join pragma_foreign_key_list(t.name) f on f.seq = 0
        where t.type = 'table'
        """;

    const string PostgresStarts = """
        select t.relname as "table", 'table' as what, c.attname as first
        from pg_class t join pg_attribute c on c.attrelid = t.oid and c.attnum = 1
        where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
        union all
        select t.relname, 'unique ' || n.relname, c.attname
        from pg_index i join pg_class t on t.oid = i.indrelid join pg_class n on n.oid = i.indexrelid join pg_attribute c on c.attrelid = t.oid and c.attnum = i.indkey[0]
        where i.indisunique and t.relnamespace = 'public'::regnamespace
        union all
        select t.relname, 'reference to ' || r.relname, c.attname
        from pg_constraint f join pg_class t on t.oid = f.conrelid join pg_class r on r.oid = f.confrelid join pg_attribute c on c.attrelid = t.oid and c.attnum = f.conkey[1]
        where f.contype = 'f' and t.relnamespace = 'public'::regnamespace
        """;

    const string SqliteColumns = """
        select t.name || '.' || c.name
        from sqlite_master t join pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite\_%' escape '\'
        order by t.name, c.name
        """;

    const string PostgresColumns = """
        select table_name || '.' || column_name
        from information_schema.columns
        where table_schema = 'public'
        order by table_name collate "C", column_name collate "C"
        """;
}
