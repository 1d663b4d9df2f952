// The page at /: what a person sees who logs in with the key, while a shop's stock goes out and an order comes back.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { Backbone } from '../opencart/fixture/backbone.mjs';
import { openBrowser } from '../opencart/fixture/browser.mjs';
import { Marketplace } from '../opencart/fixture/marketplace.mjs';
import { repository } from '../opencart/fixture/place.mjs';
import { until } from '../opencart/fixture/processes.mjs';
import { steps } from '../opencart/fixture/steps.mjs';

const shots = join(repository, 'artifacts/dashboard');
const goods = ['Çay Bardağı & Tabağı "İnce Belli"', 'Pamuklu Nevresim <b>Çift Kişilik</b>', 'Kırmızı Tişört / S', 'Ahşap Kesme Tahtası', 'Bakır Cezve', 'Döküm Tava 28 cm'];
const barcode = place => `86900000001${place}7`;

describe('the dashboard', () => {
  let backbone, marketplace, storeId, view, page;
  const faults = [];

  before(async () => {
    mkdirSync(shots, { recursive: true });
    marketplace = await Marketplace.start();
    // Receipts of the simulator take up to half a minute, as Trendyol's do; here nobody needs to wait.
    await marketplace.post('switches', { receiptSecondsMin: 1, receiptSecondsMax: 2, applySecondsMax: 1 });
    backbone = await (await Backbone.prepare({ MESCHAIN__Sync__EmptiedMax: '2' })).start();
    view = await openBrowser();
    ({ page } = view);
    page.on('pageerror', fault => faults.push(fault.message));
    page.on('console', line => { if (line.type() === 'error') faults.push(line.text()); });
  });
  after(async () => {
    await view?.close();
    await backbone?.stop();
    await marketplace?.stop();
  });

  const it = steps();
  const shot = name => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  const text = selector => page.locator(selector).innerText();

  it('asks for the key, and lets the admin in', async () => {
    await page.goto(backbone.url);
    await page.waitForURL(/\/login$/);
    faults.length = 0; // The refused call that led here is on the console.
    await shot('login');
    await page.fill('input[name=key]', backbone.key);
    await page.keyboard.press('Enter');
    await page.waitForURL(address => address.pathname === '/');
    await page.waitForSelector('#notice.info');
  });

  it('adds a store and shows its key once', async () => {
    await page.click('#new-store');
    await page.fill('dialog input[name=name]', 'Çınar Ev Eşyaları');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog .secret');
    const [address, token] = await page.locator('dialog .secret').evaluateAll(fields => fields.map(field => field.value));
    assert.equal(address, backbone.url);
    assert.match(token, /^mck_/);
    const { store } = await backbone.call('sync', 'GetOverview', {}, token);
    assert.deepEqual([store.name, store.slug], ['Çınar Ev Eşyaları', 'cinar-ev-esyalari']);
    storeId = store.id;
    await shot('new-store');
    await page.click('dialog button.main');
  });

  it('teaches while there is nothing to see', async () => {
    await page.waitForSelector('#connections .empty');
    for (const list of ['#offers', '#orders', '#connections', '#issues']) assert.ok((await text(`${list} .empty`)).length > 30, list);
    await shot('nothing-yet');
  });

  it('shows changes as the marketplace confirms them', async () => {
    const { connection } = await joinSandbox();
    await page.waitForFunction(many => document.querySelectorAll('#offers .dot.good').length === many, goods.length, { timeout: 60_000 });
    const rows = await text('#offers');
    for (const title of goods) assert.ok(rows.includes(title), title);
    assert.match(await text(`#connections [data-key="${connection.id}"]`), /canlı/);

    await page.locator('#offers summary').first().click();
    assert.match(await text('#offers .three >> nth=0'), /Olması gereken/);
    await backbone.call('offer', 'ReportStock', { storeId, shopSequence: '2', levels: [{ shopVariantId: '1', quantity: 1234 }] });
    await page.waitForFunction(() => [...document.querySelectorAll('#offers li')].some(row => row.textContent.includes('1.234') && row.querySelector('.dot.good')), null, { timeout: 30_000 });
    assert.ok(await page.locator('#offers details[open]').count() > 0, 'an opened row stays open');
  });

  it('shows an order as it comes in, with its amount as people here write it', async () => {
    await marketplace.order([{ barcode: barcode(0), quantity: 2, price: 1234.5 }]);
    await page.waitForFunction(() => document.querySelector('#orders')?.textContent.includes('2.469,00 TL'), null, { timeout: 30_000 });
    assert.match(await text('#orders'), /TEST/);
    await shot('dashboard');
  });

  it('tests a connection on the spot', async () => {
    await page.click('#connections button');
    await page.waitForFunction(() => document.querySelectorAll('#connections .probes .dot.good').length === 3, null, { timeout: 30_000 });
  });

  it('speaks English too, and remembers it', async () => {
    await page.click('[data-language=en]');
    assert.match(await text('#clocks'), /Oldest unconfirmed change/);
    await page.reload();
    await page.waitForSelector('#clocks .clock');
    assert.match(await text('#orders'), /2\.469,00 TL/);
    await shot('english');
    await page.click('[data-language=tr]');
  });

  it('shows a wave that would empty the shop, and ends it with one click', async () => {
    const empty = goods.map((_, place) => ({ shopVariantId: `${place + 1}`, quantity: 0 }));
    await backbone.call('offer', 'ReportStock', { storeId, shopSequence: '3', levels: empty });
    const reject = page.locator('#issues [data-focus=reject]');
    await reject.waitFor({ timeout: 30_000 });
    assert.match(await text('#issues'), /Bakır Cezve: 14 adet satışta/);
    assert.match(await text('#issues'), /tanesi sıfırlanacak/);
    await shot('wave');
    await reject.click();
    await reject.waitFor({ state: 'detached', timeout: 30_000 });
    assert.deepEqual((await backbone.call('offer', 'ListWaves', { storeId })).waves ?? [], []);
    for (const place of goods.keys()) assert.ok(await marketplace.quantity(barcode(place)) > 0, goods[place]);
  });

  it('fits a telephone, and works by keyboard alone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await shot('telephone');
    await page.setViewportSize({ width: 1366, height: 900 });
    await page.locator('#offers summary').first().focus();
    const open = await page.locator('#offers details').first().evaluate(row => row.open);
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#offers details').first().evaluate(row => row.open), !open);
  });

  it('has shown no fault so far', () => assert.deepEqual(faults, []));

  it('says since when it is stale, and recovers by itself', async () => {
    await backbone.stop();
    await page.waitForSelector('#fresh.bad', { timeout: 60_000 });
    assert.match(await text('#fresh'), /sunucuya ulaşılamıyor/);
    await shot('stale');
    await backbone.start();
    await page.waitForSelector('#fresh:not(.bad)', { timeout: 60_000 });
  });

  it('lets the person leave', async () => {
    await page.click('form[action="/logout"] button');
    await page.waitForURL(/\/login$/);
    await page.goto(backbone.url);
    await page.waitForURL(/\/login$/);
  });

  async function joinSandbox() {
    await marketplace.list(goods.map((title, place) => ({ barcode: barcode(place), title, quantity: 3, price: 199.9 })));
    const { connection } = await backbone.call('store', 'CreateConnection', {
      storeId, marketplace: 'trendyol', environment: 'ENVIRONMENT_SANDBOX', name: 'Trendyol', sellerId: '4321',
      credentials: { apiKey: 'sandbox-key', apiSecret: 'sandbox-secret' }, endpoint: marketplace.url,
    });
    await backbone.call('store', 'TestConnection', { storeId, connectionId: connection.id });
    await backbone.call('catalog', 'UpsertProducts', {
      storeId,
      products: goods.map((title, place) => ({ shopProductId: `${place + 1}`, title, variants: [{ shopVariantId: `${place + 1}`, barcode: barcode(place), vatBasisPoints: 2000 }] })),
    });
    await backbone.call('offer', 'ReportStock', { storeId, shopSequence: '1', levels: goods.map((_, place) => ({ shopVariantId: `${place + 1}`, quantity: 10 + place })) });
    await until(async () => (await backbone.call('offer', 'ProposeLinks', { storeId, connectionId: connection.id })).sure === goods.length, 'no proposals', 60_000, 300);
    await backbone.call('offer', 'LinkVariants', { storeId, connectionId: connection.id, allSure: true });
    return backbone.call('store', 'SetConnectionMode', { storeId, connectionId: connection.id, mode: 'CONNECTION_MODE_LIVE' });
  }
});
