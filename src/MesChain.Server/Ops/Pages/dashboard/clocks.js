// The five clocks: each a number, a colour, and the reason in words.
import { h, put } from './dom.js';
import { ago, at, count, span } from './format.js';
import { word } from './words.js';

const second = 1000;
const minute = 60 * second;

/** Shows the clocks for an overview; now is the server's time. */
export function showClocks(place, overview, now) {
  const clocks = [waiting(overview, now), travel(overview), orders(overview, now), receipts(overview, now), confirmed(overview, now)];
  clocks.forEach(([name, tone, value, reason], index) => {
    const card = place.children[index] ?? place.appendChild(
      h('article', {}, h('h3'), h('p', { class: 'value' }), h('p', { class: 'reason' })));
    card.className = `clock ${tone}`;
    [word(name), value, reason].forEach((text, child) => put(card.children[child], text));
  });
}

function waiting(overview, now) {
  const some = Number(overview.offersWaiting ?? 0);
  const since = at(overview.oldestWaitingTime);
  if (!some || since === undefined) return ['clockWaiting', 'good', word('none'), word('clockWaitingNone')];
  const live = (overview.connections ?? []).some(connection => connection.mode === 'CONNECTION_MODE_LIVE');
  if (!live) return ['clockWaiting', 'warn', span(now - since), word('clockWaitingNotLive', count(some))];
  return ['clockWaiting', tone(now - since, minute, 5 * minute), span(now - since), word('clockWaitingSome', count(some))];
}

function travel(overview) {
  const half = Number(overview.propagationP50Ms ?? 0);
  const most = Number(overview.propagationP95Ms ?? 0);
  if (!half) return ['clockTravel', '', '–', word('clockTravelNone')];
  return ['clockTravel', tone(most, minute, 5 * minute), span(half), word('clockTravelSome', span(most))];
}

function orders(overview, now) {
  const some = Number(overview.ordersUnacknowledged ?? 0);
  const since = at(overview.oldestUnacknowledgedTime);
  if (!some || since === undefined) return ['clockOrders', 'good', word('none'), word('clockOrdersNone', count(overview.ordersToday))];
  const colour = tone(now - since, 2 * minute, 10 * minute);
  return ['clockOrders', colour, span(now - since), word(colour === 'bad' ? 'clockOrdersLate' : 'clockOrdersSome', count(some))];
}

function receipts(overview, now) {
  const some = Number(overview.receiptsOpen ?? 0);
  const since = at(overview.oldestReceiptTime);
  if (!some) return ['clockReceipts', 'good', '0', word('clockReceiptsNone')];
  return ['clockReceipts', since === undefined ? 'good' : tone(now - since, 5 * minute, 60 * minute), count(some),
    word('clockReceiptsSome', since === undefined ? '–' : ago(since, now))];
}

// Silence is fine as long as nothing waits.
function confirmed(overview, now) {
  const told = (overview.connections ?? []).filter(connection => connection.lastConfirmedTime && connection.mode === 'CONNECTION_MODE_LIVE')
    .map(connection => ({ name: connection.name, since: at(connection.lastConfirmedTime), connection }));
  if (told.length === 0) return ['clockConfirmed', '', '–', word('clockConfirmedNever')];
  const owing = told.filter(({ connection }) => ['dirty', 'awaiting', 'in_flight', 'uncertain'].some(state => Number(connection.offerCounts?.[state] ?? 0) > 0));
  const [worst] = (owing.length ? owing : told).sort((one, other) => one.since - other.since);
  const colour = owing.length ? tone(now - worst.since, 5 * minute, 30 * minute) : 'good';
  return ['clockConfirmed', colour, span(now - worst.since), word(colour === 'good' ? 'clockConfirmedSome' : 'clockConfirmedLate', worst.name, ago(worst.since, now))];
}

const tone = (age, amber, red) => (age < amber ? 'good' : age < red ? 'warn' : 'bad');
