// The fixture itself: a store that is a store. See README.md for what it needs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openAdmin } from './fixture/browser.mjs';
import { barcodeOf } from './fixture/goods.mjs';
import { version } from './fixture/release.mjs';
import { eanOf } from './fixture/schema.mjs';
import { down, up } from './fixture/store.mjs';

describe(`the store fixture (OpenCart ${version})`, () => {
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
    assert.equal(eanOf(store, 40), barcodeOf(40));
  });
});
