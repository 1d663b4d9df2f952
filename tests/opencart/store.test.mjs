// The fixture itself: a store that is a store. Needs OPENCART_4_SRC the first time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openAdmin } from './fixture/browser.mjs';
import { value } from './fixture/database.mjs';
import { barcodeOf } from './fixture/goods.mjs';
import { down, up } from './fixture/store.mjs';

describe('the store fixture', () => {
  let store;
  before(async () => { store = await up(); });
  after(down);

  it('shows a product with KDV in Turkish lira', async () => {
    const html = await (await fetch(`${store.url}index.php?route=product/product&product_id=101&language=tr-tr`)).text();
    for (const words of ['Çay Bardağı &amp; Tabağı', '250,00 TL']) assert.ok(html.includes(words), words);
    assert.ok(!html.includes('<b>Warning</b>'), html.slice(0, 300));
  });

  it('lets the admin in, without a notice', async () => {
    const admin = await openAdmin(store);
    try {
      await admin.open('catalog/product');
      assert.deepEqual(await admin.faults.found(), []);
      assert.match(await admin.page.textContent('h1'), /Products/);
    } finally {
      await admin.close();
    }
  });

  it('gives products a barcode', () => {
    assert.equal(value(store, "select value from oc_product_code where product_id = 40 and code = 'EAN'"), barcodeOf(40));
  });
});
