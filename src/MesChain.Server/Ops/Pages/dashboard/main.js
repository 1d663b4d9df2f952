// Asks the server every two seconds while somebody looks, and says so when it cannot.
import { call, Refused } from './api.js';
import { showClocks } from './clocks.js';
import { at, moment, time } from './format.js';
import { showConnections, showIssues, showOffers, showOrders } from './lists.js';
import { askForStore } from './newstore.js';
import { choose, translate, word } from './words.js';

const pace = 2000;
const rows = 12;
const part = id => document.getElementById(id);

const page = { storeId: '', shown: undefined, data: undefined, lost: false, busy: false };

async function readStores() {
  const { stores = [] } = await call('store', 'ListStores', { pageSize: 200 });
  const wanted = page.storeId || localStorage.getItem('store');
  page.storeId = (stores.find(store => store.id === wanted) ?? stores[0])?.id ?? '';
  part('store').replaceChildren(...stores.map(store => new Option(store.name, store.id, false, store.id === page.storeId)));
}

async function read() {
  if (!page.storeId) await readStores();
  if (!page.storeId) return { empty: true };
  const storeId = page.storeId;
  const overview = await call('sync', 'GetOverview', { storeId });
  const connections = (overview.connections ?? []).map(connection => ({ ...connection, storeId }));
  const [orders, issues, ...offers] = await Promise.all([
    call('order', 'ListOrders', { storeId, pageSize: rows }),
    call('sync', 'ListIssues', { storeId, pageSize: 20, state: 'ISSUE_STATE_OPEN' }),
    ...connections.slice(0, 8).map(connection => call('offer', 'ListOffers', { storeId, connectionId: connection.id, pageSize: rows, recentFirst: true })),
  ]);
  const stopped = (issues.issues ?? []).some(issue => issue.code === 'WAVE_HELD') ? await call('offer', 'ListWaves', { storeId, pageSize: 200 }) : {};
  return {
    overview,
    connections,
    orders: orders.orders ?? [],
    issues: (issues.issues ?? []).map(issue => ({
      ...issue, storeId, wave: issue.code === 'WAVE_HELD' ? (stopped.waves ?? []).find(wave => wave.connectionId === issue.connectionId) : undefined,
    })),
    offers: offers.flatMap((answer, place) => (answer.offers ?? []).map(offer => ({ offer, connection: connections[place] })))
      .filter(({ offer }) => offer.ackedTime || offer.sentTime || offer.stockState !== 'OFFER_STATE_CLEAN')
      .sort((one, other) => newest(other.offer) - newest(one.offer)).slice(0, rows),
  };
}

const newest = offer => Math.max(at(offer.ackedTime) ?? 0, at(offer.sentTime) ?? 0);

function show() {
  const { data } = page;
  for (const section of document.querySelectorAll('main section, .store')) section.hidden = Boolean(data?.empty);
  part('notice').hidden = !data?.empty;
  part('notice').className = data?.empty ? 'info' : '';
  if (data?.empty) part('notice').textContent = word('noStore');
  if (!data || data.empty) return;
  const now = at(data.overview.asOf) ?? Date.now();
  showClocks(part('clocks'), data.overview, now);
  showOffers(part('offers'), data.offers, now);
  showOrders(part('orders'), data.orders);
  showConnections(part('connections'), data.connections, now, show);
  showSandbox(data.connections);
  showIssues(part('issues'), data.issues, now, refresh);
  part('issues-count').textContent = Number(data.overview.issuesOpen ?? 0) || '';
}

// What "the marketplace" has can be looked at only where it is a simulator.
function showSandbox(connections) {
  const sandbox = connections.find(connection => connection.environment === 'ENVIRONMENT_SANDBOX');
  part('sandbox').hidden = !sandbox;
  if (sandbox?.endpoint) part('sandbox').href = sandbox.endpoint;
}

function showFresh() {
  const fresh = part('fresh');
  fresh.className = page.lost ? 'bad' : '';
  const text = !page.shown && !page.lost ? word('freshFirst')
    : page.lost ? word('freshOld', page.shown ? moment(page.shown) : '–')
      : word('freshNow', time(page.shown));
  // The status is read out by screen readers: only what changed in meaning is, not each tick.
  fresh.setAttribute('aria-live', page.lost ? 'polite' : 'off');
  if (fresh.textContent !== text) fresh.textContent = text;
}

async function refresh() {
  if (page.busy) return;
  page.busy = true;
  try {
    page.data = await read();
    page.shown = Date.now();
    page.lost = false;
    show();
  } catch (fault) {
    page.lost = !(fault instanceof Refused) || fault.status >= 500;
    if (!page.lost) {
      part('notice').hidden = false;
      part('notice').className = '';
      part('notice').textContent = word('refused', fault.message);
      // The store may be gone; the next round asks for the list again.
      page.storeId = '';
    }
  } finally {
    page.busy = false;
    showFresh();
  }
}

async function showVersion() {
  const { version } = await call('ops', 'GetVersion');
  part('version').textContent = `MesChain-Sync ${version}`;
}

part('store').addEventListener('change', event => {
  page.storeId = event.target.value;
  localStorage.setItem('store', page.storeId);
  refresh();
});
part('new-store').addEventListener('click', () => askForStore(async id => {
  page.storeId = id;
  await readStores();
  refresh();
}));
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    choose(button.dataset.language);
    translate();
    show();
    showFresh();
  });
}
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });

translate();
showFresh();
refresh();
showVersion().catch(() => { });
setInterval(() => { if (!document.hidden) refresh(); }, pace);
