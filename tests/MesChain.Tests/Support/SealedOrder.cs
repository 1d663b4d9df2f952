using System.Globalization;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Tests.Support;

/// <summary>A row of orders whose buyer is sealed, for tests of the keys: a document of another slice.</summary>
static class SealedOrder
{
    public static Task<Guid> AddAsync(Db db, StoreKeys keyring, Guid storeId, string person) =>
        db.WriteAsync(
            async tx =>
            {
                var id = Ids.New(TimeProvider.System);
                var seq = await tx.NextAsync(storeId, "orders");
                await tx.ExecuteAsync(
                    """
                    insert into orders (store_id, id, connection_id, order_number, seq, trial, ordered_ms, changed_ms, currency_code, total_minor, gross_minor, discount_minor, person, created_ms)
                    values (@storeId, @id, @storeId, @number, @seq, @trial, 0, 0, 'TRY', 0, 0, 0, @person, 0)
                    """,
                    new
                    {
                        storeId, id, seq, trial = true, number = seq.ToString(CultureInfo.InvariantCulture),
                        person = await keyring.SealAsync(tx, storeId, TestKeyring.Buyers.At(id), Encoding.UTF8.GetBytes(person)),
                    });
                return id;
            },
            TestContext.Current.CancellationToken);

    public static async Task<string> OpenAsync(Db db, StoreKeys keyring, Guid storeId, Guid id) =>
        Encoding.UTF8.GetString(await db.ReadAsync(
            async tx => await keyring.OpenAsync(tx, storeId, TestKeyring.Buyers.At(id), (await tx.ScalarAsync<byte[]>("select person from orders where store_id = @storeId and id = @id", new { storeId, id }))!),
            TestContext.Current.CancellationToken));
}
