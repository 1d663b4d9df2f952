using System.Text.Json.Serialization;

namespace MesChain.Sandbox;

/// <summary>What goes wrong.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
public enum FaultKind
{
    /// <summary>Answers <see cref="SandboxFault.Status"/>.</summary>
    Status,

    /// <summary>Never answers: holds the request until the caller gives up.</summary>
    Timeout,

    /// <summary>Breaks the connection without an answer. The instant twin of <see cref="Timeout"/>, for tests whose clock stands still.</summary>
    Drop,

    /// <summary>Answers 200 with an HTML page.</summary>
    Html,

    /// <summary>Answers 200 with a body that holds nothing but errors.</summary>
    Errors,

    /// <summary>Answers lists without their entries.</summary>
    Empty,

    /// <summary>Answers with half of the JSON.</summary>
    Malformed,

    /// <summary>Answers 302 to another host.</summary>
    Redirect,

    /// <summary>Answers with more than 10 MB.</summary>
    Huge,

    /// <summary>Answers one byte a second.</summary>
    Drip,

    /// <summary>Answers in windows-1254 while claiming UTF-8.</summary>
    Charset,

    /// <summary>The receipt of the batch comes <see cref="SandboxFault.Seconds"/> later than it would.</summary>
    Late,
}

/// <summary>A fault that waits for its calls.</summary>
public sealed record SandboxFault
{
    public required FaultKind Kind { get; init; }

    /// <summary>The endpoint's name as the call log shows it; <c>*</c> means every one.</summary>
    public string Endpoint { get; init; } = "*";

    /// <summary>Only calls of this seller; empty means all.</summary>
    public string SellerId { get; init; } = "";

    /// <summary>For <see cref="FaultKind.Status"/>.</summary>
    public int Status { get; init; } = 500;

    /// <summary>The call is carried out first; otherwise it changes nothing.</summary>
    public bool AfterApplying { get; init; }

    /// <summary>How many calls it strikes; 0 means until it is cleared.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Chance of striking a call that fits, 0 to 1, drawn from the sandbox's seed.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>For <see cref="FaultKind.Late"/>.</summary>
    public int Seconds { get; init; } = 600;
}

/// <summary>The faults that are set, in the order in which they were.</summary>
sealed class FaultList
{
    readonly List<(SandboxFault Fault, int Left)> _faults = [];

    public IEnumerable<(SandboxFault Fault, int Left)> All => _faults;

    public void Add(SandboxFault fault) => _faults.Add((fault, fault.Count));

    public void Clear() => _faults.Clear();

    /// <summary>The first fault that strikes this call, used up by it.</summary>
    public SandboxFault? Take(string endpoint, string sellerId, Random chance)
    {
        for (var i = 0; i < _faults.Count; i++)
        {
            var (fault, left) = _faults[i];
            if ((fault.Endpoint != "*" && fault.Endpoint != endpoint) || (fault.SellerId.Length > 0 && fault.SellerId != sellerId))
                continue;
            if (fault.Probability < 1 && chance.NextDouble() >= fault.Probability)
                continue;

            if (left == 1)
                _faults.RemoveAt(i);
            else if (left > 1)
                _faults[i] = (fault, left - 1);
            return fault;
        }

        return null;
    }
}
