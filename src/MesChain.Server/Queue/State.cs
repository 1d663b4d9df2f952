namespace MesChain.Server.Queue;

/// <summary>The column <c>messages.state</c>, as text: partial indexes are found only by a literal.</summary>
static class State
{
    public const string Scheduled = "0";
    public const string Ready = "1";
    public const string Leased = "2";
    public const string Dead = "3";
    public const string Done = "4";
}
