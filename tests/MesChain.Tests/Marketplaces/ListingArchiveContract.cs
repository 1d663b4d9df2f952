using MesChain.Marketplaces;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do that archives and deletes listings.</summary>
public abstract class ListingArchiveContract : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        _stage.List(Barcode, 10, 249_90);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    IListingArchive Archive => Assert.IsType<IListingArchive>(_stage.Marketplace, exactMatch: false);

    IListingDeletion Deletion => Assert.IsType<IListingDeletion>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<ListingReceiptItem> DoneAsync(Task<ListingReceipt> write)
    {
        var receipt = await write;
        _stage.LetBatchesFinish();
        var answer = await ((IListingTarget)_stage.Marketplace).ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);
        Assert.True(answer.Terminal);
        return Assert.Single(answer.Items);
    }

    async Task<ListingState?> StateAsync() =>
        (await ((IListingSource)_stage.Marketplace).ReadListingsAsync(_stage.Access, [Barcode], Cancel)).SingleOrDefault()?.State;

    [Fact]
    public async Task An_archived_listing_is_off_sale_and_comes_back()
    {
        Assert.Equal(ListingState.Approved, await StateAsync());

        Assert.Null((await DoneAsync(Archive.ArchiveAsync(_stage.Access, [Barcode], archived: true, Cancel))).Fault);
        Assert.Equal(ListingState.Archived, await StateAsync());
        Assert.False(Assert.Single(await ((IItemSource)_stage.Marketplace).ReadItemsAsync(_stage.Access, [Barcode], Cancel)).OnSale);

        Assert.Null((await DoneAsync(Archive.ArchiveAsync(_stage.Access, [Barcode], archived: true, Cancel))).Fault);
        Assert.Null((await DoneAsync(Archive.ArchiveAsync(_stage.Access, [Barcode], archived: false, Cancel))).Fault);
        Assert.Equal(ListingState.Approved, await StateAsync());
    }

    [Fact]
    public async Task A_listing_is_deleted_once_it_has_been_archived_for_long_enough()
    {
        Assert.Equal(FaultCodes.DeleteTooEarly, (await DoneAsync(Deletion.DeleteAsync(_stage.Access, [Barcode], Cancel))).Fault?.Code);
        await DoneAsync(Archive.ArchiveAsync(_stage.Access, [Barcode], archived: true, Cancel));
        Assert.Equal(FaultCodes.DeleteTooEarly, (await DoneAsync(Deletion.DeleteAsync(_stage.Access, [Barcode], Cancel))).Fault?.Code);

        _stage.Clock.Advance(Deletion.ArchivedBeforeDeletion);
        Assert.Null((await DoneAsync(Deletion.DeleteAsync(_stage.Access, [Barcode], Cancel))).Fault);
        Assert.Null(await StateAsync());
    }

    [Fact]
    public async Task A_barcode_nobody_knows_is_named_by_the_receipt()
    {
        var archived = await DoneAsync(Archive.ArchiveAsync(_stage.Access, ["nobody"], archived: true, Cancel));
        var deleted = await DoneAsync(Deletion.DeleteAsync(_stage.Access, ["nobody"], Cancel));

        Assert.Equal(("nobody", FaultCodes.BarcodeUnknown), (archived.Key, archived.Fault?.Code));
        Assert.Equal(("nobody", FaultCodes.BarcodeUnknown), (deleted.Key, deleted.Fault?.Code));
    }

    [Fact]
    public async Task What_is_no_barcode_is_never_sent()
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Deletion.DeleteAsync(_stage.Access, [Barcode, " "], Cancel));

        Assert.Equal((FaultCodes.BarcodeInvalid, 0), (fault.Code, _stage.Calls));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Deletion.DeleteAsync(_stage.Access, [], Cancel));
    }
}
