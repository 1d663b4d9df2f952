using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using Wire = MesChain.Contracts.Sync.V1.Custody;

namespace MesChain.Server.Sync.Claims;

/// <summary>Claims, between wire and domain. Judges every field of a request; what the claim itself allows is judged where it is known.</summary>
static class ClaimProto
{
    const string ListName = "claims";
    const int ItemsMax = 100;
    const int TextMax = 500;
    const int FileMax = 2 * 1024 * 1024;

    static readonly string[] FileTypes = ["image/jpeg", "image/png", "application/pdf"];

    extension(ListClaimsRequest request)
    {
        public ClaimQuery ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize, max: 100);
            Guid? connection = request.ConnectionId.Length == 0 ? null : check.Id(request.ConnectionId, "connection_id");
            check.That(System.Enum.IsDefined(request.State), "state", "must be one of the states");
            check.Text(request.OrderNumber, "order_number", 0, 64);
            var after = PageToken.ReadText(check, request.PageToken, ListName);
            long? before = after is null ? null : PageToken.Number(check, after);
            check.ThrowIfAny();
            return new(limit, before, connection, request.OrderNumber, request.State == ClaimState.Unspecified ? "" : request.State.ToString().ToLowerInvariant(), request.Unseen);
        }
    }

    extension(GetClaimRequest request)
    {
        public Guid ToDomain()
        {
            var check = new Check();
            var claim = check.Id(request.ClaimId, "claim_id");
            check.ThrowIfAny();
            return claim;
        }
    }

    extension(ListClaimReasonsRequest request)
    {
        public Guid ToDomain()
        {
            var check = new Check();
            var connection = check.Id(request.ConnectionId, "connection_id");
            check.ThrowIfAny();
            return connection;
        }
    }

    extension(DecideClaimRequest request)
    {
        public ClaimDecision ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            var claim = check.Id(request.ClaimId, "claim_id");
            check.That(request.ItemIds.Count <= ItemsMax, "item_ids", $"must hold at most {ItemsMax} items");
            for (var i = 0; i < Math.Min(request.ItemIds.Count, ItemsMax); i++)
                check.Text(request.ItemIds[i], $"item_ids[{i}]", 1, 64);
            check.That(request.ItemIds.Distinct(StringComparer.Ordinal).Count() == request.ItemIds.Count, "item_ids", "must not name an item twice");
            check.That(request.DecisionCase != DecideClaimRequest.DecisionOneofCase.None, "decision", "is required: say approve or reject");
            var reject = request.DecisionCase == DecideClaimRequest.DecisionOneofCase.Reject ? request.Reject : null;
            var proof = reject is null ? null : Rejection(check, reject);
            check.ThrowIfAny();
            return new(
                requestId, claim, [.. request.ItemIds],
                items => reject is null ? new ClaimWish.Approve(items) : new ClaimWish.Reject(items, reject.ReasonId, reject.Text, proof));
        }
    }

    extension(RecordReturnRequest request)
    {
        public ReturnRecord ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            var claim = check.Id(request.ClaimId, "claim_id");
            check.That(request.Items.Count is >= 1 and <= ItemsMax, "items", $"must hold 1 to {ItemsMax} items");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var steps = new List<GoodsStep>();
            for (var i = 0; i < Math.Min(request.Items.Count, ItemsMax); i++)
            {
                var (item, at) = (request.Items[i], $"items[{i}]");
                check.Text(item.ItemId, at + ".item_id", 1, 64);
                check.That(seen.Add(item.ItemId), at + ".item_id", "must not stand twice");
                check.That(
                    item.Custody is Wire.Received or Wire.Restocked or Wire.Scrapped or Wire.NotReturned, at + ".custody", "must be RECEIVED, RESTOCKED, SCRAPPED or NOT_RETURNED");
                steps.Add(new(item.ItemId, item.Custody.ToString().ToLowerInvariant()));
            }

            check.ThrowIfAny();
            return new(requestId, claim, steps);
        }
    }

    static ClaimWish.Proof? Rejection(Check check, RejectClaim reject)
    {
        check.Text(reject.ReasonId, "reject.reason_id", 1, 40);
        check.That(reject.Text.Trim().Length > 0 && reject.Text.Length <= TextMax, "reject.text", $"must have 1 to {TextMax} characters");
        check.That(!reject.Text.Any(sign => char.IsControl(sign) && sign != '\n'), "reject.text", "must not hold control characters");
        if (reject.File is not { } file)
            return null;
        check.Text(file.FileName, "reject.file.file_name", 1, 100);
        check.That(file.FileName.IndexOfAny(['/', '\\']) < 0, "reject.file.file_name", "must hold no path");
        check.That(FileTypes.Contains(file.ContentType, StringComparer.Ordinal), "reject.file.content_type", "must be image/jpeg, image/png or application/pdf");
        check.That(file.Content.Length is >= 1 and <= FileMax, "reject.file.content", "must have 1 byte to 2 MiB");
        return new(file.FileName, file.ContentType, file.Content.ToByteArray());
    }

    extension(ClaimView view)
    {
        public string ToPageToken() => PageToken.Of(ListName, view.Claim.Seq.ToString(CultureInfo.InvariantCulture));

        public Claim ToProto()
        {
            var claim = view.Claim;
            return new()
            {
                Id = claim.Id.ToWire(),
                ConnectionId = claim.ConnectionId.ToWire(),
                Marketplace = view.Marketplace,
                ClaimNumber = claim.ExternalId,
                OrderNumber = claim.OrderNumber,
                PackageId = claim.PackageId,
                Trial = claim.Trial,
                ClaimTime = Instant(claim.ClaimedMs),
                ChangeTime = Instant(claim.ChangedMs),
                TrackingNumber = claim.TrackingNumber,
                CargoProvider = claim.CargoProvider,
                TrackingUrl = claim.TrackingUrl,
                Items = { view.Items.Take(ItemsMax).Select(item => item.ToProto(claim, view.Notes.GetValueOrDefault(item.ItemId, ""))) },
                PendingDecision = claim.Decision,
                Goods = new()
                {
                    Advised = view.Items.Count(item => item.State != ClaimStates.Cancelled || Custody.HasCome(item.Custody)),
                    Received = view.Items.Count(item => Custody.HasCome(item.Custody)),
                    Restocked = view.Items.Count(item => item.Custody == Custody.Restocked),
                    Scrapped = view.Items.Count(item => item.Custody == Custody.Scrapped),
                    NotReturned = view.Items.Count(item => item.Custody == Custody.NotReturned),
                },
            };
        }
    }

    extension(ClaimItemRow item)
    {
        ClaimItem ToProto(ClaimRow claim, string note) => new()
        {
            ItemId = item.ItemId,
            LineId = item.LineId,
            Barcode = item.Barcode,
            Sku = item.Sku,
            Title = item.Title,
            Price = item.PriceMinor is { } price ? new() { CurrencyCode = "TRY", Minor = price } : null,
            State = System.Enum.Parse<ClaimState>(item.State, ignoreCase: true),
            MarketplaceState = item.MarketplaceState,
            ReasonCode = item.ReasonCode,
            ReasonText = item.ReasonText,
            BuyerNote = note,
            AutoAccepted = item.AutoAccepted,
            DecideByTime = item.DueMs is { } due ? Instant(due) : null,
            Custody = item.Custody.Length > 0 ? System.Enum.Parse<Wire>(item.Custody, ignoreCase: true)
                : item.State == ClaimStates.Cancelled ? Wire.Unspecified
                : claim.TrackingNumber.Length > 0 ? Wire.InTransit : Wire.Advised,
            CustodyTime = item.CustodyMs is { } since ? Instant(since) : null,
            RestockBooking = item.Custody != Custody.Restocked ? RestockBooking.Unspecified
                : item.Revision is not { } told ? RestockBooking.ByHand
                : item.BookedRevision >= told ? RestockBooking.Booked : RestockBooking.Waiting,
        };
    }

    static Timestamp Instant(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}

/// <param name="Items">Empty means all that wait for the seller.</param>
/// <param name="Decide">Makes the decision about the items that are meant.</param>
sealed record ClaimDecision(Guid? RequestId, Guid ClaimId, IReadOnlyList<string> Items, Func<IReadOnlyList<string>, ClaimWish> Decide);

sealed record ReturnRecord(Guid? RequestId, Guid ClaimId, IReadOnlyList<GoodsStep> Steps);
