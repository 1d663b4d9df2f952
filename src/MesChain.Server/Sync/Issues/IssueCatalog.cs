using MesChain.Marketplaces;

namespace MesChain.Server.Sync.Issues;

/// <summary>How bad an issue is.</summary>
public enum Severity
{
    Info,
    Warning,
    Error,
}

/// <summary>One kind of problem: its stable code, and what people read in English. The shop's pages map the code to Turkish.</summary>
public sealed record IssueKind(string Code, Severity Severity, string Cause, string Fix);

/// <summary>Every issue that Sync can open. A code that is not here is shown raw under <see cref="Unknown"/> and counted.</summary>
public static class IssueCatalog
{
    public const string LinkConflict = "LINK_CONFLICT";
    public const string BarcodeTwice = "BARCODE_TWICE";
    public const string UnknownBarcodeSold = "UNKNOWN_BARCODE_SOLD";
    public const string OfferRefused = "OFFER_REFUSED";
    public const string OfferDiverged = "OFFER_DIVERGED";
    public const string ReceiptLost = "RECEIPT_LOST";
    public const string CredentialRefused = "CREDENTIAL_REFUSED";
    public const string MarketplaceUnreachable = "MARKETPLACE_UNREACHABLE";
    public const string OrdersNotRead = "ORDERS_NOT_READ";
    public const string OrderStatusUnknown = "ORDER_STATUS_UNKNOWN";
    public const string OrderImportFailed = "ORDER_IMPORT_FAILED";
    public const string OrderActionRefused = "ORDER_ACTION_REFUSED";
    public const string ClaimDue = "CLAIM_DUE";
    public const string GoodsUnseen = "GOODS_UNSEEN";
    public const string QuestionDue = "QUESTION_DUE";
    public const string WebhookRests = "WEBHOOK_RESTS";
    public const string WaveHeld = "WAVE_HELD";
    public const string BrandNotMapped = "BRAND_NOT_MAPPED";
    public const string CategoryNotMapped = "CATEGORY_NOT_MAPPED";
    public const string PriceMissing = "PRICE_MISSING";
    public const string ShopUnreachable = "SHOP_UNREACHABLE";
    public const string WorkStalled = "WORK_STALLED";
    public const string OrdersNotFetched = "ORDERS_NOT_FETCHED";
    public const string OrdersVanished = "ORDERS_VANISHED";
    public const string MarketplaceClockApart = "MARKETPLACE_CLOCK_APART";
    public const string ReceiptLate = "RECEIPT_LATE";
    public const string AnswerMalformed = "ANSWER_MALFORMED";
    public const string Unknown = "UNKNOWN";

    static readonly Dictionary<string, IssueKind> Kinds = new[]
    {
        new IssueKind(LinkConflict, Severity.Warning, "A marketplace item or a variant is already linked with another one.", "Decide which of the two belongs together, and unlink the other."),
        new IssueKind(BarcodeTwice, Severity.Warning, "Several variants of the shop carry the same barcode.", "Give each variant its own barcode, or link the right one by hand."),
        new IssueKind(UnknownBarcodeSold, Severity.Error, "A barcode was sold that is linked with no variant, so no stock was taken.", "Link the barcode with its variant; its units are then held from the order's own time."),
        new IssueKind(OfferRefused, Severity.Error, "The marketplace refused a stock or price.", "Read the marketplace's words, mend the product, and save it again."),
        new IssueKind(OfferDiverged, Severity.Error, "The marketplace shows more stock than it confirmed, and no sale explains it.", "The right value is sent again; if it happens again, look for another program that sends stock."),
        new IssueKind(ReceiptLost, Severity.Warning, "The marketplace gave no result for a batch in time.", "The values are read back and sent again where they differ."),
        new IssueKind(CredentialRefused, Severity.Error, "The marketplace refuses the key.", "Enter the current key and secret from the seller panel, and test the connection."),
        new IssueKind(MarketplaceUnreachable, Severity.Warning, "The marketplace does not answer.", "Nothing to do: work resumes by itself."),
        new IssueKind(OrdersNotRead, Severity.Error, "No orders could be read for 15 minutes.", "Until they can, stock is only lowered. Test the connection."),
        new IssueKind(OrderStatusUnknown, Severity.Warning, "The marketplace used an order status that is not known.", "The order is kept as it is; update the server."),
        new IssueKind(OrderImportFailed, Severity.Error, "The shop could not book an order.", "Read the shop's reason; the order is offered again by itself."),
        new IssueKind(OrderActionRefused, Severity.Error, "The marketplace refused what was asked for a package.", "Read the marketplace's words and the package's status."),
        new IssueKind(ClaimDue, Severity.Warning, "A return waits for a decision, and is accepted by itself soon.", "Look at what came back, and approve or reject it."),
        new IssueKind(GoodsUnseen, Severity.Warning, "Goods of returns that were accepted two weeks ago have not been seen.", "Record what came, or that it did not come; claim what is missing from the marketplace."),
        new IssueKind(QuestionDue, Severity.Warning, "A buyer's question waits, and can soon be answered no more.", "Answer it: the marketplace counts questions that were left."),
        new IssueKind(WebhookRests, Severity.Warning, "The marketplace keeps putting to rest what tells of orders at once.", "Nothing is lost: orders are read at intervals. Check that this server's public address can be reached from outside."),
        new IssueKind(WaveHeld, Severity.Error, "Unusually many changes at once were stopped.", "Look at the examples; release or reject them."),
        new IssueKind(BrandNotMapped, Severity.Error, "A brand of the shop is not mapped, so its products cannot be listed.", "Map it to the marketplace's brand; if there is none, ask the marketplace for it, or list under your own brand."),
        new IssueKind(CategoryNotMapped, Severity.Error, "Neither a product nor its category in the shop is mapped, so it cannot be listed.", "Map the shop's category, or the product, to a category of the marketplace."),
        new IssueKind(PriceMissing, Severity.Error, "A product that is to be listed has no price.", "Set its price in the shop."),
        new IssueKind(ShopUnreachable, Severity.Warning, "The shop does not answer the knock.", "Orders wait until the shop's own timer pulls them; check the callback address."),
        new IssueKind(FaultCodes.MarketplaceFailing, Severity.Warning, "The marketplace answers with errors of its own.", "Nothing to do: work resumes by itself."),
        new IssueKind(FaultCodes.NameUnresolved, Severity.Error, "This server finds no address for the marketplace's name.", "Check the name resolution (DNS) of this server; work resumes by itself."),
        new IssueKind(FaultCodes.TlsRefused, Severity.Error, "No secure connection to the marketplace comes about: its certificate is not valid, or somebody stands in between.", "Check the clock, the root certificates and the proxy of this server; work resumes by itself."),
        new IssueKind(FaultCodes.OutcomeUnknown, Severity.Warning, "The marketplace keeps leaving open whether it took what was sent.", "Nothing to do: what is in doubt is read back before it is sent again."),
        new IssueKind(FaultCodes.NotFound, Severity.Error, "The marketplace does not know what it was asked for.", "Check in the seller panel that it is there; if everything is refused so, update the server."),
        new IssueKind(WorkStalled, Severity.Error, "Work for the marketplace waits in this server and is not done.", "Check the server's health page; restart the server if it stays. Work resumes by itself."),
        new IssueKind(OrdersNotFetched, Severity.Error, "The shop has left an order waiting for ten minutes.", "Check that the shop's timer (cron) runs and that its callback address is right."),
        new IssueKind(OrdersVanished, Severity.Error, "The marketplace's list of orders lacks orders that it gave before.", "Compare it with the seller panel: new orders may be missing here too. It closes by itself once the list holds orders again."),
        new IssueKind(MarketplaceClockApart, Severity.Error, "This server's clock and the marketplace's are more than 30 seconds apart.", "Let NTP set the clock of this server."),
        new IssueKind(ReceiptLate, Severity.Warning, "The marketplace took values ten minutes ago and has not said what became of them.", "Nothing to do: it is asked until it answers; if it never does, the values are read back."),
        new IssueKind(AnswerMalformed, Severity.Error, "The marketplace's answer could not be understood.", "Work is tried again by itself; if it stays, update the server."),
        new IssueKind(FaultCodes.ListingRefused, Severity.Error, "The marketplace refused a product.", "Read the marketplace's words, mend the product, and send it again."),
        new IssueKind(FaultCodes.ListingRejected, Severity.Error, "The marketplace's review rejected a product, or a change of it.", "Read the reasons, mend the product, and send it again."),
        new IssueKind(FaultCodes.ListingNotApproved, Severity.Warning, "The product is still under review at the marketplace, so stock and price cannot be set.", "Wait for the review; if it was rejected, mend the product."),
        new IssueKind(FaultCodes.ListingLocked, Severity.Error, "The marketplace has locked a product because of its price or of orders that were not supplied.", "Correct price and stock, then unlock the product."),
        new IssueKind(FaultCodes.ListingStopped, Severity.Error, "The marketplace has stopped a product.", "Ask the marketplace for the reason in the seller panel."),
        new IssueKind(FaultCodes.ListingFieldInvalid, Severity.Error, "A field of the product is missing, too long, or holds what the marketplace does not take.", "Correct the title, description, code or delivery time that is named."),
        new IssueKind(FaultCodes.ListingFieldFixed, Severity.Error, "What was changed cannot change any more once the marketplace has approved the product.", "Set it back, or list the product anew under another barcode."),
        new IssueKind(FaultCodes.BarcodeExists, Severity.Warning, "The marketplace already has a product of yours with this barcode.", "Link the variant with the item that is there."),
        new IssueKind(FaultCodes.BarcodeInvalid, Severity.Error, "The marketplace does not take this barcode.", "Use at most 40 letters, digits, dots, hyphens or underscores."),
        new IssueKind(FaultCodes.BrandUnknown, Severity.Error, "The marketplace does not know the brand.", "Choose a brand of the marketplace for the product."),
        new IssueKind(FaultCodes.BrandRefused, Severity.Error, "The marketplace did not take a new brand.", "Look for it in the marketplace's list, where it may be already; else read the marketplace's words."),
        new IssueKind(FaultCodes.CategoryUnknown, Severity.Error, "The marketplace does not know the category.", "Choose a category of the marketplace anew."),
        new IssueKind(FaultCodes.CategoryNotLeaf, Severity.Error, "The category has categories below it, and takes no products itself.", "Choose one of the categories below it."),
        new IssueKind(FaultCodes.CategoryNotAllowed, Severity.Error, "Your account may not sell in this category.", "Choose another category, or ask the marketplace to open it."),
        new IssueKind(FaultCodes.AttributeMissing, Severity.Error, "The category asks for an attribute that the product does not have.", "Fill in the attribute that is named."),
        new IssueKind(FaultCodes.AttributeInvalid, Severity.Error, "An attribute or its value does not belong to the category.", "Choose the value anew from the marketplace's list."),
        new IssueKind(FaultCodes.ImageRefused, Severity.Error, "The marketplace does not take the product's pictures.", "Give 1 to 8 pictures at https addresses that everybody can open."),
        new IssueKind(FaultCodes.VatRateInvalid, Severity.Error, "The marketplace does not take the product's VAT rate.", "Set the rate to 0, 1, 10 or 20 percent."),
        new IssueKind(FaultCodes.SellerAddressUnknown, Severity.Error, "The marketplace does not know the shipping or return address.", "Choose the addresses anew from those of your account."),
        new IssueKind(FaultCodes.CarrierUnknown, Severity.Error, "The marketplace does not know the carrier.", "Choose the carrier anew."),
        new IssueKind(FaultCodes.NothingChanged, Severity.Info, "The marketplace found no difference in what was sent as a change.", "Nothing to do."),
        new IssueKind(FaultCodes.DeleteTooEarly, Severity.Warning, "An approved product can be deleted only after it was archived for more than a day.", "Archive it, and delete it after a day."),
        new IssueKind(FaultCodes.AccessForbidden, Severity.Error, "The marketplace accepts the key but does not allow the call.", "Check that the seller number belongs to the key, and that this server's address is not blocked."),
        new IssueKind(FaultCodes.ApiRetired, Severity.Error, "The marketplace has closed the version of its service that is used here.", "Update the server."),
        new IssueKind(FaultCodes.RedirectRefused, Severity.Error, "The marketplace's answer pointed to another address, which was not followed.", "Check proxy and name resolution of this server."),
        new IssueKind(FaultCodes.AddressRefused, Severity.Error, "The address of a production connection is not https.", "Correct the server's start-up configuration."),
        new IssueKind(FaultCodes.RequestRefused, Severity.Error, "The marketplace refused a request as a whole.", "Read the marketplace's words; report them if they say nothing."),
        new IssueKind(FaultCodes.IdenticalBody, Severity.Info, "The marketplace refuses to take the same values twice within a short time.", "Nothing to do: the values are sent again when the time is over."),
        new IssueKind(FaultCodes.BarcodeUnknown, Severity.Error, "The marketplace does not know the barcode, or the item is not approved.", "Check the item in the seller panel, or unlink it."),
        new IssueKind(FaultCodes.QuantityOutOfRange, Severity.Error, "The quantity is outside of what the marketplace allows.", "Correct the quantity, or set a cap for the channel."),
        new IssueKind(FaultCodes.PriceRuleBroken, Severity.Error, "The price breaks a rule of the marketplace: above zero, and the list price not below the sale price.", "Correct the price of the product."),
        new IssueKind(FaultCodes.PriceTooOften, Severity.Warning, "The price of an item changed too often for the marketplace.", "Nothing to do: the newest price is sent again later."),
        new IssueKind(FaultCodes.PackageStateWrong, Severity.Warning, "The package has gone on, or another has taken its place, so the step was refused.", "Read the order again and repeat the step with the package that is open now."),
        new IssueKind(FaultCodes.ReasonRefused, Severity.Error, "The marketplace does not take the reason that was given.", "Choose another reason."),
        new IssueKind(FaultCodes.LabelRefused, Severity.Warning, "The marketplace makes no label for this parcel.", "Check that the carrier is one it prints for, and that the package is invoiced."),
        new IssueKind(FaultCodes.InvoiceRefused, Severity.Error, "The marketplace refused an invoice.", "Read the marketplace's words, mend the invoice and send it again."),
        new IssueKind(FaultCodes.InvoiceAlreadySent, Severity.Warning, "The package has an invoice already, or the link belongs to another package.", "Nothing to do if it is the right one; otherwise take it back and send the new one."),
        new IssueKind(FaultCodes.InvoiceNumberWrong, Severity.Error, "The invoice number does not have the form that the marketplace asks for.", "Use 3 letters or digits, the year and 9 digits."),
        new IssueKind(FaultCodes.InvoiceFileRefused, Severity.Error, "The invoice file is missing, too large, or of a kind the marketplace does not take.", "Send a PDF, JPEG or PNG of at most 10 MB."),
        new IssueKind(FaultCodes.PackageUnknown, Severity.Error, "The marketplace does not know the package, or it is another seller's.", "Read the order again; check that the connection is the right one."),
        new IssueKind(FaultCodes.ClaimRefused, Severity.Error, "The marketplace refused the decision about a return.", "Read the marketplace's words, and decide again before the time is over."),
        new IssueKind(FaultCodes.ClaimStateWrong, Severity.Warning, "The return no longer waits for a decision of the seller.", "Read the return again: it may have been accepted by itself."),
        new IssueKind(FaultCodes.ClaimTooEarly, Severity.Warning, "This reason may be given only when the return has waited for a day.", "Give it later, or choose another reason."),
        new IssueKind(FaultCodes.ClaimFileRefused, Severity.Error, "The reason asks for a file, or the file is not taken.", "Add a picture or document of at most 10 MB."),
        new IssueKind(FaultCodes.AnswerRefused, Severity.Error, "The marketplace refused an answer to a question.", "Read the marketplace's words, and answer again."),
        new IssueKind(FaultCodes.AnswerLength, Severity.Error, "The answer is too short or too long for the marketplace.", "Write 10 to 2000 characters."),
        new IssueKind(FaultCodes.AnswerGiven, Severity.Info, "The question has an answer already.", "Nothing to do."),
        new IssueKind(FaultCodes.AnswerTooLate, Severity.Warning, "The time to answer the question is over.", "Nothing can be done about this one; answer within three business days."),
        new IssueKind(FaultCodes.AnswerWords, Severity.Error, "The answer holds words that the marketplace does not allow.", "Leave out addresses, telephone numbers and names of other channels."),
        new IssueKind(FaultCodes.WebhookRefused, Severity.Warning, "The marketplace refused to tell of orders by itself.", "Nothing is lost: orders are read at intervals. Read the marketplace's words."),
        new IssueKind(FaultCodes.WebhookLimit, Severity.Warning, "The seller has as many webhooks at the marketplace as it may.", "Remove one that is no longer needed in the seller panel."),
        new IssueKind(FaultCodes.WebhookAddressRefused, Severity.Warning, "The marketplace does not take this server's public address for webhooks.", "Use a public address without the marketplace's name and without localhost."),
        new IssueKind(FaultCodes.CursorRefused, Severity.Info, "The marketplace no longer continues a list where it stood.", "Nothing to do: the list is read again from its beginning."),
        new IssueKind(Unknown, Severity.Error, "The marketplace said something that is not catalogued yet.", "Read its words; report the code so that it can be catalogued."),
    }.ToDictionary(kind => kind.Code, StringComparer.Ordinal);

    public static IssueKind Get(string code) => Kinds.GetValueOrDefault(code) ?? Kinds[Unknown];

    public static IEnumerable<IssueKind> All => Kinds.Values;
}
