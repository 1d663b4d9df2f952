using System.Buffers.Text;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Common.V1;

namespace MesChain.Tests.Wire;

/// <summary>
/// Requests as chance makes them: mostly near a good one, so that they get past the checks and into the statements behind them; sometimes
/// far from it; sometimes no message at all. One seed makes one request.
/// </summary>
sealed class RandomRequests(int seed, Furnished mine, Furnished other)
{
    static readonly string[] Lists = ["queues", "messages", "secrets", "stores", "connections", "products", "offers", "proposals", "orders", "issues"];

    static readonly string[] Odd =
    [
        "", " ", "a", "\0", "a\u0000b", "\u0001", "\u007f", "\ufeff", "\u202e", "\ud83d\ude00", "İıŞğ", "%", "_", "%'--", "'", "\"", "\\", "../..", "/", "a/b", ".", "-1", "0", "1e9", "999999999999999999999",
        "NULL", "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF", "{}", "[]", "TRY", "trendyol", "http://127.0.0.1:9/", "https://[::1", "*", "sync:*", "ops:read", "1.x", "9223372036854775807.\0",
    ];

    static readonly long[] Numbers = [0, 1, 2, 3, 10, 100, 199, 200, 201, 500, 1000, 1_000_000, int.MaxValue, int.MinValue, -1, -2, long.MaxValue, long.MinValue, long.MaxValue - 1, 1L << 40];

    readonly Random _chance = new(seed);
    readonly RequestSamples _samples = new(mine);

    /// <summary>The message, and how it travels: sometimes a few bytes of that are wrong.</summary>
    public byte[] Next(MessageDescriptor type)
    {
        var bytes = Message(type).ToByteArray();
        if (_chance.Next(20) > 0)
            return bytes;
        if (_chance.Next(2) == 0)
            return [.. bytes, .. RandomBytes(8)];
        if (bytes.Length > 0)
            bytes[_chance.Next(bytes.Length)] = (byte)_chance.Next(256);
        return bytes;
    }

    IMessage Message(MessageDescriptor type, int depth = 0)
    {
        var message = _samples.Of(type);
        // A store that is not there answers the same to everything else: seldom.
        var fields = type.Fields.InDeclarationOrder().Where(field => field.Name != "store_id" || _chance.Next(20) == 0).ToList();
        var touched = fields.Count == 0 ? 0 : _chance.Next(Math.Min(4, fields.Count) + 1);
        for (var i = 0; i < touched; i++)
            Change(message, fields[_chance.Next(fields.Count)], depth);
        foreach (var field in fields.Where(field => field is { FieldType: FieldType.Message, IsMap: false } && !Plain(field) && !field.IsRepeated && field.Accessor.GetValue(message) is not null && _chance.Next(3) > 0))
            field.Accessor.SetValue(message, Message(field.MessageType, depth + 1));
        return message;
    }

    void Change(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var i = _chance.Next(20); i > 0; i--)
                map[Text(field)] = Text(field);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            list.Clear();
            for (var i = _chance.Next(20) == 0 ? 501 : _chance.Next(5); i > 0; i--)
                list.Add(Value(field, depth));
        }
        else if (_chance.Next(6) == 0)
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Text(field),
        FieldType.Bytes => ByteString.CopyFrom(RandomBytes(_chance.Next(10) == 0 ? 300_000 : 40)),
        FieldType.Bool => _chance.Next(2) == 0,
        FieldType.Int32 => unchecked((int)Number()),
        FieldType.Int64 => Number(),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, _chance.Next(8) == 0 ? unchecked((int)Number()) : field.EnumType.Values[_chance.Next(field.EnumType.Values.Count)].Number),
        FieldType.Message when field.MessageType == Duration.Descriptor => new Duration { Seconds = Seconds(), Nanos = Nanos() },
        FieldType.Message when field.MessageType == Timestamp.Descriptor => new Timestamp { Seconds = _chance.Next(2) == 0 ? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + _chance.Next(100_000) : Number(), Nanos = Nanos() },
        FieldType.Message when field.MessageType == Money.Descriptor => new Money { CurrencyCode = _chance.Next(3) == 0 ? Text(field) : "TRY", Minor = Number() },
        FieldType.Message => depth > 5 ? _samples.Of(field.MessageType) : Message(field.MessageType, depth + 1),
        _ => _samples.Value(field)!,
    };

    static bool Plain(FieldDescriptor field) => field.MessageType == Duration.Descriptor || field.MessageType == Timestamp.Descriptor;

    // Long polls wait for a few seconds at most: an end of the call is what is asked here, not patience.
    long Seconds() => _chance.Next(3) switch { 0 => 0, 1 => _chance.Next(2), _ => Number() is var any and not (> 1 and <= 30) ? any : 0 };

    int Nanos() => _chance.Next(4) switch { 0 => 0, 1 => _chance.Next(1_000_000_000), 2 => -1, _ => unchecked((int)Number()) };

    long Number() => _chance.Next(3) == 0 ? _chance.NextInt64(long.MinValue, long.MaxValue) : Numbers[_chance.Next(Numbers.Length)];

    string Text(FieldDescriptor field) => _chance.Next(7) switch
    {
        0 when _samples.Value(field) is string good => good,
        1 => other.Names.GetValueOrDefault(field.Name) ?? Guid.CreateVersion7().ToString(),
        2 => new string((char)_chance.Next(32, 0x2000), _chance.Next(3) == 0 ? 5_000 : _chance.Next(300)),
        3 => Token(field.ContainingType.Name),
        4 => Encoding.UTF8.GetString(RandomBytes(20)),
        _ => Odd[_chance.Next(Odd.Length)],
    };

    /// <summary>Looks like a token that this server hands out.</summary>
    string Token(string request)
    {
        if (_chance.Next(4) == 0)
            return Base64Url.EncodeToString(RandomBytes(25));
        var keys = Enumerable.Range(0, _chance.Next(4)).Select(_ => _chance.Next(3) == 0 ? Number().ToString(CultureInfo.InvariantCulture) : Odd[_chance.Next(Odd.Length)]);
        var list = Array.Find(Lists, list => request.Contains(list, StringComparison.OrdinalIgnoreCase)) is { } own && _chance.Next(3) > 0 ? own : Lists[_chance.Next(Lists.Length)];
        return Base64Url.EncodeToString([1, .. JsonSerializer.SerializeToUtf8Bytes<string[]>([list, .. keys])]);
    }

    byte[] RandomBytes(int max)
    {
        var bytes = new byte[_chance.Next(max + 1)];
        _chance.NextBytes(bytes);
        return bytes;
    }
}
