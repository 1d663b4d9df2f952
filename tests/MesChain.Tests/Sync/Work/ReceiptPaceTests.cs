using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Tests.Sync.Work;

/// <summary>When results are asked for.</summary>
public sealed class ReceiptPaceTests
{
    static readonly Guid Connection = Guid.Parse("0190a000-0000-7000-8000-000000000001");

    readonly ReceiptPace _pace = new();

    [Fact]
    public void The_first_question_comes_when_three_of_four_results_are_there()
    {
        var chance = new Random(7);
        for (var i = 0; i < 500; i++)
            Ask(TimeSpan.FromSeconds(3 + (27 * chance.NextDouble())));
        // Three quarters of 3 to 30 s.
        Assert.InRange(_pace.First(Connection), TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void What_takes_the_marketplace_longer_from_today_on_is_asked_for_later()
    {
        for (var i = 0; i < 200; i++)
            Ask(TimeSpan.FromSeconds(4));
        Assert.InRange(_pace.First(Connection), TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(5));
        for (var i = 0; i < 200; i++)
            Ask(TimeSpan.FromSeconds(60));
        Assert.InRange(_pace.First(Connection), TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(70));
    }

    [Fact]
    public void A_question_that_waited_long_for_its_turn_teaches_nothing_about_a_result_that_is_there()
    {
        var before = _pace.First(Connection);
        _pace.Learn(Connection, before * 10, decided: true);
        Assert.Equal(before, _pace.First(Connection));
    }

    [Fact]
    public void Questions_come_more_seldom_each_time_and_never_more_than_two_minutes_apart()
    {
        var pauses = Enumerable.Range(0, 30).Select(asked => _pace.Next(Connection, asked)).ToList();
        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(ReceiptPace.Least, pauses[0]);
        Assert.Equal(ReceiptPace.Most, pauses[^1]);
    }

    [Fact]
    public void Nothing_that_waits_for_one_limit_stands_in_the_way_of_what_another_allows()
    {
        string[] kinds = [JobKinds.PushStock, JobKinds.PushPrices, JobKinds.ReadReceipts, JobKinds.VerifyOffers, JobKinds.PullOrders];
        Assert.Equal(kinds.Length, kinds.Select(JobKinds.Lane).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void One_connection_says_nothing_about_another()
    {
        for (var i = 0; i < 50; i++)
            Ask(TimeSpan.FromSeconds(60));
        Assert.Equal(ReceiptPace.Least, _pace.First(Guid.Parse("0190a000-0000-7000-8000-000000000002")));
    }

    void Ask(TimeSpan takes)
    {
        var age = _pace.First(Connection);
        _pace.Learn(Connection, age, decided: takes <= age);
    }
}
