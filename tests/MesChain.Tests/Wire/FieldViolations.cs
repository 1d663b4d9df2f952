using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Tests.Wire;

/// <summary>A way to spoil one field of a good request, and the path under which the refusal has to name it.</summary>
/// <param name="Kind">What is wrong: <c>too long</c>, <c>unset</c> …</param>
sealed record FieldViolation(FieldDescriptor Field, string Path, string Kind, Action<IMessage> Spoil)
{
    /// <summary>Whether it is refused in the result of its item, in an answer that is a good one.</summary>
    public bool PerItem(MethodDescriptor method) =>
        Path.Contains("[0].", StringComparison.Ordinal) && method.OutputType.FindFieldByName("results") is { } results && results.MessageType == ItemResult.Descriptor
        && method.Name == "UpsertProducts";
}

/// <summary>Every way to spoil every field of a request, nested ones too. Which ways there are follows from the field's type.</summary>
static class FieldViolations
{
    const int TooLong = 5_000;
    const int TooManyBytes = 300 * 1024;
    const int TooMany = 10_001;

    // A list within a list: more than that may be refused for the outer one first.
    const int TooManyInside = 150;
    const int UnknownNumber = 9_999;

    public static IEnumerable<FieldViolation> Of(MessageDescriptor request, RequestSamples samples) => Of(request, samples, "", root => root);

    /// <param name="reach">From the request to the message that holds these fields.</param>
    static IEnumerable<FieldViolation> Of(MessageDescriptor type, RequestSamples samples, string prefix, Func<IMessage, IMessage> reach)
    {
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !FieldComments.AnsweredOnly(field)))
        {
            var path = prefix + field.Name;
            foreach (var (at, kind, spoil) in Spoilings(field, prefix.Length == 0 ? TooMany : TooManyInside))
                yield return new(field, path + at, kind, root => spoil(reach(root)));
            foreach (var violation in Missing(field, path, prefix, reach))
                yield return violation;
            if (field.FieldType != FieldType.Message || field.IsMap || field.MessageType == Duration.Descriptor || field.MessageType == Timestamp.Descriptor)
                continue;
            foreach (var violation in Of(field.MessageType, samples, path + (field.IsRepeated ? "[0]." : "."), root => Inside(reach(root), field, samples)))
                yield return violation;
        }
    }

    static IEnumerable<FieldViolation> Missing(FieldDescriptor field, string path, string prefix, Func<IMessage, IMessage> reach)
    {
        if (field.RealContainingOneof is { } oneof)
        {
            if (oneof.Fields[0] == field)
                yield return new(field, prefix + oneof.Name, "unset", root => oneof.Accessor.Clear(reach(root)));
        }
        else if (field.FieldType != FieldType.Bool && !FieldComments.MayBeAbsent(field))
        {
            yield return new(field, path, "unset", root => field.Accessor.Clear(reach(root)));
        }
    }

    static IEnumerable<(string At, string Kind, Action<IMessage> Spoil)> Spoilings(FieldDescriptor field, int tooMany)
    {
        if (field.IsMap)
        {
            yield return ("", "too many", message => Fill((IDictionary)field.Accessor.GetValue(message)));
            yield return ("", "too long a key", message => ((IDictionary)field.Accessor.GetValue(message)).Add(new string('k', TooLong), "v"));
            yield return ("", "a bad key", message => ((IDictionary)field.Accessor.GetValue(message)).Add("\0", "v"));
        }
        else if (field.IsRepeated)
        {
            yield return ("", "too many", message => Multiply((IList)field.Accessor.GetValue(message), tooMany));
        }

        foreach (var (kind, value) in BadValues(field))
            yield return (field is { IsRepeated: true, IsMap: false } ? "[0]" : "", kind, message => RequestSamples.Put(message, field, value));
    }

    static IEnumerable<(string Kind, object Value)> BadValues(FieldDescriptor field)
    {
        switch (field.IsMap ? FieldType.String : field.FieldType)
        {
            case FieldType.String:
                yield return ("too long", new string('x', TooLong));
                yield return ("a control character", "a\u0000b");
                break;
            case FieldType.Bytes:
                yield return ("too long", ByteString.CopyFrom(new byte[TooManyBytes]));
                break;
            case FieldType.Int32:
                yield return ("below its range", -1);
                yield return ("above its range", int.MaxValue);
                break;
            case FieldType.Int64:
                yield return ("below its range", -1L);
                yield return ("above its range", long.MaxValue);
                break;
            case FieldType.Enum:
                yield return ("an unknown number", UnknownNumber);
                break;
            case FieldType.Message when field.MessageType == Duration.Descriptor:
                yield return ("negative", new Duration { Seconds = -1 });
                yield return ("too long", new Duration { Seconds = 4_000_000_000 });
                yield return ("malformed", new Duration { Seconds = 1, Nanos = -5 });
                break;
            case FieldType.Message when field.MessageType == Timestamp.Descriptor:
                yield return ("out of the calendar", new Timestamp { Seconds = long.MaxValue });
                yield return ("malformed", new Timestamp { Seconds = 4_000_000_000, Nanos = -5 });
                break;
            default:
                // A switch has no wrong value, and a message is spoilt by its fields.
                break;
        }
    }

    /// <summary>The message in a field of the request, made where the sample does not have it (another alternative of a oneof).</summary>
    public static IMessage Inside(IMessage message, FieldDescriptor field, RequestSamples samples)
    {
        if (field.IsRepeated)
            return (IMessage)((IList)field.Accessor.GetValue(message))[0]!;
        if (field.Accessor.GetValue(message) is null)
            field.Accessor.SetValue(message, samples.Of(field.MessageType));
        return (IMessage)field.Accessor.GetValue(message);
    }

    static void Fill(IDictionary map)
    {
        for (var i = 0; i < 200; i++)
            map.Add("key" + i, "v");
    }

    static void Multiply(IList list, int count)
    {
        while (list.Count < count)
            list.Add(list[0]);
    }
}
