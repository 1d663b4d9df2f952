using Google.Protobuf.WellKnownTypes;

namespace MesChain.Server.Platform.Errors;

/// <summary>Gathers every complaint before refusing, so that the caller mends the request once.</summary>
public sealed class Check
{
    readonly List<Violation> _violations = [];

    public bool Ok => _violations.Count == 0;

    /// <summary>All complaints in one line, for the result of one item of a batch; null when there is none.</summary>
    public string? Complaint => Ok ? null : string.Join("; ", _violations.Take(20).Select(violation => $"{violation.Field} {violation.Why}"));

    public void That(bool holds, string field, string why)
    {
        if (!holds)
            _violations.Add(new(field, why));
    }

    /// <summary>A text of <paramref name="min"/> to <paramref name="max"/> UTF-16 units without control characters.</summary>
    public string Text(string value, string field, int min, int max)
    {
        That(value.Length >= min && value.Length <= max, field, min == 0 ? $"must have at most {max} characters" : $"must have {min} to {max} characters");
        That(!value.Any(char.IsControl), field, "must not hold control characters");
        return value;
    }

    public Guid Id(string value, string field)
    {
        That(Data.Ids.TryParseWire(value, out var id), field, "must be a UUID in lower case");
        return id;
    }

    /// <summary>Milliseconds since 1970; null for what is absent.</summary>
    public long? Instant(Timestamp? time, string field)
    {
        const long lastSecond = 253_402_300_799;
        var fine = time is null || (time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds is >= 0 and <= lastSecond);
        That(fine, field, "must be a time from 1970 to 9999");
        return fine ? time?.ToDateTimeOffset().ToUnixTimeMilliseconds() : null;
    }

    /// <summary>Empty is allowed and means "not protected against repeats".</summary>
    public Guid? RequestId(string value, string field = "request_id") => value.Length == 0 ? null : Id(value, field);

    /// <summary>Zero means <paramref name="fallback"/>; more than <paramref name="max"/> is lowered, as AIP-158 asks.</summary>
    public int PageSize(int value, int fallback = 50, int max = 200, string field = "page_size")
    {
        That(value >= 0, field, "must not be negative");
        return value == 0 ? fallback : Math.Min(value, max);
    }

    public void ThrowIfAny()
    {
        if (_violations.Count > 0)
            throw new InvalidInputException(_violations);
    }
}
