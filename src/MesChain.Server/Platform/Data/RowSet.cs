using System.Buffers;
using System.Text;
using System.Text.Json;
using Dapper;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// Many rows as arguments of one statement: <c>insert … select … from</c> them, or <c>update … from</c> them. Built once for the statements of
/// a table, from the columns that they carry. SQLite gets the rows as one JSON text, PostgreSQL an array a column.
/// </summary>
sealed class RowSet<T>
{
    readonly List<Column> _columns = [];

    /// <summary>The columns, as a list: <c>a, b</c>.</summary>
    public string Names => string.Join(", ", _columns.Select(column => column.Name));

    /// <summary>Every column but the keys takes its value from the rows: <c>b = given.b</c>.</summary>
    public string Sets => string.Join(", ", _columns.Where(column => !column.IsKey).Select(column => $"{column.Name} = given.{column.Name}"));

    /// <summary>An id that rows are found by.</summary>
    public RowSet<T> Key(string name, Func<T, Guid> value) =>
        Add(
            name,
            (json, item) => json.WriteStringValue(Convert.ToHexString(Ids.ToBytes(value(item)))),
            items => items.Select(item => Ids.ToBytes(value(item))).ToArray(),
            isKey: true);

    public RowSet<T> Text(string name, Func<T, string> value) =>
        Add(name, (json, item) => json.WriteStringValue(value(item)), items => items.Select(value).ToArray());

    public RowSet<T> Number(string name, Func<T, long?> value) =>
        Add(
            name,
            (json, item) =>
            {
                if (value(item) is { } number)
                    json.WriteNumberValue(number);
                else
                    json.WriteNullValue();
            },
            items => items.Select(value).ToArray());

    public RowSet<T> Flag(string name, Func<T, bool> value) =>
        Add(name, (json, item) => json.WriteBooleanValue(value(item)), items => items.Select(value).ToArray());

    /// <summary>The rows as a table that is called <c>given</c>.</summary>
    public string Given(Db db) => db.Engine == Engine.Sqlite
        ? $"(select {string.Join(", ", _columns.Select((column, at) => $"{(column.IsKey ? $"unhex(value ->> {at})" : $"value ->> {at}")} as {column.Name}"))} from json_each(@given)) as given"
        : $"unnest({string.Join(", ", _columns.Select(column => $"@given_{column.Name}"))}) as given({Names})";

    /// <summary>The arguments of a statement that names <see cref="Given"/>.</summary>
    /// <param name="others">Its other arguments.</param>
    public object Arguments(Db db, IReadOnlyCollection<T> items, object? others = null)
    {
        var arguments = new DynamicParameters(others);
        if (db.Engine == Engine.Sqlite)
            arguments.Add("given", ToJson(items));
        else
        {
            foreach (var column in _columns)
                arguments.Add("given_" + column.Name, column.ToArray(items));
        }

        return arguments;
    }

    string ToJson(IReadOnlyCollection<T> items)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                json.WriteStartArray();
                foreach (var column in _columns)
                    column.Write(json, item);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    RowSet<T> Add(string name, Action<Utf8JsonWriter, T> write, Func<IReadOnlyCollection<T>, Array> toArray, bool isKey = false)
    {
        _columns.Add(new(name, write, toArray, isKey));
        return this;
    }

    sealed record Column(string Name, Action<Utf8JsonWriter, T> Write, Func<IReadOnlyCollection<T>, Array> ToArray, bool IsKey);
}
