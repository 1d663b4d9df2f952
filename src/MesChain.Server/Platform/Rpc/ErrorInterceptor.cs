using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MesChain.Server.Platform.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;
using System.Diagnostics;
using System.Globalization;
using Status = Google.Rpc.Status;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// The one translation of failures into <c>google.rpc.Status</c>. Our own exceptions say what the caller did and can do; a
/// database that is away is UNAVAILABLE; a call that was ended says who ended it. All else is a mistake of ours: INTERNAL, with
/// nothing of our insides in it, and the whole story in the log under the same trace id.
/// </summary>
public sealed partial class ErrorInterceptor(IHostApplicationLifetime life, TimeProvider clock, ILogger<ErrorInterceptor> log) : Interceptor
{
    const string Domain = "meschain";

    /// <summary>
    /// A refusal travels in one trailer, and callers take headers of 8 KB in all: a batch with a thousand bad fields names the first ones
    /// and says how many there are.
    /// </summary>
    const int BadRequestMax = 4_500;

    static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(2);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception fault) when (fault is not RpcException)
        {
            throw Translate(fault, context).ToRpcException();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception fault) when (fault is not RpcException)
        {
            throw Translate(fault, context).ToRpcException();
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception fault) when (fault is not RpcException)
        {
            throw Translate(fault, context).ToRpcException();
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception fault) when (fault is not RpcException)
        {
            throw Translate(fault, context).ToRpcException();
        }
    }

    /// <summary>A refusal that no interceptor sees, because the call does not get that far.</summary>
    public static RpcException ToRpc(MesChainException fault) => Rich(fault, Detail(fault)).ToRpcException();

    Status Translate(Exception fault, ServerCallContext context)
    {
        if (fault is MesChainException ours)
            return Rich(ours, Detail(ours));
        if (context.CancellationToken.IsCancellationRequested && fault is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
            return Ended(context);
        if (DatabaseIsAway(fault))
        {
            DatabaseAway(log, context.Method, fault);
            var busy = new BusyException(Reasons.DatabaseUnavailable, "The database does not answer; whether the call took effect is unknown.", DatabasePause);
            return Rich(busy, Detail(busy));
        }

        var trace = Activity.Current?.TraceId.ToString() ?? context.GetHttpContext().TraceIdentifier;
        Unexpected(log, context.Method, trace, fault);
        return new()
        {
            Code = (int)Code.Internal,
            Message = "Something failed on our side; it has been logged.",
            Details = { Any.Pack(new RequestInfo { RequestId = trace }) },
        };
    }

    /// <summary>The detail that fits; null where the reason says it all.</summary>
    static IMessage? Detail(MesChainException fault) => fault switch
    {
        InvalidInputException bad => Named(bad),
        UnknownResourceException missing => new ResourceInfo { ResourceType = missing.Kind, ResourceName = missing.Id },
        PreconditionException first => new PreconditionFailure
        {
            Violations = { new PreconditionFailure.Types.Violation { Type = first.Reason, Subject = first.Subject, Description = first.Message } },
        },
        ExhaustedException full => new RetryInfo { RetryDelay = Duration.FromTimeSpan(full.RetryAfter) },
        BusyException busy => new RetryInfo { RetryDelay = Duration.FromTimeSpan(busy.RetryAfter) },
        _ => null,
    };

    static BadRequest Named(InvalidInputException bad)
    {
        var named = new BadRequest();
        var size = 0;
        foreach (var violation in bad.Violations)
        {
            var field = new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Why };
            size += field.CalculateSize() + 3;
            if (size > BadRequestMax)
            {
                bad.Metadata["violations"] = bad.Violations.Count.ToString(CultureInfo.InvariantCulture);
                break;
            }

            named.FieldViolations.Add(field);
        }

        return named;
    }

    static Status Rich(MesChainException fault, IMessage? detail)
    {
        var info = new ErrorInfo { Reason = fault.Reason, Domain = Domain, Metadata = { fault.Metadata } };
        var status = new Status { Code = (int)fault.Code, Message = fault.Message, Details = { Any.Pack(info) } };
        if (detail is not null)
            status.Details.Add(Any.Pack(detail));
        return status;
    }

    Status Ended(ServerCallContext context)
    {
        if (context.GetHttpContext().Features.Get<CallOrigin>() is { Aborted.IsCancellationRequested: true })
            return new() { Code = (int)Code.Cancelled, Message = "The caller went away." };
        if (context.Deadline <= clock.GetUtcNow().UtcDateTime || !life.ApplicationStopping.IsCancellationRequested)
            return new() { Code = (int)Code.DeadlineExceeded, Message = "The call took longer than its deadline." };
        var stopping = new BusyException(Reasons.ShuttingDown, "This server is stopping; call again.", TimeSpan.FromSeconds(1));
        return Rich(stopping, Detail(stopping));
    }

    /// <summary>Failures of the medium, as opposed to statements of ours that are wrong.</summary>
    static bool DatabaseIsAway(Exception fault) => fault switch
    {
        PostgresException { SqlState: { } state } => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
            || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        NpgsqlException => true,
        // busy, locked, input/output error, disk full, cannot open
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 10 or 13 or 14,
        _ => false,
    };

    [LoggerMessage(9002, LogLevel.Error, "Unexpected failure in {Method}, trace {Trace}")]
    static partial void Unexpected(ILogger log, string method, string trace, Exception fault);

    [LoggerMessage(9003, LogLevel.Warning, "The database did not answer in {Method}")]
    static partial void DatabaseAway(ILogger log, string method, Exception fault);
}
