using Google.Rpc;
using Grpc.Core;

namespace MesChain.Tests.Support;

/// <summary>A refused call, taken apart as a client would.</summary>
public sealed record Refusal(StatusCode Status, string Reason, IReadOnlyList<string> Fields)
{
    /// <summary>Makes a call that has to be refused.</summary>
    public static async Task<Refusal> OfAsync<T>(AsyncUnaryCall<T> call)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await call);
        return Of(fault);
    }

    public static Refusal Of(RpcException fault)
    {
        var status = fault.GetRpcStatus();
        return new(
            fault.StatusCode,
            status?.GetDetail<ErrorInfo>()?.Reason ?? "",
            [.. (status?.GetDetail<BadRequest>() ?? new()).FieldViolations.Select(violation => violation.Field).Distinct().Order(StringComparer.Ordinal)]);
    }
}
