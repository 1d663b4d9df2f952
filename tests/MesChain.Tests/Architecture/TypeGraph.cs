using System.Reflection;
using System.Reflection.Emit;

namespace MesChain.Tests.Architecture;

/// <summary>Which types of an assembly a type of it names, in signatures and in method bodies.</summary>
static class TypeGraph
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Pairs of outermost types: who names whom.</summary>
    public static IEnumerable<(Type From, Type To)> References(Assembly assembly) =>
        assembly.GetTypes()
            .SelectMany(type => Named(type).SelectMany(Flatten).Where(named => named.Assembly == assembly).Select(named => (From: Outermost(type), To: Outermost(named))))
            .Where(pair => pair.From != pair.To)
            .Distinct();

    static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    static IEnumerable<Type> Flatten(Type type)
    {
        if (type.HasElementType)
            return Flatten(type.GetElementType()!);
        if (type.IsGenericParameter)
            return [];
        return type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Flatten)] : [type];
    }

    static List<Type> Named(Type type)
    {
        var types = new List<Type>(type.GetInterfaces());
        if (type.BaseType is { } parent)
            types.Add(parent);
        types.AddRange(type.GetFields(All).Select(field => field.FieldType));
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            types.AddRange(method.GetParameters().Select(parameter => parameter.ParameterType));
            if (method is MethodInfo { ReturnType: var answer })
                types.Add(answer);
            types.AddRange(NamedInBody(method));
        }

        return types;
    }

    static IEnumerable<Type> NamedInBody(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;

        var il = body.GetILAsByteArray()!;
        for (var at = 0; at < il.Length;)
        {
            var code = Codes[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(il, at),
                    method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null,
                    method.IsGenericMethod ? method.GetGenericArguments() : null);
                if ((member as Type ?? member?.DeclaringType) is { } owner)
                    yield return owner;
            }

            at += OperandSize(code, il, at);
        }
    }

    static int OperandSize(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}
