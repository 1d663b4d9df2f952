using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace MesChain.Server.Platform.Listeners;

/// <summary>A request's body that knows whether a reading of it found the caller gone, and says so before anybody else learns of it.</summary>
sealed class CallerBody(PipeReader inner, CancellationTokenSource gone) : PipeReader, IRequestBodyPipeFeature
{
    /// <summary>What that reading met; null as long as the caller is there.</summary>
    public IOException? Fault { get; private set; }

    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(cancellationToken);
        }
        catch (IOException fault) when (Leaves(fault))
        {
            Say(fault);
            throw;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return inner.TryRead(out result);
        }
        catch (IOException fault) when (Leaves(fault))
        {
            Say(fault);
            throw;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    // Who sent too much is still there, and waits to be told.
    static bool Leaves(IOException fault) => fault is not BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge };

    void Say(IOException fault)
    {
        Fault = fault;
        gone.Cancel();
    }
}
