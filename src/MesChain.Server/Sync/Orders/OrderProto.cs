using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Sync.Orders;

/// <summary>Orders, between wire and domain. Judges every field of a request.</summary>
static class OrderProto
{
    public const string OrderListName = "orders";

    const int EntriesMax = 100;

    extension(PullOrdersRequest request)
    {
        public int ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize, 20, EntriesMax);
            check.ThrowIfAny();
            return limit;
        }
    }

    extension(AcknowledgeOrdersRequest request)
    {
        public IReadOnlyList<Acknowledged> ToDomain()
        {
            var check = new Check();
            check.That(request.Acknowledgements.Count is >= 1 and <= EntriesMax, "acknowledgements", $"must hold 1 to {EntriesMax} entries");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var done = new List<Acknowledged>(request.Acknowledgements.Count);
            for (var i = 0; i < request.Acknowledgements.Count; i++)
            {
                var (said, at) = (request.Acknowledgements[i], $"acknowledgements[{i}]");
                var id = check.Id(said.EntryId, at + ".entry_id");
                check.That(seen.Add(said.EntryId), at + ".entry_id", "must not stand twice");
                check.That(said.Revision >= 0, at + ".revision", "must not be negative");
                check.That(
                    said.Outcome is AcknowledgeOutcome.Applied or AcknowledgeOutcome.Skipped or AcknowledgeOutcome.Failed, at + ".outcome", "must be APPLIED, SKIPPED or FAILED");
                check.Text(said.ShopOrderId, at + ".shop_order_id", said.Outcome == AcknowledgeOutcome.Applied ? 1 : 0, 64);
                check.Text(said.Detail, at + ".detail", 0, 500);
                done.Add(new(
                    id, said.Revision,
                    said.Outcome switch
                    {
                        AcknowledgeOutcome.Applied => AcknowledgeKind.Applied,
                        AcknowledgeOutcome.Skipped => AcknowledgeKind.Skipped,
                        _ => AcknowledgeKind.Failed,
                    },
                    said.ShopOrderId, said.Detail));
            }

            check.ThrowIfAny();
            return done;
        }
    }

    extension(Acknowledged entry)
    {
        public AcknowledgeResult ToProto(string? reason) => new() { EntryId = entry.EntryId.ToWire(), Ok = reason is null, Reason = reason ?? "" };
    }

    extension(ListOrdersRequest request)
    {
        public OrderQuery ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            Guid? connection = request.ConnectionId.Length == 0 ? null : check.Id(request.ConnectionId, "connection_id");
            check.Text(request.OrderNumber, "order_number", 0, 64);
            var after = PageToken.ReadText(check, request.PageToken, OrderListName);
            long? before = after is null ? null : PageToken.Number(check, after);
            check.ThrowIfAny();
            return new(limit, before, connection, request.OrderNumber);
        }
    }

    extension(GetOrderRequest request)
    {
        public Guid ToDomain()
        {
            var check = new Check();
            var id = check.Id(request.OrderId, "order_id");
            check.ThrowIfAny();
            return id;
        }
    }

    extension(OrderKey key)
    {
        public string ToPageToken() => PageToken.Of(OrderListName, key.Seq.ToString(CultureInfo.InvariantCulture));
    }

    extension(FeedEntry entry)
    {
        public OrderEntry ToProto(OrderView order) => new()
        {
            EntryId = entry.Id.ToWire(),
            Kind = entry.Kind == "new" ? EntryKind.New : EntryKind.Changed,
            Order = order.ToProto(),
            CreateTime = Instant(entry.CreatedMs),
        };
    }

    extension(OrderView view)
    {
        public Order ToProto()
        {
            var (order, person) = (view.Order, view.Person);
            return new()
            {
                Id = order.Id.ToWire(),
                ConnectionId = order.ConnectionId.ToWire(),
                Marketplace = view.Marketplace,
                OrderNumber = order.OrderNumber,
                Trial = order.Trial,
                OrderTime = Instant(order.OrderedMs),
                ChangeTime = Instant(order.ChangedMs),
                Total = Amount(order.TotalMinor, order),
                GrossTotal = Amount(order.GrossMinor, order),
                DiscountTotal = Amount(order.DiscountMinor, order),
                Buyer = new() { FirstName = person.FirstName, LastName = person.LastName, Email = person.Email, IdentityNumber = person.IdentityNumber },
                ShippingAddress = person.Shipping.ToProto(),
                InvoiceAddress = person.Invoice.ToProto(),
                Lines = { view.Lines.Select(line => line.ToProto(order)) },
                Packages = { view.Packages.Select(package => package.ToProto()) },
                ShopOrderId = order.ShopOrderId,
                PaymentMethod = order.PaymentMethod,
                Revision = order.Revision,
                Historical = order.Historical,
            };
        }
    }

    extension(LineRow line)
    {
        OrderLine ToProto(OrderRow order)
        {
            var open = line.Quantity - line.Cancelled;
            var proto = new OrderLine
            {
                LineId = line.LineId,
                Barcode = line.Barcode,
                ShopVariantId = line.ShopVariantId,
                Title = line.Title,
                Quantity = (int)line.Quantity,
                Cancelled = (int)line.Cancelled,
                Restocked = (int)line.Restocked,
                // Of what is left; of a line that is cancelled entirely, what a unit would have cost.
                UnitPrice = Amount(open > 0 ? (line.TotalMinor + open - 1) / open : Joined.Amounts(line.UnitTotals) is [var first, ..] ? first : 0, order),
                Total = Amount(line.TotalMinor, order),
                PackageId = line.PackageId,
                Sku = line.Sku,
                Discount = Amount(line.DiscountMinor, order),
            };
            if (line.VatBasisPoints is { } vat)
                proto.VatBasisPoints = vat;
            return proto;
        }
    }

    extension(PackageRow package)
    {
        Package ToProto() => new()
        {
            PackageId = package.PackageId,
            Status = System.Enum.Parse<PackageStatus>(package.Status, ignoreCase: true),
            MarketplaceStatus = package.MarketplaceStatus,
            CargoProvider = package.CargoProvider,
            TrackingNumber = package.TrackingNumber,
            TrackingUrl = package.TrackingUrl,
            ShipByTime = package.ShipByMs is { } shipBy ? Instant(shipBy) : null,
            PendingAction = package.Wish,
        };
    }

    extension(PostalAddress address)
    {
        Address ToProto() => new()
        {
            FirstName = address.FirstName,
            LastName = address.LastName,
            Company = address.Company,
            Line = address.Line,
            Neighborhood = address.Neighborhood,
            District = address.District,
            City = address.City,
            PostalCode = address.PostalCode,
            CountryCode = address.CountryCode,
            Phone = address.Phone,
            TaxNumber = address.TaxNumber,
            TaxOffice = address.TaxOffice,
        };
    }

    static Timestamp Instant(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));

    static Money Amount(long minor, OrderRow order) => new() { CurrencyCode = order.CurrencyCode, Minor = minor };
}
