// The four lists: what changed, what was ordered, who is connected, what is to be done.
import { call } from './api.js';
import { h, show } from './dom.js';
import { ago, at, count, moment, money, time } from './format.js';
import { known, word } from './words.js';

const short = (text, prefix) => (text ?? '').replace(prefix, '').toLowerCase();
const tones = { clean: 'good', dirty: 'warn', held: 'bad', in_flight: 'warn', awaiting: 'warn', uncertain: 'warn', failed: 'bad', diverged: 'bad' };

export function showOffers(list, offers, now) {
  show(list, offers, ({ offer, connection }) => `${connection.id}/${offer.shopVariantId}`, ({ offer, connection }) => {
    const state = short(offer.stockState, 'OFFER_STATE_');
    const shown = thereNow(offer);
    const desired = offer.desiredQuantity ?? 0;
    const sentence = shown === undefined || shown === null ? word('sentenceUnknown', connection.name, count(desired))
      : shown === desired ? word('sentenceSame', connection.name, count(shown))
        : word('sentence', connection.name, count(shown), count(desired));
    const done = state === 'clean' && offer.ackedTime;
    // The right number is there as far as anybody knows; it is only looked at once more.
    const stands = word(shown === desired && state === 'uncertain' ? 'offer_readback' : `offer_${state}`);
    return h('details', {},
      h('summary', { 'data-focus': 'row' },
        h('div', { class: 'line' },
          h('span', { class: `dot ${tones[state] ?? ''}` }),
          h('span', { class: 'text' }, h('span', { class: 'name' }, offer.title || offer.barcode), ' — ', sentence),
          h('span', { class: 'when' }, done ? `${word('confirmed')} ${time(at(offer.ackedTime))}` : stands))),
      h('dl', { class: 'three' },
        figure('intended', desired, word('version', count(offer.stockVersion))),
        figure('lastSent', offer.ackedQuantity, offer.ackedTime ? time(at(offer.ackedTime)) : word('notRead')),
        figure('channel', offer.observedQuantity, offer.observedTime ? word('readAt', ago(at(offer.observedTime), now)) : word('notRead'))),
      h('p', { class: 'fix sub' }, word('barcode', offer.barcode), ' · ', stands,
        offer.issueCode ? ` · ${known(`issue_${offer.issueCode}`) ?? offer.issueCode}` : ''));
  }, word('offersNone'));
}

// What the marketplace shows, as far as anybody knows: the younger of what it confirmed and what was read there.
const thereNow = offer => ((at(offer.observedTime) ?? 0) > (at(offer.ackedTime) ?? 0) ? offer.observedQuantity : offer.ackedQuantity ?? offer.observedQuantity);

const figure = (name, value, small) => h('div', {}, h('dt', {}, word(name)), h('dd', {}, value === undefined || value === null ? '–' : count(value), h('small', {}, small)));

export function showOrders(list, orders) {
  show(list, orders, order => order.id, order => {
    const units = (order.lines ?? []).reduce((sum, line) => sum + (line.quantity ?? 0) - (line.cancelled ?? 0), 0);
    const states = [...new Set((order.packages ?? []).map(one => short(one.status, 'PACKAGE_STATUS_')).filter(state => state !== 'superseded'))];
    const where = order.shopOrderId ? word('inShop', order.shopOrderId) : order.historical ? word('history') : word('waitsForShop');
    return [
      h('div', { class: 'line' },
        h('span', { class: `dot ${order.shopOrderId ? 'good' : order.historical ? '' : 'warn'}` }),
        h('span', { class: 'text' }, h('span', { class: 'name' }, order.orderNumber), ' ', order.trial ? h('span', { class: 'badge test' }, word('trial')) : ''),
        h('span', { class: 'amount' }, money(order.total)),
        h('span', { class: 'when' }, moment(at(order.orderTime)))),
      h('p', { class: 'fix sub' }, [word('units', count(units)), ...states.map(state => word(`package_${state}`)), where].join(' · ')),
    ];
  }, word('ordersNone'));
}

const tests = new Map();

export function showConnections(list, connections, now, again) {
  show(list, connections, connection => connection.id, connection => {
    const mode = short(connection.mode, 'CONNECTION_MODE_');
    const health = mode === 'paused' ? 'paused' : short(connection.health, 'CONNECTION_HEALTH_');
    const read = at(connection.lastOrderReadTime);
    const words = health === 'ok' ? (read === undefined ? word('health_reading') : word('health_ok', ago(read, now))) : word(`health_${health}`);
    const states = Object.entries(connection.offerCounts ?? {}).filter(([, number]) => Number(number) > 0);
    return [
      h('div', { class: 'line' },
        h('span', { class: `dot ${{ ok: 'good', draft: '', paused: '' }[health] ?? (health === 'degraded' ? 'warn' : 'bad')}` }),
        h('span', { class: 'text' }, h('span', { class: 'name' }, connection.name), ' ',
          h('span', { class: 'sub' }, word('seller', connection.sellerId))),
        connection.environment === 'ENVIRONMENT_SANDBOX' ? h('span', { class: 'badge test' }, word('sandboxBadge')) : '',
        h('span', { class: `badge ${mode}` }, word(`mode_${mode}`))),
      h('p', { class: 'fix' }, words),
      h('p', { class: 'states' }, ...states.map(([state, number]) => h('span', { class: 'badge' }, h('span', { class: `dot ${tones[state] ?? ''}` }), ` ${count(number)} ${word(`offer_${state}`)}`))),
      h('div', { class: 'act' }, h('button', { type: 'button', 'data-focus': 'test', disabled: tests.get(connection.id) === 'asking', onclick: () => test(connection, again) }, word('test')),
        h('span', { class: 'sub' }, tests.get(connection.id) === 'asking' ? word('testing') : '')),
      probes(tests.get(connection.id)),
    ];
  }, word('connectionsNone'));
}

async function test(connection, again) {
  tests.set(connection.id, 'asking');
  again();
  try {
    tests.set(connection.id, (await call('store', 'TestConnection', { storeId: connection.storeId, connectionId: connection.id }, 60_000)).probes ?? []);
  } catch (fault) {
    tests.set(connection.id, fault.message);
  }
  again();
}

function probes(result) {
  if (typeof result === 'string') return result === 'asking' ? '' : h('p', { class: 'probes' }, word('refused', result));
  if (!result) return '';
  return h('ul', { class: 'probes' }, ...result.map(probe => h('li', { class: 'line' },
    h('span', { class: `dot ${probe.passed ? 'good' : probe.code ? 'bad' : ''}` }),
    h('span', { class: 'text' }, word(`probe_${probe.name}`), ': ', word(probe.passed ? 'passed' : probe.code ? 'failed' : 'notAsked'),
      probe.passed || !probe.code ? '' : ` – ${known(`issue_${probe.code}`) ?? probe.detail}`))));
}

export function showIssues(list, issues, now, again) {
  show(list, issues, issue => issue.id, issue => [
    h('div', { class: 'line' },
      h('span', { class: `dot ${issue.severity === 'ISSUE_SEVERITY_ERROR' ? 'bad' : 'warn'}` }),
      h('span', { class: 'text name' }, known(`issue_${issue.code}`) ?? issue.cause),
      h('span', { class: 'when' }, word('times', count(issue.count), ago(at(issue.lastTime), now)))),
    h('p', { class: 'fix' }, known(`fix_${issue.code}`) ?? issue.fix),
    h('p', { class: 'fix sub' }, [issue.subject && word('about', issue.subject), issue.marketplaceText && word('says', issue.marketplaceText)].filter(Boolean).join(' · ')),
    ...(issue.wave ? decision(issue, again) : [h('div', { class: 'act' },
      h('button', { type: 'button', 'data-focus': 'resolve', onclick: () => resolve(issue, again) }, word('resolve')),
      h('span', { class: 'sub' }, word('resolveHint')))]),
  ], word('issuesNone'));
}

// A stopped wave goes on or is over, with one click; what is decided about is said beside it.
function decision(issue, again) {
  const { wave } = issue;
  return [
    h('ul', { class: 'probes' }, ...(wave.examples ?? []).slice(0, 5).map(one =>
      h('li', {}, word('waveExample', one.title || one.barcode, count(one.quantity ?? 0))))),
    h('div', { class: 'act' },
      h('button', { type: 'button', 'data-focus': 'reject', onclick: () => decide('RejectWave', issue, again) }, word('waveReject')),
      h('button', { type: 'button', 'data-focus': 'release', onclick: () => decide('ReleaseWave', issue, again) }, word('waveRelease')),
      h('span', { class: 'sub' }, word('waveHint', count(wave.offers ?? 0), count(wave.live ?? 0)))),
  ];
}

async function decide(method, { storeId, wave }, again) {
  try {
    await call('offer', method, { storeId, connectionId: wave.connectionId, offers: wave.offers });
  } catch (fault) {
    // Another number waits by now: it is shown, and decided about, anew.
    if (fault.reason !== 'REVISION_CONFLICT') throw fault;
  }
  again();
}

async function resolve(issue, again) {
  await call('sync', 'ResolveIssue', { storeId: issue.storeId, issueId: issue.id });
  again();
}
