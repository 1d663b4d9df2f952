using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Offers;

/// <summary>Stopped waves, between wire and domain. Judges every field of a request.</summary>
static class WaveProto
{
    public const string WaveList = "waves";

    const int OffersMax = 10_000_000;

    extension(ListWavesRequest request)
    {
        public (Guid? After, int Limit) ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            var after = PageToken.ReadId(check, request.PageToken, WaveList);
            check.ThrowIfAny();
            return (after, limit);
        }
    }

    extension(ReleaseWaveRequest request)
    {
        public (Guid Connection, int Offers) ToDomain() => Decision(request.ConnectionId, request.Offers);
    }

    extension(RejectWaveRequest request)
    {
        public (Guid Connection, int Offers) ToDomain() => Decision(request.ConnectionId, request.Offers);
    }

    extension(WaveView view)
    {
        public Wave ToProto() => new()
        {
            ConnectionId = view.Wave.ConnectionId.ToWire(),
            Offers = (int)view.Wave.Offers,
            Live = (int)view.Wave.Live,
            HeldTime = StoreProto.Instant(view.Wave.HeldMs),
            Examples =
            {
                view.Examples.Select(row => new WaveExample
                {
                    ShopVariantId = row.ShopVariantId,
                    Title = Titles.Join(row.ProductTitle, row.VariantTitle),
                    Barcode = row.Barcode,
                    Quantity = (int)row.Quantity,
                }),
            },
        };
    }

    static (Guid Connection, int Offers) Decision(string connectionId, int offers)
    {
        var check = new Check();
        var connection = check.Id(connectionId, "connection_id");
        check.That(offers is >= 1 and <= OffersMax, "offers", "must be from 1 to 10,000,000: as many as ListWaves answered");
        check.ThrowIfAny();
        return (connection, offers);
    }
}
