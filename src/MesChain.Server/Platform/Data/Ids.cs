using System.Data;
using System.Globalization;
using Dapper;

namespace MesChain.Server.Platform.Data;

/// <summary>Ids are UUIDv7: <see cref="Guid"/> in code, 36 lower-case characters on the wire, 16 big-endian bytes at rest.</summary>
public static class Ids
{
    /// <summary>The store of rows that belong to no store. Only keys that are bound to no store reach it.</summary>
    public static readonly Guid SystemStore = Guid.Empty;

    public static Guid New(TimeProvider clock)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        return clock is IIdChance chance ? With(id, chance) : id;
    }

    public static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static string ToWire(this Guid id) => id.ToString("D", CultureInfo.InvariantCulture);

    static Guid With(Guid id, IIdChance chance)
    {
        var bytes = ToBytes(id);
        var (version, variant) = (bytes[6], bytes[8]);
        chance.Fill(bytes.AsSpan(6));
        bytes[6] = (byte)((version & 0xF0) | (bytes[6] & 0x0F));
        bytes[8] = (byte)((variant & 0xC0) | (bytes[8] & 0x3F));
        return new(bytes, bigEndian: true);
    }

    /// <summary>Accepts the wire form only: 36 characters, lower case. Anything else would make two spellings of one id.</summary>
    public static bool TryParseWire(string text, out Guid id) =>
        Guid.TryParseExact(text, "D", out id) && string.Equals(id.ToWire(), text, StringComparison.Ordinal);
}

/// <summary>
/// A clock that also throws the dice for ids, so that a run under a seed is the same to the last row: rows are taken in the order of
/// their ids. Production has no such clock.
/// </summary>
interface IIdChance
{
    void Fill(Span<byte> random);
}

/// <summary>Lets Dapper carry a <see cref="Guid"/> as bytes on both engines (Microsoft.Data.Sqlite's own form is upper-case text).</summary>
sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
{
    public override void SetValue(IDbDataParameter parameter, Guid value)
    {
        parameter.DbType = DbType.Binary;
        parameter.Value = Ids.ToBytes(value);
    }

    public override Guid Parse(object value) => new((byte[])value, bigEndian: true);

    public static void Register()
    {
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.AddTypeHandler(new GuidHandler());
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }
}
