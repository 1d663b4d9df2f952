// Numbers, money and times as people here write them, whatever the language of the page or the zone of the machine.
import { language, word } from './words.js';

const zone = 'Europe/Istanbul';
const clock = new Intl.DateTimeFormat('tr-TR', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat('tr-TR', { timeZone: zone, day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' });
const amount = new Intl.NumberFormat('tr-TR', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 14:05:09 */
export const time = instant => clock.format(instant);

/** 24.11.2026 14:05 */
export const moment = instant => dayAndClock.format(instant);

/** 1.234,50 TL, from the wire's minor units. */
export const money = value => (value ? `${amount.format(Number(value.minor ?? 0) / 100)} ${value.currencyCode === 'TRY' ? 'TL' : value.currencyCode}` : '–');

export const count = number => new Intl.NumberFormat('tr-TR').format(Number(number ?? 0));

/** 0,8 sn · 12 sn · 4 dk · 3 sa · 2 gün */
export function span(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  const unit = (number, key) => `${number} ${word(key)}`;
  if (seconds < 9.95) {
    const exact = seconds.toFixed(1);
    return unit(language() === 'tr' ? exact.replace('.', ',') : exact, 'seconds');
  }
  if (seconds < 90) return unit(Math.round(seconds), 'seconds');
  if (seconds < 90 * 60) return unit(Math.round(seconds / 60), 'minutes');
  if (seconds < 36 * 3600) return unit(Math.round(seconds / 3600), 'hours');
  return unit(Math.round(seconds / 86_400), 'days');
}

/** "12 sn önce", "12 s ago" */
export const ago = (instant, now) => word('ago', whole(now - instant));

// A tenth of a second is noise in an age.
const whole = milliseconds => (milliseconds < 9950 ? `${Math.max(0, Math.round(milliseconds / 1000))} ${word('seconds')}` : span(milliseconds));

/** A timestamp of the wire as milliseconds, or undefined. */
export const at = stamp => (stamp ? Date.parse(stamp) : undefined);
