// Every word of the page in both languages, one word for one thing. A text may take {0}, {1}.
import { english } from './english.js';
import { turkish } from './turkish.js';

const texts = { tr: turkish, en: english };
let chosen = localStorage.getItem('language') ?? (navigator.language.startsWith('tr') ? 'tr' : 'en');
if (!texts[chosen]) chosen = 'en';

export const language = () => chosen;

export function choose(code) {
  chosen = code;
  localStorage.setItem('language', code);
}

export function word(key, ...values) {
  const text = texts[chosen][key] ?? english[key] ?? key;
  return text.replace(/\{(\d)\}/g, (_, place) => values[Number(place)] ?? '');
}

/** The page's own text for a code of the server, or undefined when it has none. */
export const known = key => texts[chosen][key];

/** Writes the words into the elements that ask for them by name. */
export function translate() {
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = word(element.dataset.word);
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === chosen));
  }
}
