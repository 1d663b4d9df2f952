// From the uploaded package to orders coming back, on a real store, in a real browser, against the real server.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { fillCart } from './fixture/buyer.mjs';
import { quote, sql, value } from './fixture/database.mjs';
import { barcodeOf, barcodeOfValue } from './fixture/goods.mjs';
import { demoSeller, leave, notInnoDb, optionBarcodes, prepare, startCron, variants, waitForProposals, waitForQuiet, zip } from './fixture/joined.mjs';
import { bookingsOf, historyOf, mailed, optionQuantityOf, quantityOf } from './fixture/ledger.mjs';
import { line } from './fixture/line.mjs';
import { routes } from './fixture/pages.mjs';
import { until } from './fixture/processes.mjs';
import { version } from './fixture/release.mjs';
import { adminLanguage, zoneOf } from './fixture/schema.mjs';
import { steps } from './fixture/steps.mjs';

const glasses = 101;
const phone = 40;
const promise = 10_000;
const buyer = {
  firstName: 'Işıl', lastName: 'Çağlayan', address: 'Gül 🌹 Sok. No:3', neighborhood: 'Caferağa Mahallesi', district: 'Kadıköy', city: 'İstanbul',
  postalCode: '34710', phone: '5000000001',
};

describe(`an OpenCart ${version} shop joins a marketplace`, () => {
  let world, store, pages, marketplace, backbone;
  // Tables that were not InnoDB before the package came.
  let engines;
  before(async () => {
    world = await prepare();
    ({ store, pages, marketplace, backbone } = world);
  });
  after(() => leave(world));

  const it = steps();

  it('installs the package through the installer', async () => {
    engines = notInnoDb(store);
    await line.installPackage(store, world.admin, zip);
    await clean('overview');
    await pages.shot('first-visit');
  });

  it('refuses a version that it was not tried on, in one sentence', async () => {
    const index = join(store.root, store.adminFolder, 'index.php');
    const honest = readFileSync(index, 'utf8');
    writeFileSync(index, honest.replace(`'${version}'`, `'${line.unsupported}'`));
    try {
      // PHP keeps compiled files for two seconds.
      const said = await until(async () => {
        await pages.open('overview');
        return pages.page.$('#meschain-refused');
      }, 'the page did not refuse', 20_000, 1000);
      assert.ok((await said.innerText()).includes(line.unsupported));
    } finally {
      writeFileSync(index, honest);
    }
    await until(async () => {
      await pages.open('overview');
      return pages.page.$('#meschain-overview');
    }, 'the page refuses the right version, too', 20_000, 1000);
  });

  it('refuses a wrong key in words, and takes the right one', async () => {
    const refused = await pages.connect(backbone.address, 'mck_0000000000000000_wrong');
    assert.ok(refused.error, JSON.stringify(refused));
    const taken = await pages.connect(backbone.address, world.token);
    assert.match(taken.success ?? JSON.stringify(taken), /Çınar Ev Eşyaları/);
    await startCron(world);
  });

  it('adds the sandbox account and passes the three probes', async () => {
    const said = await pages.addSandboxAccount('Deneme', demoSeller.id, demoSeller.key, demoSeller.secret, marketplace.url);
    assert.deepEqual(said.probes.map(probe => probe.dot), ['success', 'success', 'success'], JSON.stringify(said));
    const again = await pages.onAccount('test');
    assert.equal(again.passed, true);
  });

  it('gives option values a barcode, and links every sure proposal', async () => {
    await pages.giveBarcodes(optionBarcodes(store));
    const sure = await waitForProposals(world);
    const said = await pages.linkSure();
    assert.equal(said.linked, sure, JSON.stringify(said));
  });

  it('sends nothing before it is live', async () => {
    assert.equal(await marketplace.quantity(barcodeOf(glasses)), 3);
  });

  it('goes live, and the marketplace shows what the shop has', async () => {
    const said = await pages.onAccount('live');
    assert.ok(said.success, JSON.stringify(said));
    assert.match(pages.asked.at(-1), /stoğu/);
    await until(async () => await marketplace.quantity(barcodeOf(glasses)) === quantityOf(store, glasses), 'the first wave did not arrive', 30_000);
    await waitForQuiet(world);
  });

  it('(a) shows a saved quantity within 10 s', async () => {
    await pages.saveProduct(phone, 10);
    await arrives(phone, 10);
    const saved = await pages.saveProduct(phone, 7);
    assert.ok(saved.success, JSON.stringify(saved));
    console.log(`  7 was on sale ${await arrives(phone, 7)} ms after the save`);
  });

  it('(b) lowers the quantity when an order moves to Processing', async () => {
    const order = await fillCart(store, phone, 2);
    assert.equal(quantityOf(store, phone), 7, 'an unconfirmed order takes no stock');
    await pages.setOrderStatus(order, 2);
    assert.equal(quantityOf(store, phone), 5);
    console.log(`  5 was on sale ${await arrives(phone, 5)} ms after the status`);
  });

  it('keeps orders out until the order tables can book one in one piece, and converts them by one click', async () => {
    // OpenCart 4 makes them so; a shop that was moved from an older one may have one left.
    sql(store, 'alter table oc_order_total engine = MyISAM');
    engines = engines.length > 0 ? engines : notInnoDb(store);
    await pages.open('overview');
    assert.match(await pages.page.innerText('#meschain-overview'), /oc_order_total/);
    const placed = await marketplace.order([{ barcode: barcodeOf(glasses), quantity: 1 }], { buyer });
    await until(() => value(store, "select value from oc_meschain_state where name = 'fault.orders'") === 'error_tables', 'the shop did not say why orders wait');
    assert.deepEqual(bookingsOf(store, placed.orderNumber), []);
    await pages.shot('tables');
    const said = await pages.convertTables();
    assert.ok(said.success, JSON.stringify(said));
    assert.deepEqual(notInnoDb(store), []);
    await until(() => bookingsOf(store, placed.orderNumber)[0], 'the order did not arrive after the conversion', 30_000);
  });

  it('(c) books an order of the marketplace once, exactly, and mails nobody', async () => {
    await waitForQuiet(world);
    const [[, optionValue]] = sql(store, 'select product_id, product_option_value_id from oc_product_option_value where product_id = 35 order by 2');
    const had = { glasses: quantityOf(store, glasses), shirts: quantityOf(store, 35), value: optionQuantityOf(store, optionValue), mail: mailed(store) };
    const placed = await marketplace.order([
      { barcode: barcodeOf(glasses), quantity: 3, sellerDiscount: 10, tyDiscount: 0.01 },
      { barcode: barcodeOfValue(optionValue), quantity: 1 },
    ], { buyer });
    const booking = await until(() => bookingsOf(store, placed.orderNumber)[0], 'the order did not arrive', 30_000);

    assert.equal(booking.total.toFixed(2), placed.total.toFixed(2));
    checkAmounts(booking.id, placed.total);
    checkAddress(booking.id);
    const options = sql(store, `select p.product_id, o.product_option_value_id, o.value from oc_order_option o join oc_order_product p using (order_product_id) where o.order_id = ${booking.id}`);
    assert.deepEqual(options.map(([product, id]) => [product, id]), [['35', optionValue]]);
    assert.equal(quantityOf(store, glasses), had.glasses - 3);
    assert.equal(optionQuantityOf(store, optionValue), had.value - 1);
    assert.equal(quantityOf(store, 35), had.shirts - 1);
    assert.equal(historyOf(store, booking.id), 1);

    await waitForQuiet(world);
    assert.equal(await marketplace.quantity(barcodeOf(glasses)), had.glasses - 3);
    assert.equal(await marketplace.quantity(barcodeOfValue(optionValue)), had.value - 1);
    assert.equal(bookingsOf(store, placed.orderNumber).length, 1);
    assert.equal(mailed(store), had.mail, 'somebody was mailed');
    assert.ok(value(store, "select value from oc_meschain_state where name = 'knock.heard_s'"), 'the server\'s knock was not heard');
  });

  for (const language of ['tr-tr', 'en-gb']) {
    it(`shows every page in ${language} without a fault`, async () => {
      await speak(language);
      for (const name of Object.keys(routes)) {
        await clean(name);
        await pages.shot(`${name}-${language}`);
      }
    });
  }

  it('works on a telephone', async () => {
    await pages.page.setViewportSize({ width: 360, height: 740 });
    for (const name of Object.keys(routes)) {
      await pages.open(name);
      await pages.shot(`${name}-telephone`);
      const beyond = await pages.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(beyond <= 0, `${name} is ${beyond} px too wide`);
    }
    await pages.page.setViewportSize({ width: 1366, height: 900 });
  });

  it('shows a page to those who may see it, and lets those change it who may', async () => {
    const had = value(store, 'select permission from oc_user_group where user_group_id = 1');
    const take = (kind, route) => {
      const rights = JSON.parse(had);
      rights[kind] = Object.values(rights[kind]).filter(one => one !== route);
      sql(store, `update oc_user_group set permission = ${quote(JSON.stringify(rights))} where user_group_id = 1`);
    };
    try {
      take('access', routes.settings);
      await pages.open('settings');
      assert.equal(await pages.page.$('#input-address'), null);
      take('modify', routes.settings);
      await pages.open('settings');
      assert.equal(await pages.page.$('#button-save'), null);
      assert.equal(await pages.page.inputValue('#input-cron'), '', 'the key of the cron address is for those who may change');
      await assert.rejects(world.admin.call(`${routes.settings}${line.separator}send_all`, { any: '1' }), /permission/);
    } finally {
      sql(store, `update oc_user_group set permission = ${quote(had)} where user_group_id = 1`);
    }
    await assert.rejects(world.admin.call(`${routes.settings}${line.separator}send_all`), /button on the page/, 'a link changes nothing');
  });

  it('(d) saves at full speed while the server is down, and the change arrives after its return', async () => {
    // A change down is right only when it has been seen at the marketplace; what the page knew last is what is asked for below.
    await until(async () => {
      await pages.open('overview');
      return new RegExp(`Right: ${variants(store).length}\\b`).test(await pages.page.innerText('#meschain-overview'));
    }, 'not all offers are right before the server goes', 60_000, 1000);
    await speak('tr-tr');
    const before = await timed(() => pages.saveProduct(phone, 9));
    await arrives(phone, 9);
    await backbone.stop();
    const during = [];
    for (const quantity of [8, 6]) during.push(await timed(() => pages.saveProduct(phone, quantity)));
    console.log(`  saving took ${before} ms with the server, ${during.join(' and ')} ms without`);
    assert.ok(Math.min(...during) < before + 500, `saving took ${during} ms without the server, ${before} ms with it`);
    for (const name of Object.keys(routes)) {
      await clean(name);
      await pages.shot(`${name}-server-down`);
    }
    // What was seen last in English is remembered as facts, and told in the reader's language.
    await pages.open('overview');
    const seen = await pages.page.innerText('#meschain-overview');
    assert.match(seen, /ulaşılamıyor/);
    assert.match(seen, new RegExp(`Doğru: ${variants(store).length}\\b`));
    await backbone.start();
    await until(async () => await marketplace.quantity(barcodeOf(phone)) === 6, 'the change did not arrive after the restart', 60_000);
  });

  it('hears of a copied product and of a deleted one', async () => {
    const last = () => Number(value(store, 'select max(product_id) from oc_product'));
    const isTold = product => value(store, `select 1 from oc_meschain_product_sent where product_id = ${product}`) === '1';
    // Nobody looks for changes by itself meanwhile: what is told then, an event has told.
    await world.cron.stop();
    const before = last();
    await line.copyProduct(world.admin, phone);
    const copy = last();
    assert.ok(copy > before);
    await until(() => isTold(copy), 'the server was not told of the copy');
    await line.deleteProduct(world.admin, copy);
    await until(() => !isTold(copy), 'the server was not told that the copy is gone');
    await startCron(world);
  });

  it('answers cron and knock while the shop is in maintenance', async () => {
    const cron = await pages.cronAddress();
    sql(store, "update oc_setting set value = '1' where `key` = 'config_maintenance'");
    try {
      assert.equal((await fetch(store.url)).status, 503);
      assert.equal((await fetch(`${cron.replace('loop=55', 'loop=0')}`)).status, 204);
      assert.equal((await fetch(`${store.url}index.php?route=extension/meschain/knock`)).status, 405);
      assert.equal((await fetch(`${store.url}index.php?route=extension/meschain/cron&key=wrong`)).status, 403);
    } finally {
      sql(store, "update oc_setting set value = '0' where `key` = 'config_maintenance'");
    }
  });

  it('removes trial orders with their stock, and on uninstall gives the tables back what they were', async () => {
    const trials = "select count(*) from oc_order where comment like '% TEST-%'";
    assert.ok(Number(value(store, trials)) > 0);
    await pages.open('settings');
    const asked = await pages.press('#button-remove-trials');
    assert.ok(asked.success, JSON.stringify(asked));
    await until(() => value(store, trials) === '0', 'trial orders are still there');
    await pages.open('settings');
    await pages.page.check('#input-tables-back');
    const saved = await pages.press('#button-save');
    assert.ok(saved.success, JSON.stringify(saved));
    await world.cron.stop();
    await line.disable(store, world.admin);
    assert.deepEqual(notInnoDb(store), engines);
    assert.deepEqual(sql(store, "select code from oc_event where code like 'meschain%'"), []);
  });

  it('leaves no error in the server\'s log', () => assert.deepEqual(backbone.errors(), []));

  // --- what the tests above ask ---

  async function arrives(product, quantity) {
    const began = performance.now();
    await until(async () => await marketplace.quantity(barcodeOf(product)) === quantity, `the marketplace does not show ${quantity}`, promise, 50);
    return Math.round(performance.now() - began);
  }

  async function clean(name) {
    world.admin.faults.forget();
    await pages.open(name);
    assert.deepEqual(await world.admin.faults.found(), [], `faults on ${name}`);
  }

  async function speak(language) {
    sql(store, `update oc_setting set value = '${language}' where \`key\` = '${adminLanguage(store)}'`);
    await world.admin.context.clearCookies({ name: 'language' });
  }

  async function timed(act) {
    const answer = await act();
    assert.ok(answer.success, JSON.stringify(answer));
    return pages.lastSaveMs;
  }

  function checkAmounts(order, total) {
    const totals = Object.fromEntries(sql(store, `select code, value from oc_order_total where order_id = ${order}`).map(([code, amount]) => [code, Number(amount)]));
    assert.equal(totals.total.toFixed(2), total.toFixed(2));
    assert.equal((totals.sub_total + totals.tax).toFixed(2), total.toFixed(2), JSON.stringify(totals));
    assert.equal(totals.tax.toFixed(2), (total - total / 1.2).toFixed(2), 'KDV is 20 % within the price');
    const lines = sql(store, `select quantity, price, tax, total from oc_order_product where order_id = ${order}`).map(row => row.map(Number));
    const sum = lines.reduce((gross, [quantity, , tax, net]) => gross + net + tax * quantity, 0);
    assert.ok(Math.abs(sum - total) < 0.01, `lines give ${sum}, the order is ${total}`);
  }

  function checkAddress(order) {
    const columns = ['firstname', 'lastname', 'address_1', 'city', 'postcode', 'country_id', 'zone'].map(name => `shipping_${name}`);
    const [written] = sql(store, `select ${columns.join()}, telephone from oc_order where order_id = ${order}`);
    const country = value(store, "select country_id from oc_country where iso_code_2 = 'TR'");
    const [, zone] = zoneOf(store, country, '%stanbul%');
    assert.deepEqual(written, [buyer.firstName, buyer.lastName, line.kept(`${buyer.neighborhood} ${buyer.address}`), buyer.district, buyer.postalCode,
      country, zone, buyer.phone]);
  }
});
