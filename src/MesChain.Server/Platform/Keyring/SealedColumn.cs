using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// A column whose values are sealed under the key of their row's store. A slice registers each of its own as a service: nothing can be
/// sealed for a column that is not registered, so that no change of keys forgets one. An empty value is none.
/// </summary>
public sealed record SealedColumn
{
    SealedColumn(string table, string column, string id, string version, string kind)
    {
        Table = table;
        Column = column;
        Id = id;
        Version = version;
        Kind = kind;
    }

    public string Table { get; }

    public string Column { get; }

    /// <summary>The column that holds the row's uuid.</summary>
    public string Id { get; }

    /// <summary>The column that holds the version; empty where a row is known by its uuid alone.</summary>
    public string Version { get; }

    /// <summary>What the documents are, such as <c>buyer</c>; bound into each and therefore constant for ever. Empty for secrets.</summary>
    public string Kind { get; }

    /// <summary>Small documents, one a row. The table's key is (<c>store_id</c>, <paramref name="id"/>).</summary>
    public static SealedColumn Documents(string table, string column, string kind, string id = "id") => new(table, column, id, "", kind);

    /// <summary>Versions of secrets. The table's key is (<c>store_id</c>, <paramref name="id"/>, <paramref name="version"/>).</summary>
    internal static SealedColumn Secrets(string table, string column, string id, string version) => new(table, column, id, version, "");

    /// <summary>The place of one row's value. It opens there and nowhere else.</summary>
    public SealedPlace At(Guid id, long version = 0) => new(this, id, version);

    internal ReadOnlySpan<byte> Magic => Version.Length > 0 ? SealedFormat.Secret : SealedFormat.Document;

    public override string ToString() => $"{Table}.{Column}";
}

/// <summary>Where a sealed value stands, within its store. Its text form names it for people and the ledger.</summary>
public readonly record struct SealedPlace(SealedColumn Column, Guid Id, long Version)
{
    internal byte[] Binding() => Column.Version.Length > 0 ? SealedFormat.SecretBinding(Id, Version) : SealedFormat.DocumentBinding(Id, Column.Kind);

    public override string ToString() => Column.Version.Length > 0 ? FormattableString.Invariant($"{Column} {Id.ToWire()}@{Version}") : $"{Column} {Id.ToWire()}";
}
