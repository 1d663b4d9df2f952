using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Common.V1;

namespace MesChain.Tests.Wire;

/// <summary>
/// A request with every field filled in that can be refused for nothing. Made from the descriptors; where the type alone does not say what
/// is right, a line in <see cref="Values"/> does, by the field's name or its full name.
/// </summary>
sealed class RequestSamples(Furnished store)
{
    /// <summary>Null leaves the field out of the sample.</summary>
    static readonly Dictionary<string, object?> Values = new(StringComparer.Ordinal)
    {
        // Unset, so that each call of a test takes effect.
        ["request_id"] = null,
        ["page_token"] = null,
        ["cursor"] = null,
        ["cas"] = null,
        ["dedupe_id"] = null,
        ["coalesce_key"] = null,
        // Whatever stands.
        ["revision"] = 0L,
        ["version"] = 0L,
        ["lose_values"] = 0L,
        ["fingerprint"] = "0123456789abcdef",
        // The newest of two, so that `current` can go to it; of those that are made away with, the older one.
        ["meschain.secret.v1.SetLabelRequest.version"] = 2L,
        ["meschain.secret.v1.DisableVersionRequest.version"] = 1L,
        ["meschain.secret.v1.EnableVersionRequest.version"] = 1L,
        ["meschain.secret.v1.DestroyVersionRequest.version"] = 1L,
        ["not_before_time"] = null,
        ["marketplace"] = "trendyol",
        ["seller_id"] = "1002",
        ["endpoint"] = "http://127.0.0.1:9/",
        ["currency_code"] = "TRY",
        ["callback_url"] = "http://127.0.0.1:9/knock",
        ["callback_secret"] = new string('s', 32),
        ["image_url"] = "https://shop.example/1.jpg",
        ["meschain.sync.v1.AnswerQuestionRequest.text"] = "Evet, vardır.",
        ["meschain.sync.v1.ClaimProof.content_type"] = "image/png",
        // Of the places of goods those that a person can tell.
        ["meschain.sync.v1.ReturnedItem.custody"] = (int)Contracts.Sync.V1.Custody.Received,
        ["scopes"] = "ops:read",
        ["vat_basis_points"] = 2000,
        ["more_image_urls"] = "https://shop.example/2.jpg",
        // An attribute has options or a text.
        ["meschain.sync.v1.MappedAttribute.text"] = null,
        ["meschain.queue.v1.ReceiveRequest.wait"] = new Duration(),
    };

    public IMessage Of(MessageDescriptor type)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            // Of alternatives the first one.
            if (field.RealContainingOneof is { } oneof && oneof.Fields[0] != field)
                continue;
            if (Value(field) is { } value && !FieldComments.AnsweredOnly(field))
                Put(message, field, value);
        }

        return message;
    }

    /// <summary>One value of the field's type: of a list or a map, that of its only entry.</summary>
    public object? Value(FieldDescriptor field)
    {
        if (Named(field, out var value))
            return value;
        if (field.IsMap)
            return "a";
        return field.FieldType switch
        {
            FieldType.Message when field.MessageType == Duration.Descriptor => new Duration { Seconds = 2 },
            FieldType.Message when field.MessageType == Timestamp.Descriptor => Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)),
            FieldType.Message when field.MessageType == Money.Descriptor => new Money { CurrencyCode = "TRY", Minor = 100 },
            FieldType.Message => Of(field.MessageType),
            FieldType.String => "a",
            FieldType.Bytes => ByteString.CopyFromUtf8("a"),
            FieldType.Bool => false,
            FieldType.Enum => field.EnumType.Values[1].Number,
            FieldType.Int32 => 1,
            FieldType.Int64 => 1L,
            _ => throw new InvalidOperationException($"{field.FullName} has a type ({field.FieldType}) of which no sample is known; say one here."),
        };
    }

    /// <summary>Sets a field; of a list or a map, its only entry.</summary>
    public static void Put(IMessage message, FieldDescriptor field, object value)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            map.Clear();
            map.Add("a", value);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            list.Clear();
            list.Add(Convert(field, value));
        }
        else
        {
            field.Accessor.SetValue(message, Convert(field, value));
        }
    }

    static object Convert(FieldDescriptor field, object value) =>
        field.FieldType == FieldType.Enum ? System.Enum.ToObject(field.EnumType.ClrType, System.Convert.ToInt32(value, CultureInfo.InvariantCulture)) : value;

    bool Named(FieldDescriptor field, out object? value)
    {
        value = store.Names.GetValueOrDefault(field.FullName) ?? store.Names.GetValueOrDefault(field.Name);
        if (value is not null && field.FieldType == FieldType.String)
            return true;
        return Values.TryGetValue(field.FullName, out value) || Values.TryGetValue(field.Name, out value);
    }
}
