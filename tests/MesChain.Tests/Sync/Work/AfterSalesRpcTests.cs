using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>What buyers give back and ask reaches the shop, and what it says to that goes back.</summary>
public abstract class AfterSalesRpcTests(Engine engine) : LiveShopTests(engine)
{
    [Fact]
    public async Task A_claim_comes_to_theShop_and_its_decision_goes_back()
    {
        var order = await Shop.SellAsync(2);
        var placed = await Shop.GiveBackAsync(order);
        var claim = Assert.Single((await Orders.ListClaimsAsync(new() { State = ClaimState.AwaitingAction, OrderNumber = order.OrderNumber }, cancellationToken: Stop)).Claims);
        Assert.Equal((placed.ClaimId, order.OrderNumber, true, 2, ""), (claim.ClaimNumber, claim.OrderNumber, claim.Trial, claim.Items.Count, claim.PendingDecision));
        Assert.Equal(("dikişi sökük çıktı", 12990L, TimeSpan.FromHours(48)), (claim.Items[0].BuyerNote, claim.Items[0].Price.Minor, claim.Items[0].DecideByTime.ToDateTime() - claim.ClaimTime.ToDateTime()));
        Assert.Empty((await Orders.ListClaimsAsync(new() { State = ClaimState.Accepted }, cancellationToken: Stop)).Claims);
        var reasons = (await Orders.ListClaimReasonsAsync(new() { ConnectionId = claim.ConnectionId }, cancellationToken: Stop)).Reasons;
        Assert.Contains(reasons, reason => reason.ReasonId == "51");

        var reject = new DecideClaimRequest
        {
            RequestId = Ids.New(TimeProvider.System).ToWire(), ClaimId = claim.Id, ItemIds = { claim.Items[0].ItemId }, Reject = new() { ReasonId = "51", Text = "Etiketi koparılmış" },
        };
        await Orders.DecideClaimAsync(reject, cancellationToken: Stop);
        await Orders.DecideClaimAsync(reject, cancellationToken: Stop);
        await Shop.SeenAsync("claim.changed", times: 2);
        var after = Assert.Single((await Orders.ListClaimsAsync(new(), cancellationToken: Stop)).Claims);
        Assert.Equal([ClaimState.Disputed, ClaimState.AwaitingAction], after.Items.Select(item => item.State));

        await Orders.DecideClaimAsync(new() { ClaimId = claim.Id, Approve = new() }, cancellationToken: Stop);
        await Shop.SeenAsync("claim.changed", times: 4);
        Assert.Equal(ClaimState.Accepted, Assert.Single((await Orders.ListClaimsAsync(new(), cancellationToken: Stop)).Claims).Items[1].State);
        Assert.Equal(Reasons.ClaimStatus, (await Refusal.OfAsync(Orders.DecideClaimAsync(new() { ClaimId = claim.Id, Approve = new() }))).Reason);
    }

    [Fact]
    public async Task The_goods_of_a_claim_are_received_and_restocked_and_the_shop_books_them_once()
    {
        var order = await Shop.SellAsync(2);
        await BookAsync();
        await Shop.GiveBackAsync(order);
        var claim = Assert.Single((await Orders.ListClaimsAsync(new(), cancellationToken: Stop)).Claims);
        Assert.Equal((new ClaimGoods { Advised = 2 }, Custody.InTransit), (claim.Goods, claim.Items[0].Custody));
        Assert.Empty((await Orders.ListClaimsAsync(new() { Unseen = true }, cancellationToken: Stop)).Claims);

        var received = new RecordReturnRequest
        {
            RequestId = Ids.New(TimeProvider.System).ToWire(), ClaimId = claim.Id,
            Items = { new ReturnedItem { ItemId = claim.Items[0].ItemId, Custody = Custody.Received }, new ReturnedItem { ItemId = claim.Items[1].ItemId, Custody = Custody.Restocked } },
        };
        claim = (await Orders.RecordReturnAsync(received, cancellationToken: Stop)).Claim;
        Assert.Equal(claim, (await Orders.RecordReturnAsync(received, cancellationToken: Stop)).Claim);
        Assert.Equal((new ClaimGoods { Advised = 2, Received = 2, Restocked = 1 }, RestockBooking.Waiting), (claim.Goods, claim.Items[1].RestockBooking));
        Assert.NotNull(claim.Items[1].CustodyTime);

        var line = Assert.Single((await BookAsync()).Lines);
        Assert.Equal((2, 0, 1), (line.Quantity, line.Cancelled, line.Restocked));
        claim = (await Orders.GetClaimAsync(new() { ClaimId = claim.Id }, cancellationToken: Stop)).Claim;
        Assert.Equal([RestockBooking.Unspecified, RestockBooking.Booked], claim.Items.Select(item => item.RestockBooking));

        var back = await Refusal.OfAsync(Orders.RecordReturnAsync(new()
        {
            ClaimId = claim.Id,
            Items = { new ReturnedItem { ItemId = claim.Items[1].ItemId, Custody = Custody.Received }, new ReturnedItem { ItemId = "7", Custody = Custody.Scrapped } },
        }));
        Assert.Equal(["items[0].custody", "items[1].item_id"], back.Fields);
        var bad = await Refusal.OfAsync(Orders.RecordReturnAsync(new() { ClaimId = "1", Items = { new ReturnedItem { ItemId = "a", Custody = Custody.InTransit }, new ReturnedItem { ItemId = "a" } } }));
        Assert.Equal(["claim_id", "items[0].custody", "items[1].custody", "items[1].item_id"], bad.Fields.Order(StringComparer.Ordinal));
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.GetClaimAsync(new() { ClaimId = Ids.New(TimeProvider.System).ToWire() }))).Reason);
    }

    /// <summary>The shop books what waits for it.</summary>
    async Task<Order> BookAsync()
    {
        var entry = Assert.Single((await Orders.PullOrdersAsync(new(), cancellationToken: Stop)).Entries);
        await Orders.AcknowledgeOrdersAsync(
            new() { Acknowledgements = { new Acknowledgement { EntryId = entry.EntryId, Revision = entry.Order.Revision, Outcome = AcknowledgeOutcome.Applied, ShopOrderId = "1" } } },
            cancellationToken: Stop);
        return entry.Order;
    }

    [Fact]
    public async Task A_question_comes_to_theShop_and_its_answer_goes_back()
    {
        await Shop.SellAsync(1);
        var number = await Shop.AskAsync("Bedeni dar mı?");
        var question = Assert.Single((await Orders.ListQuestionsAsync(new() { State = QuestionState.Waiting }, cancellationToken: Stop)).Questions);
        Assert.Equal((number, "Bedeni dar mı?", true, false, ""), (question.QuestionNumber, question.Text, question.Trial, question.AnswerPending, question.Answer));
        var answer = new AnswerQuestionRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), QuestionId = question.Id, Text = " Evet, kalıbı dardır.\nBir beden büyük alın. " };
        Assert.True((await Orders.AnswerQuestionAsync(answer, cancellationToken: Stop)).Question.AnswerPending);
        await Orders.AnswerQuestionAsync(answer, cancellationToken: Stop);
        await Shop.SeenAsync("question.changed", times: 2);
        question = Assert.Single((await Orders.ListQuestionsAsync(new(), cancellationToken: Stop)).Questions);
        Assert.Equal((QuestionState.Answered, "Evet, kalıbı dardır.\nBir beden büyük alın.", null), (question.State, question.Answer, question.AnswerByTime));
        Assert.Equal(Reasons.QuestionStatus, (await Refusal.OfAsync(Orders.AnswerQuestionAsync(new() { QuestionId = question.Id, Text = "Hayır, tam kalıptır." }))).Reason);
        Assert.Equal(["text"], (await Refusal.OfAsync(Orders.AnswerQuestionAsync(new() { QuestionId = question.Id, Text = "Evet." }))).Fields);
    }

    [Fact]
    public async Task Bad_fields_of_a_decision_are_all_named()
    {
        var bad = await Refusal.OfAsync(Orders.DecideClaimAsync(new()
        {
            ClaimId = "1", ItemIds = { "a", "a" }, Reject = new() { Text = new string('x', 501), File = new() { FileName = "a/b", ContentType = "text/html" } },
        }));
        Assert.Equal(
            ["claim_id", "item_ids", "reject.file.content", "reject.file.content_type", "reject.file.file_name", "reject.reason_id", "reject.text"],
            bad.Fields.Order(StringComparer.Ordinal));
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.DecideClaimAsync(new() { ClaimId = Ids.New(TimeProvider.System).ToWire(), Approve = new() }))).Reason);
    }
}

public sealed class AfterSalesRpcsOnSqlite() : AfterSalesRpcTests(Engine.Sqlite);

public sealed class AfterSalesRpcsOnPostgres() : AfterSalesRpcTests(Engine.Postgres);
