using MesChain.Server.Sync.Offers;

namespace MesChain.Tests.Sync.Work;

/// <summary>The moves of one axis of an offer, without a database.</summary>
public sealed class OfferAxisTests
{
    static OfferAxis Confirmed(long units, long version = 1)
    {
        var axis = new OfferAxis();
        axis.Desire(OfferValue.Units(units), version, moved: false, 0);
        axis.Send(OfferValue.Units(units));
        axis.Confirm(OfferValue.Units(units), version, 0);
        return axis;
    }

    [Fact]
    public void An_older_or_equal_version_changes_nothing()
    {
        var axis = Confirmed(5, version: 3);
        Assert.False(axis.Desire(OfferValue.Units(9), 3, moved: false, 0));
        Assert.False(axis.Desire(OfferValue.Units(9), 2, moved: true, 0));
        Assert.Equal((AxisStates.Clean, OfferValue.Units(5)), (axis.State, axis.Desired));
    }

    [Fact]
    public void A_value_that_is_confirmed_already_needs_no_push_but_its_version_is_recorded()
    {
        var axis = Confirmed(5);
        Assert.True(axis.Desire(OfferValue.Units(5), 2, moved: false, 0));
        Assert.Equal((AxisStates.Clean, 2L), (axis.State, axis.DesiredVersion));
    }

    [Fact]
    public void After_a_sale_there_the_number_is_read_before_anything_is_sent()
    {
        var axis = Confirmed(5);
        axis.Sell(1);
        axis.Desire(OfferValue.Units(4), 2, moved: true, 0);
        Assert.Equal(AxisStates.Uncertain, axis.State);
        axis.Know(OfferValue.Units(4), 0);
        Assert.Equal((AxisStates.Clean, 2L), (axis.State, axis.AckedVersion));
    }

    [Fact]
    public void What_has_to_go_below_anything_that_can_stand_there_is_sent_at_once()
    {
        // One sold there and two in the shop: there it is 4, or fewer.
        var axis = Confirmed(5);
        axis.Sell(1);
        axis.Desire(OfferValue.Units(2), 2, moved: true, 0);
        Assert.Equal((AxisStates.Dirty, OfferValue.Units(4)), (axis.State, axis.Acked));
    }

    [Fact]
    public void Restocked_and_sold_there_the_number_is_read_and_the_value_sent_again()
    {
        // H 5 → 6 and a sale: P is 5 again, but the marketplace stands at 4.
        var axis = Confirmed(5);
        axis.Sell(1);
        axis.Desire(OfferValue.Units(5), 2, moved: true, 0);
        Assert.Equal(AxisStates.Uncertain, axis.State);
        axis.Know(OfferValue.Units(4), 0);
        Assert.Equal(AxisStates.Dirty, axis.State);
        axis.Send(OfferValue.Units(5));
        axis.Confirm(OfferValue.Units(5), 2, 0);
        Assert.Equal(AxisStates.Clean, axis.State);
    }

    [Fact]
    public void A_sale_that_is_learned_of_while_a_value_is_on_its_way_is_not_settled_by_that_values_receipt()
    {
        var axis = Confirmed(5);
        axis.Desire(OfferValue.Units(4), 2, moved: false, 0);
        axis.Send(OfferValue.Units(4));
        axis.Accept(2);
        axis.Sell(1);
        axis.Desire(OfferValue.Units(4), 3, moved: true, 0);
        axis.Confirm(OfferValue.Units(4), 2, 0);
        Assert.Equal(AxisStates.Uncertain, axis.State);
    }

    [Fact]
    public void A_receipt_that_comes_after_all_wakes_an_offer_that_rests_on_another_value()
    {
        var axis = Confirmed(0);
        axis.Desire(OfferValue.Units(2), 2, moved: false, 0);
        axis.Send(OfferValue.Units(2));
        axis.Desire(OfferValue.Units(0), 3, moved: false, 0);
        axis.Doubt(2);
        // Read back: the marketplace still shows 0.
        axis.Rest(0);
        Assert.Equal(AxisStates.Clean, axis.State);
        axis.Confirm(OfferValue.Units(2), 2, 7);
        Assert.Equal((AxisStates.Dirty, 7L), (axis.State, axis.DirtyMs));
    }

    [Fact]
    public void I2_A_late_receipt_of_an_older_version_does_not_take_back_a_newer_one()
    {
        var axis = Confirmed(9);
        axis.Desire(OfferValue.Units(8), 2, moved: false, 0);
        axis.Send(OfferValue.Units(8));
        axis.Accept(2);
        axis.Desire(OfferValue.Units(3), 3, moved: false, 0);
        axis.Send(OfferValue.Units(3));
        axis.Accept(3);
        axis.Confirm(OfferValue.Units(3), 3, 0);
        axis.Confirm(OfferValue.Units(8), 2, 0);
        Assert.Equal((3L, OfferValue.Units(3), AxisStates.Clean), (axis.AckedVersion, axis.Acked, axis.State));
    }

    [Fact]
    public void A_refused_value_is_not_sent_again_and_another_one_is()
    {
        var axis = Confirmed(5);
        axis.Desire(OfferValue.Units(7), 2, moved: false, 0);
        axis.Send(OfferValue.Units(7));
        Assert.True(axis.Refuse(2, OfferValue.Units(7), 0));
        axis.Desire(OfferValue.Units(7), 3, moved: false, 0);
        Assert.Equal(AxisStates.Failed, axis.State);
        axis.Desire(OfferValue.Units(6), 4, moved: false, 0);
        Assert.Equal(AxisStates.Dirty, axis.State);
        axis.Desire(OfferValue.Units(5), 5, moved: false, 0);
        Assert.Equal(AxisStates.Clean, axis.State);
    }

    [Fact]
    public void What_was_refused_for_speed_waits_again_since_it_first_waited()
    {
        var axis = Confirmed(5);
        axis.Desire(OfferValue.Units(4), 2, moved: false, 100);
        axis.Send(OfferValue.Units(4));
        axis.TakeBack(2, dirtyMs: 100, nowMs: 900);
        Assert.Equal((AxisStates.Dirty, 100L, OfferValue.Units(5)), (axis.State, axis.DirtyMs, axis.Sent));
    }

    [Fact]
    public void A_held_change_leaves_the_wave_when_it_is_no_longer_part_of_it()
    {
        var axis = Confirmed(5);
        axis.Desire(OfferValue.Units(0), 2, moved: false, 0);
        axis.State = AxisStates.Held;
        axis.Desire(OfferValue.Units(0), 3, moved: true, 0);
        Assert.Equal(AxisStates.Held, axis.State);
        axis.Desire(OfferValue.Units(4), 4, moved: false, 0);
        Assert.Equal(AxisStates.Dirty, axis.State);
    }

    [Theory]
    [InlineData(8, 5, 4, true)] // lost on the way up: fewer than both
    [InlineData(8, 5, 6, false)] // fewer than the request, more than what stood there
    [InlineData(3, 5, 4, false)]
    [InlineData(3, 5, 2, true)]
    public void While_nobody_knows_what_stands_there_only_fewer_than_all_it_can_be_is_down(long sent, long confirmed, long desired, bool down)
    {
        var offer = new Offer(Guid.Empty, Guid.Empty, Guid.Empty, "869");
        offer.Stock.Acked = OfferValue.Units(confirmed);
        offer.Stock.Sent = OfferValue.Units(sent);
        offer.Stock.Desired = OfferValue.Units(desired);
        offer.Stock.State = AxisStates.Uncertain;
        Assert.Equal(down, offer.GoesDown());
    }

    [Theory]
    [InlineData(0, 515, Offer.Urgent)]
    [InlineData(3, 4, Offer.Urgent)]
    [InlineData(514, 515, Offer.Verified)]
    [InlineData(5, 0, 600)]
    [InlineData(30, 20, 300)]
    [InlineData(7, 5, 500)]
    public void AC21_Last_units_come_before_everything_else(long desired, long confirmed, long urgency)
    {
        var offer = new Offer(Guid.Empty, Guid.Empty, Guid.Empty, "869");
        offer.Stock.Acked = OfferValue.Units(confirmed);
        offer.Stock.Desired = OfferValue.Units(desired);
        Assert.Equal(urgency, offer.Urgency(moved: false));
    }
}
