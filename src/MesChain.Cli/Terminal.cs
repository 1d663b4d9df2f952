using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Common.V1;
using Spectre.Console;

namespace MesChain.Cli;

/// <summary>Where answers go: tables for people, JSON (the wire's own names) for programs.</summary>
sealed class Terminal
{
    const int RedirectedWidth = 200;

    static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    readonly TextWriter _output;
    readonly IAnsiConsole _console;

    public Terminal(TextWriter output, bool json)
    {
        _output = output;
        Json = json;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!ReferenceEquals(output, Console.Out) || Console.IsOutputRedirected)
            _console.Profile.Width = RedirectedWidth;
    }

    public bool Json { get; }

    /// <summary>Asks for a secret, and shows nothing of it. On the error stream: what is written is somebody's answer.</summary>
    public static Task<string> AskAsync(string what, CancellationToken stop) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).PromptAsync(new TextPrompt<string>(what + ":").Secret(null), stop);

    public void Line(string text) => _output.WriteLine(text);

    public void WriteJson(IMessage message) => _output.WriteLine(Formatter.Format(message));

    /// <summary>One JSON object made of answers under names.</summary>
    public void WriteJson(params (string Name, string Json)[] parts) =>
        _output.WriteLine("{ " + string.Join(", ", parts.Select(part => $"\"{part.Name}\": {part.Json}")) + " }");

    public static string ToJson(IMessage message) => Formatter.Format(message);

    public static string ToJson(IEnumerable<IMessage> messages) => "[" + string.Join(", ", messages.Select(message => Formatter.Format(message))) + "]";

    /// <summary>The items as one JSON array, or as a table; <paramref name="empty"/> says what an empty table means.</summary>
    public void List<T>(IReadOnlyCollection<T> items, string empty, string[] columns, Func<T, string[]> row)
        where T : IMessage
    {
        if (Json)
            _output.WriteLine(ToJson(items.Cast<IMessage>()));
        else if (items.Count == 0)
            _output.WriteLine(empty);
        else
            Table(columns, items.Select(row));
    }

    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        _console.Write(table);
    }

    public static string Time(Timestamp? time) => time?.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "–";

    public static string Money(Money? money) => money is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{money.Minor / 100m:0.00} {money.CurrencyCode}");

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>OFFER_STATE_IN_FLIGHT</c> as people say it: "in flight".</summary>
    public static string Word<T>(T value)
        where T : struct, System.Enum
    {
        var name = value.ToString();
        return string.Concat(name.Select((letter, at) => at > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
    }
}
