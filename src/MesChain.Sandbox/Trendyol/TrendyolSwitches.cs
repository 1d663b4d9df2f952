namespace MesChain.Sandbox.Trendyol;

/// <summary>What Trendyol's documents leave open, or what a test wants otherwise.</summary>
public sealed record TrendyolSwitches
{
    /// <summary>A batch is in progress for this many seconds at least …</summary>
    public int ReceiptSecondsMin { get; init; } = 3;

    /// <summary>… and at most; drawn from the seed.</summary>
    public int ReceiptSecondsMax { get; init; } = 30;

    /// <summary>Its values take effect within this many seconds, always before the receipt says so.</summary>
    public int ApplySecondsMax { get; init; } = 2;

    /// <summary>How long the result of an archive batch can be asked for; its id carries that end. Others live 4 hours.</summary>
    public int ArchiveReceiptHours { get; init; } = 72;

    /// <summary>How long the review of a new or mended product takes, and of a change to an approved one.</summary>
    public int ReviewSeconds { get; init; } = 300;

    /// <summary>
    /// Where a product that breaks a rule is refused: <c>split</c> (what no product may be: HTTP 400; what this seller's product may not be: its
    /// item in the result), all of it at the <c>item</c>, or all of it as a <c>request</c>. A barcode twice in a batch is always the item's fault.
    /// </summary>
    public string ProductRules { get; init; } = "split";

    /// <summary>Refuse new products without stock code or weight, as the schema does and the guide does not.</summary>
    public bool SchemaFieldsRequired { get; init; }

    /// <summary>Refuse new products without a country of origin: announced, and put off without a date.</summary>
    public bool OriginRequired { get; init; }

    /// <summary>The list of approved products may leave out the quantity of what is sold out.</summary>
    public bool StockMayBeSilent { get; init; }

    /// <summary>What a new product with a barcode of the seller's own meets: <c>fail</c>, or <c>overwrite</c> while that is not approved.</summary>
    public string KnownBarcode { get; init; } = "fail";

    /// <summary>
    /// Refuse attributes in the other of the two documented forms: new products name one value (<c>attributeValueId</c>,
    /// <c>customAttributeValue</c>), updates a list (<c>attributeValueIds</c>, <c>attributeValue</c>).
    /// </summary>
    public bool StrictAttributeForm { get; init; }

    /// <summary>Number of the first page of update-audits: the documented sample begins at 1, every other list at 0.</summary>
    public int AuditFirstPage { get; init; } = 1;

    /// <summary>Refuse an update of a variant that leaves out a field, as the schema says and the guide does not.</summary>
    public bool WholeVariantUpdates { get; init; }

    /// <summary>Batches may take effect in another order than they were sent in.</summary>
    public bool ReorderBatches { get; init; }

    /// <summary>Batches of stock and price are taken and succeed, and change nothing.</summary>
    public bool ApplyNothing { get; init; }

    /// <summary>How an equal body within 15 minutes is refused: <c>request</c> (HTTP 400), <c>item</c> (a failed receipt) or <c>off</c>.</summary>
    public string IdenticalBody { get; init; } = "request";

    /// <summary>The category tree comes inside an object, as older clients know it, and not as a bare array.</summary>
    public bool WrappedCategories { get; init; }

    /// <summary>Attribute values and address flags carry the other of their two documented names: <c>attributeValueName</c>, <c>isDefault</c>.</summary>
    public bool OtherFieldNames { get; init; }

    /// <summary>Status for a seller number that is not the key's own: 401 or 403.</summary>
    public int ForeignSeller { get; init; } = 403;

    /// <summary>Status of the paths that were closed in October 2026: 426, 404 or 410.</summary>
    public int ClosedPaths { get; init; } = 426;

    /// <summary>Status of a step that the package's state does not allow: 409 or 400.</summary>
    public int IllegalStep { get; init; } = 409;

    /// <summary>Accept only User-Agents of the documented form.</summary>
    public bool StrictUserAgent { get; init; }

    /// <summary>Behave like the stage environment towards an address that is not on its list: 503 for everything.</summary>
    public bool AddressNotListed { get; init; }

    /// <summary>Cancelled units go back on sale by themselves.</summary>
    public bool RestockOnCancel { get; init; }

    /// <summary>The package that replaces a partly cancelled one appears this many seconds after the old one is cancelled.</summary>
    public int ReissueSeconds { get; init; }

    /// <summary>The packages of a split, or of what is left after units were not supplied, appear after this many seconds.</summary>
    public int SplitSeconds { get; init; } = 5;

    /// <summary>Orders placed while this is on are in no list; when it is off they appear, with their true, older time of change.</summary>
    public bool LoseNewOrders { get; init; }

    /// <summary>Every new order is read this many times with empty addresses.</summary>
    public int EmptyAddressReads { get; init; }

    /// <summary>Labels are made for packages without an invoice too.</summary>
    public bool LabelBeforeInvoice { get; init; }

    /// <summary>Labels come as <c>labelContent</c>, as newer clients read them, instead of <c>label</c>.</summary>
    public bool NewLabelNames { get; init; }

    /// <summary>Every invoice is rejected a minute after it was given, for this: <c>INVOICE_TOTAL_MISMATCH</c>.</summary>
    public string InvoiceFault { get; init; } = "";

    /// <summary>The dates of the claims query mean the last change, not the claim's own time.</summary>
    public bool ClaimsByChange { get; init; }

    /// <summary>Reasons of a rejection that need a file.</summary>
    public IReadOnlyList<int> ClaimFileReasons { get; init; } = [];

    /// <summary>Largest page of questions: the guide says 50, the description of the interface 200.</summary>
    public int QuestionPageMax { get; init; } = 50;

    /// <summary>Moderators refuse every answer, a minute after it was given, for this reason.</summary>
    public string AnswerFault { get; init; } = "";

    /// <summary>An answer is acknowledged with its number instead of a sentence.</summary>
    public bool AnswerIds { get; init; }

    /// <summary>Nothing that happens while this is on is ever told to a webhook.</summary>
    public bool LoseWebhooks { get; init; }

    /// <summary>Every call to a webhook is made twice.</summary>
    public bool DuplicateWebhooks { get; init; }

    /// <summary>What is due together is sent newest first.</summary>
    public bool ReverseWebhooks { get; init; }

    /// <summary>After this many failures in a row a webhook is put to rest; an older page says 13, the newer none.</summary>
    public int WebhookFailuresMax { get; init; } = 13;

    /// <summary>There is no service for tracking numbers: old documents have its page, the newest has none.</summary>
    public bool NoTrackingNumbers { get; init; }

    /// <summary>Take boxes and volume for every carrier; the documents name two.</summary>
    public bool BoxesForAll { get; init; }

    /// <summary>Whether requests are counted against the rate limits.</summary>
    public bool RateLimits { get; init; } = true;
}
