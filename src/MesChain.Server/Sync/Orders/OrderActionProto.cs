using Google.Protobuf;
using Google.Protobuf.Collections;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Errors;
using ParcelLabel = MesChain.Marketplaces.ParcelLabel;
using Reason = MesChain.Marketplaces.UnsupplyReason;
using Units = MesChain.Marketplaces.PackageUnits;

namespace MesChain.Server.Sync.Orders;

/// <summary>What a shop may ask of a package, from the wire. Judges every field; what the package itself allows is judged where it is known.</summary>
static class OrderActionProto
{
    const int LinesMax = 100;
    const int PartsMax = 50;
    const int UnitsMax = 100_000;
    const int LinkMax = 500;

    extension(UpdateOrderRequest request)
    {
        public PackageAction ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            var order = check.Id(request.OrderId, "order_id");
            var (package, wish) = request.ActionCase switch
            {
                UpdateOrderRequest.ActionOneofCase.Pick => (Package(check, request.Pick.PackageId, "pick"), new PackageWish.Pick()),
                UpdateOrderRequest.ActionOneofCase.Unsupply => (Package(check, request.Unsupply.PackageId, "unsupply"), Unsupply(check, request.Unsupply)),
                UpdateOrderRequest.ActionOneofCase.Split => (Package(check, request.Split.PackageId, "split"), Split(check, request.Split)),
                UpdateOrderRequest.ActionOneofCase.Ship => (Package(check, request.Ship.PackageId, "ship"), Ship(check, request.Ship)),
                UpdateOrderRequest.ActionOneofCase.Invoice => (Package(check, request.Invoice.PackageId, "invoice"), Invoice(check, request.Invoice)),
                _ => ("", (PackageWish?)null),
            };
            check.That(request.ActionCase != UpdateOrderRequest.ActionOneofCase.None, "action", "is required: say pick, unsupply, split, ship or invoice");
            // A wish that could not be made was complained of where it failed.
            check.ThrowIfAny();
            return new(requestId, order, package, wish!);
        }
    }

    extension(GetLabelRequest request)
    {
        public LabelWish ToDomain()
        {
            var check = new Check();
            var order = check.Id(request.OrderId, "order_id");
            var package = check.Text(request.PackageId, "package_id", 1, 40);
            check.That(request.Boxes is >= 0 and <= Labels.BoxesMax, "boxes", $"must be 1 to {Labels.BoxesMax}, or 0 for as many as there are");
            check.ThrowIfAny();
            return new(order, package, request.Boxes);
        }
    }

    extension(ParcelLabel label)
    {
        public Label ToProto() => new() { Format = label.Format, Content = ByteString.CopyFromUtf8(label.Content) };
    }

    static string Package(Check check, string id, string action) => check.Text(id, action + ".package_id", 1, 40);

    static PackageWish.Unsupply Unsupply(Check check, UnsupplyAction action)
    {
        var lines = Lines(check, action.Lines, "unsupply.lines");
        return new PackageWish.Unsupply(lines, Why(check, action.Reason));
    }

    /// <summary>Both lists have the same names.</summary>
    static Reason Why(Check check, UnsupplyReason reason)
    {
        var known = Enum.TryParse<Reason>(reason.ToString(), out var why) && Enum.IsDefined(why);
        check.That(known, "unsupply.reason", "must be one of the reasons");
        return why;
    }

    static PackageWish.Split Split(Check check, SplitAction action)
    {
        check.That(action.Parts.Count is >= 1 and <= PartsMax, "split.parts", $"must hold 1 to {PartsMax} parts");
        return new PackageWish.Split([.. action.Parts.Take(PartsMax).Select((part, i) => Lines(check, part.Lines, $"split.parts[{i}].lines"))]);
    }

    /// <summary>Null when it does not say how.</summary>
    static PackageWish.Ship? Ship(Check check, ShipAction action)
    {
        switch (action.HowCase)
        {
            case ShipAction.HowOneofCase.TrackingNumber:
                return new PackageWish.Ship(PackageWish.Tracking.Number, check.Text(action.TrackingNumber, "ship.tracking_number", 1, 100));
            case ShipAction.HowOneofCase.TrackingLink:
                return Link(check, action.TrackingLink, "ship.tracking_link") is { } link ? new PackageWish.Ship(PackageWish.Tracking.Link, link.AbsoluteUri) : null;
            case ShipAction.HowOneofCase.PhoneNumber:
                check.That(action.PhoneNumber.Length is >= 7 and <= 20 && action.PhoneNumber.All(char.IsAsciiDigit), "ship.phone_number", "must have 7 to 20 digits");
                return new PackageWish.Ship(PackageWish.Tracking.Phone, action.PhoneNumber);
            default:
                check.That(false, "ship.how", "is required: say tracking_number, tracking_link or phone_number");
                return null;
        }
    }

    /// <summary>Null without a link that can be given on.</summary>
    static PackageWish.Invoice? Invoice(Check check, InvoiceAction action)
    {
        var link = Link(check, action.Link, "invoice.link");
        check.Text(action.Number, "invoice.number", 0, 40);
        var issued = check.Instant(action.IssueTime, "invoice.issue_time");
        return link is null ? null : new PackageWish.Invoice(link, action.Number, issued);
    }

    static Uri? Link(Check check, string text, string field)
    {
        var sound = Uri.TryCreate(text, UriKind.Absolute, out var link) && text.Length <= LinkMax && link.Scheme == Uri.UriSchemeHttps;
        check.That(sound, field, $"must be an https address of at most {LinkMax} characters");
        return sound ? link : null;
    }

    static IReadOnlyList<Units> Lines(Check check, RepeatedField<PackageUnits> lines, string field)
    {
        var fits = lines.Count is >= 1 and <= LinesMax;
        check.That(fits, field, $"must hold 1 to {LinesMax} lines");
        if (!fits)
            return [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            check.Text(lines[i].LineId, $"{field}[{i}].line_id", 1, 40);
            check.That(seen.Add(lines[i].LineId), $"{field}[{i}].line_id", "must not stand twice");
            check.That(lines[i].Quantity is >= 1 and <= UnitsMax, $"{field}[{i}].quantity", $"must be 1 to {UnitsMax}");
        }

        return [.. lines.Select(line => new Units(line.LineId, line.Quantity))];
    }
}

/// <summary>One wish about one package.</summary>
sealed record PackageAction(Guid? RequestId, Guid OrderId, string PackageId, PackageWish Wish);
