namespace MesChain.Server.Queue;

/// <summary>What the wire promises. Each has a test at its edge.</summary>
static class QueueLimits
{
    public const int BatchMax = 500;
    public const int BodyMax = 256 * 1024;
    public const int NameMax = 80;
    public const int KeyMax = 200;
    public const int LabelsMax = 16;
    public const int LabelMax = 64;
    public const int PriorityMax = 1000;
    public const int ErrorMax = 1000;
    public const int RedriveMax = 10_000;
    public const long DepthMax = 10_000_000;
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LeaseMax = TimeSpan.FromHours(1);
    public static readonly TimeSpan DueMax = TimeSpan.FromDays(3653);

    /// <summary>How long a settle can be repeated with the same answer .</summary>
    public static readonly TimeSpan ReceiptsKept = TimeSpan.FromMinutes(10);
}
