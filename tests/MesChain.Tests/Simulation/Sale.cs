using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Simulation;

/// <summary>An order as its buyers and the marketplace know it: the truth that everybody else only hears of.</summary>
sealed class Sale(int connection, PlacedOrder order, DateTimeOffset at)
{
    readonly Dictionary<string, int> _units = order.Lines.ToDictionary(line => line.LineId, line => line.Quantity, StringComparer.Ordinal);

    public int Connection { get; } = connection;

    public string Number { get; } = order.OrderNumber;

    public DateTimeOffset At { get; } = at;

    public IReadOnlyList<PlacedLine> Lines { get; } = order.Lines;

    /// <summary>The package that holds the order now; each partial cancel makes another.</summary>
    public string Package { get; private set; } = order.PackageId;

    /// <summary>Units of all lines that are not cancelled.</summary>
    public int Open => _units.Values.Sum();

    /// <summary>Units of one line that are not cancelled.</summary>
    public int OpenOf(string lineId) => _units[lineId];

    public int OpenOfBarcode(string barcode) => Lines.Where(line => line.Barcode == barcode).Sum(line => _units[line.LineId]);

    public void Cancelled(string lineId, CancelledUnits cancelled)
    {
        _units[lineId]--;
        if (cancelled.NewPackageId.Length > 0)
            Package = cancelled.NewPackageId;
    }
}
