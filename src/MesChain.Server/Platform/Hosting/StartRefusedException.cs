namespace MesChain.Server.Platform.Hosting;

/// <summary>The program must not start, and the operator can mend it: the message says how. No stack trace helps him.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
