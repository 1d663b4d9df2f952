'use strict';

const words = {
  tr: {
    sandbox: 'deneme ortamı', seller: 'Satıcı', hour: 'Saati 1 saat ilerlet', items: 'Pazaryerindeki ürünler', barcode: 'Barkod', title: 'Ürün',
    stock: 'Stok', price: 'Fiyat', orders: 'Siparişler ve paketler', order: 'Sipariş', package: 'Paket', state: 'Durum', lines: 'Satırlar',
    total: 'Toplam', faults: 'Arızalar', after: 'önce uygulansın', count: 'kaç kez (0: sürekli)', set: 'Arıza kur', clear: 'Arızaları kaldır',
    calls: 'Son çağrılar', time: 'Saat', endpoint: 'Servis', request: 'İstek', answer: 'Yanıt', fault: 'Arıza', place: 'Sipariş ver', quantity: 'Stok gir',
    cancel: 'İptal', none: 'Henüz yok.', placed: 'Sipariş verildi: ', cancelled: 'İptal edildi.', howMany: 'Kaç adet?', newStock: 'Yeni stok (panelden değişmiş gibi):',
    everywhere: 'her servis', stale: 'Sunucuya ulaşılamıyor.', replaces: 'yerine geçtiği: ', other: 'English', left: 'kalan',
    Created: 'Yeni', Awaiting: 'Ödeme bekliyor', Picking: 'Hazırlanıyor', Invoiced: 'Faturalandı', Shipped: 'Kargoda', AtCollectionPoint: 'Teslim noktasında',
    Delivered: 'Teslim edildi', UnDelivered: 'Teslim edilemedi', Returned: 'İade', Cancelled: 'İptal',
  },
  en: {
    sandbox: 'sandbox', seller: 'Seller', hour: 'Move the clock 1 hour', items: 'Items at the marketplace', barcode: 'Barcode', title: 'Product',
    stock: 'Stock', price: 'Price', orders: 'Orders and packages', order: 'Order', package: 'Package', state: 'State', lines: 'Lines',
    total: 'Total', faults: 'Faults', after: 'apply it first', count: 'times (0: always)', set: 'Set fault', clear: 'Clear faults',
    calls: 'Last calls', time: 'Time', endpoint: 'Endpoint', request: 'Request', answer: 'Answer', fault: 'Fault', place: 'Place order', quantity: 'Set stock',
    cancel: 'Cancel', none: 'Nothing yet.', placed: 'Order placed: ', cancelled: 'Cancelled.', howMany: 'How many?', newStock: 'New stock (as if changed in the panel):',
    everywhere: 'every endpoint', stale: 'The server does not answer.', replaces: 'replaces: ', other: 'Türkçe', left: 'left',
    Created: 'New', Awaiting: 'Awaiting payment', Picking: 'Picking', Invoiced: 'Invoiced', Shipped: 'Shipped', AtCollectionPoint: 'At collection point',
    Delivered: 'Delivered', UnDelivered: 'Undelivered', Returned: 'Returned', Cancelled: 'Cancelled',
  },
};
const steps = {
  Awaiting: ['Created'], Created: ['Picking'], Picking: ['Shipped'], Invoiced: ['Shipped'],
  Shipped: ['Delivered', 'UnDelivered'], AtCollectionPoint: ['Delivered'], UnDelivered: ['Returned'],
};
const kinds = [
  ['429', { kind: 'Status', status: 429 }], ['500', { kind: 'Status', status: 500 }], ['502', { kind: 'Status', status: 502 }], ['504', { kind: 'Status', status: 504 }],
  ['time-out', { kind: 'Timeout' }], ['drop', { kind: 'Drop' }], ['HTML', { kind: 'Html' }], ['half JSON', { kind: 'Malformed' }], ['late receipt (10 min)', { kind: 'Late', seconds: 600 }],
];
const endpoints = ['*', 'price-and-inventory', 'batch-requests', 'approved-products', 'orders-stream', 'orders', 'package-status'];
const shownRows = 200;

let language = (navigator.language || 'tr').startsWith('tr') ? 'tr' : 'en';
let stocks = new Map();
const $ = id => document.getElementById(id);
const t = key => words[language][key] || key;
const money = amount => amount.toLocaleString(language, { minimumFractionDigits: 2 });
const seller = () => $('seller').value || '';

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function button(text, act) {
  const made = element('button', text);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

function note(text, bad) {
  $('note').textContent = text;
  $('note').className = bad ? 'bad' : '';
}

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

// One place for what a click does: say how it went, then show the new state.
async function act(work, done) {
  try {
    const said = await work();
    note(typeof done === 'function' ? done(said) : done || '');
  } catch (fault) {
    note(fault.message, true);
  }
  await show();
}

function fill(id, rows, columns) {
  const body = $(id);
  body.replaceChildren(...rows);
  if (rows.length === 0) {
    const cell = element('td', t('none'), 'empty');
    cell.colSpan = columns;
    const row = element('tr');
    row.append(cell);
    body.append(row);
  }
}

function itemRow(item) {
  const row = element('tr');
  if (stocks.has(item.barcode) && stocks.get(item.barcode) !== item.quantity) row.className = 'changed';
  const actions = element('td', undefined, 'actions');
  actions.append(
    button(t('place'), () => {
      const units = Number(prompt(t('howMany'), '1'));
      if (Number.isInteger(units) && units > 0) {
        act(() => post('orders', { sellerId: seller(), lines: [{ barcode: item.barcode, quantity: units }] }), said => t('placed') + said.orderNumber);
      }
    }), ' ',
    button(t('quantity'), () => {
      const said = prompt(t('newStock'), item.quantity);
      if (said !== null && said.trim() !== '' && Number.isInteger(Number(said))) {
        act(() => post('setquantity', { sellerId: seller(), barcode: item.barcode, quantity: Number(said) }));
      }
    }));
  row.append(element('td', item.barcode), element('td', item.title), element('td', item.quantity, item.quantity === 0 ? 'n zero' : 'n'), element('td', money(item.price), 'n'), actions);
  return row;
}

function packageRow(entry) {
  const row = element('tr');
  const actions = element('td', undefined, 'actions');
  for (const status of steps[entry.status] || []) {
    actions.append(button(`→ ${t(status)}`, () => act(() => post('packages/advance', { sellerId: seller(), packageId: entry.packageId, status }))), ' ');
  }
  if (['Awaiting', 'Created', 'Picking', 'Invoiced'].includes(entry.status)) {
    for (const line of entry.lines) {
      const name = entry.lines.length > 1 || line.quantity > 1 ? `${t('cancel')}: 1 × ${line.barcode}` : t('cancel');
      actions.append(button(name, () => act(() => post('orders/cancel-line', { sellerId: seller(), packageId: entry.packageId, lineId: line.lineId, quantity: 1 }), t('cancelled'))), ' ');
    }
  }
  const lines = entry.lines.map(line => `${line.quantity} × ${line.title}`).join(', ') + (entry.replaces.length ? ` (${t('replaces')}${entry.replaces.join(', ')})` : '');
  row.append(element('td', entry.orderNumber), element('td', entry.packageId), element('td', t(entry.status)), element('td', lines), element('td', money(entry.total), 'n'), actions);
  return row;
}

function callRow(call) {
  const row = element('tr');
  row.append(
    element('td', new Date(call.atMs).toLocaleTimeString(language)), element('td', call.endpoint),
    element('td', `${call.method} ${call.body ? call.body.slice(0, 160) : call.pathAndQuery.slice(0, 160)}`, 'wide'),
    element('td', call.status || '–', 'n'), element('td', call.fault));
  return row;
}

let showing = false;
async function show() {
  if (showing) return;
  showing = true;
  try {
    const sellers = await get('sellers');
    const chosen = seller();
    $('seller').replaceChildren(...sellers.map(one => new Option(one.id, one.id, false, one.id === chosen)));
    const query = `?sellerId=${encodeURIComponent(seller())}`;
    const [items, packages, calls, faults, clock] = await Promise.all([get('offers' + query), get('packages' + query), get('calls'), get('faults'), get('clock')]);
    fill('items', items.slice(0, shownRows).map(itemRow), 5);
    stocks = new Map(items.map(item => [item.barcode, item.quantity]));
    fill('packages', packages.slice(0, shownRows).map(packageRow), 6);
    fill('calls', calls.slice(-30).reverse().map(callRow), 5);
    $('active').replaceChildren(...faults.map(one => element('li', `${one.fault.kind} ${one.fault.kind === 'status' ? one.fault.status : ''} · ${one.fault.endpoint} · ${one.left || '∞'} ${t('left')}`)));
    $('clock').textContent = new Date(clock.now).toLocaleString(language);
    if ($('note').dataset.stale) {
      note('');
      delete $('note').dataset.stale;
    }
  } catch {
    note(t('stale'), true);
    $('note').dataset.stale = 'yes';
  } finally {
    showing = false;
  }
}

function speak() {
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll('[data-t]')) labelled.textContent = t(labelled.dataset.t);
  $('language').textContent = t('other');
  const form = $('fault').elements;
  form.kind.replaceChildren(...kinds.map(([name], i) => new Option(name, i)));
  form.endpoint.replaceChildren(...endpoints.map(name => new Option(name === '*' ? t('everywhere') : name, name)));
}

$('language').addEventListener('click', () => {
  language = language === 'tr' ? 'en' : 'tr';
  speak();
  show();
});
$('seller').addEventListener('change', () => {
  stocks = new Map();
  show();
});
$('hour').addEventListener('click', () => act(() => post('clock', { advanceSeconds: 3600 })));
$('clear').addEventListener('click', () => act(() => fetch('faults', { method: 'DELETE' })));
$('fault').addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target.elements;
  act(() => post('faults', { ...kinds[form.kind.value][1], endpoint: form.endpoint.value, afterApplying: form.after.checked, count: Number(form.count.value) }));
});

speak();
show();
setInterval(() => {
  if (!document.hidden) show();
}, 2000);
