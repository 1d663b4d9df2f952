namespace MesChain.Marketplaces;

/// <summary>Every code that a <see cref="MarketplaceFault"/> carries. Issues are named by them; the shop's pages translate them.</summary>
public static class FaultCodes
{
    public const string CredentialRefused = "CREDENTIAL_REFUSED";
    public const string AccessForbidden = "ACCESS_FORBIDDEN";
    public const string MarketplaceUnreachable = "MARKETPLACE_UNREACHABLE";

    /// <summary>It answers, with errors of its own (5xx).</summary>
    public const string MarketplaceFailing = "MARKETPLACE_FAILING";

    /// <summary>Its name leads to no address: DNS does not answer, or knows no such name.</summary>
    public const string NameUnresolved = "NAME_UNRESOLVED";

    /// <summary>No secure connection comes about: a certificate that is not its own or has ended, or somebody in between.</summary>
    public const string TlsRefused = "TLS_REFUSED";

    /// <summary>Too fast, by our own limits or by the marketplace's; nothing was processed.</summary>
    public const string TooManyRequests = "TOO_MANY_REQUESTS";

    public const string AnswerMalformed = "ANSWER_MALFORMED";

    /// <summary>A write that may have been applied.</summary>
    public const string OutcomeUnknown = "OUTCOME_UNKNOWN";

    /// <summary>The answer points to another address; credentials are never sent there.</summary>
    public const string RedirectRefused = "REDIRECT_REFUSED";

    /// <summary>A production address that is not https.</summary>
    public const string AddressRefused = "ADDRESS_REFUSED";

    /// <summary>The marketplace has closed this version of its service: the server must be updated.</summary>
    public const string ApiRetired = "API_RETIRED";

    public const string NotFound = "NOT_FOUND";

    /// <summary>The request as a whole is refused, for a reason that is not catalogued.</summary>
    public const string RequestRefused = "REQUEST_REFUSED";

    /// <summary>A cursor that belongs to another question, or is too old: begin the window anew.</summary>
    public const string CursorRefused = "CURSOR_REFUSED";

    public const string ReceiptLost = "RECEIPT_LOST";

    /// <summary>The body equals one that was accepted a short time ago. The values were <em>not</em> applied.</summary>
    public const string IdenticalBody = "IDENTICAL_BODY";

    public const string OfferRefused = "OFFER_REFUSED";
    public const string BarcodeUnknown = "BARCODE_UNKNOWN";
    public const string BarcodeTwice = "BARCODE_TWICE";
    public const string QuantityOutOfRange = "QUANTITY_OUT_OF_RANGE";
    public const string PriceRuleBroken = "PRICE_RULE_BROKEN";
    public const string NothingToSet = "NOTHING_TO_SET";
    public const string PriceTooOften = "PRICE_TOO_OFTEN";

    /// <summary>A product is refused for a reason that is not catalogued.</summary>
    public const string ListingRefused = "LISTING_REFUSED";

    /// <summary>People looked at the product, or at a change of it, and said no.</summary>
    public const string ListingRejected = "LISTING_REJECTED";

    public const string ListingNotApproved = "LISTING_NOT_APPROVED";
    public const string ListingLocked = "LISTING_LOCKED";
    public const string ListingStopped = "LISTING_STOPPED";
    public const string ListingFieldInvalid = "LISTING_FIELD_INVALID";

    /// <summary>What was to be changed is fixed since the approval.</summary>
    public const string ListingFieldFixed = "LISTING_FIELD_FIXED";

    public const string BarcodeExists = "BARCODE_EXISTS";
    public const string BarcodeInvalid = "BARCODE_INVALID";
    public const string BrandUnknown = "BRAND_UNKNOWN";
    public const string BrandRefused = "BRAND_REFUSED";
    public const string CategoryUnknown = "CATEGORY_UNKNOWN";
    public const string CategoryNotLeaf = "CATEGORY_NOT_LEAF";
    public const string CategoryNotAllowed = "CATEGORY_NOT_ALLOWED";
    public const string AttributeMissing = "ATTRIBUTE_MISSING";
    public const string AttributeInvalid = "ATTRIBUTE_INVALID";
    public const string ImageRefused = "IMAGE_REFUSED";
    public const string VatRateInvalid = "VAT_RATE_INVALID";
    public const string SellerAddressUnknown = "SELLER_ADDRESS_UNKNOWN";
    public const string CarrierUnknown = "CARRIER_UNKNOWN";
    public const string NothingChanged = "NOTHING_CHANGED";
    public const string DeleteTooEarly = "DELETE_TOO_EARLY";

    /// <summary>A step with a package is refused, and nothing says why.</summary>
    public const string OrderActionRefused = "ORDER_ACTION_REFUSED";

    /// <summary>The package has gone on, or has been replaced: read it again.</summary>
    public const string PackageStateWrong = "PACKAGE_STATE_WRONG";

    /// <summary>The marketplace does not know, or no longer takes, the reason that was given.</summary>
    public const string ReasonRefused = "REASON_REFUSED";

    /// <summary>The package does not exist, or is another seller's.</summary>
    public const string PackageUnknown = "PACKAGE_UNKNOWN";

    public const string LabelRefused = "LABEL_REFUSED";

    /// <summary>An invoice is refused, and nothing says why.</summary>
    public const string InvoiceRefused = "INVOICE_REFUSED";

    /// <summary>The package has an invoice, or the link is that of another package. After an uncertain write it means that it was applied.</summary>
    public const string InvoiceAlreadySent = "INVOICE_ALREADY_SENT";

    public const string InvoiceNumberWrong = "INVOICE_NUMBER_WRONG";
    public const string InvoiceFileRefused = "INVOICE_FILE_REFUSED";

    /// <summary>A decision about a claim is refused, and nothing says why.</summary>
    public const string ClaimRefused = "CLAIM_REFUSED";

    /// <summary>The item does not wait for the seller: read the claim again.</summary>
    public const string ClaimStateWrong = "CLAIM_STATE_WRONG";

    /// <summary>The reason may be given only after some time has passed.</summary>
    public const string ClaimTooEarly = "CLAIM_TOO_EARLY";

    /// <summary>The file is missing where the reason asks for one, or is not taken.</summary>
    public const string ClaimFileRefused = "CLAIM_FILE_REFUSED";

    /// <summary>An answer to a question is refused, and nothing says why.</summary>
    public const string AnswerRefused = "ANSWER_REFUSED";

    public const string AnswerLength = "ANSWER_LENGTH";

    /// <summary>The question has an answer. After an uncertain write it means that it was taken.</summary>
    public const string AnswerGiven = "ANSWER_GIVEN";

    public const string AnswerTooLate = "ANSWER_TOO_LATE";

    /// <summary>The answer holds words that the marketplace does not allow.</summary>
    public const string AnswerWords = "ANSWER_WORDS";

    /// <summary>A webhook is refused, and nothing says why.</summary>
    public const string WebhookRefused = "WEBHOOK_REFUSED";

    /// <summary>The seller has as many webhooks as it may, also those that rest.</summary>
    public const string WebhookLimit = "WEBHOOK_LIMIT";

    public const string WebhookAddressRefused = "WEBHOOK_ADDRESS_REFUSED";
}
