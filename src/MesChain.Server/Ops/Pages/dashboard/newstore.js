// Adding a store: a name in, the address and the key for the shop out. The key is shown once and kept nowhere.
import { call, Refused } from './api.js';
import { h } from './dom.js';
import { word } from './words.js';

const letters = { ç: 'c', ğ: 'g', ı: 'i', ö: 'o', ş: 's', ü: 'u' };

/** "Çınar Ev Eşyaları" → "cinar-ev-esyalari" */
export const slugOf = name => [...name.toLocaleLowerCase('tr')].map(letter => letters[letter] ?? letter).join('')
  .normalize('NFD').replace(/[^a-z0-9]+/g, '-').slice(0, 40).replace(/^-+|-+$/g, '');

/** Opens the dialogue; done is called with the new store's id. */
export function askForStore(done) {
  const name = h('input', { name: 'name', required: true, maxlength: '120', autocomplete: 'off' });
  const fault = h('p', { class: 'fault', role: 'alert' });
  const form = h('form', {},
    h('h2', {}, word('newStore')),
    h('p', { class: 'sub' }, word('newStoreWhat')),
    h('label', {}, word('newStoreName'), name),
    fault,
    h('div', { class: 'act' }, h('button', { type: 'submit', class: 'main' }, word('newStoreMake')), h('button', { type: 'button', onclick: () => dialog.close() }, word('cancel'))));
  const dialog = h('dialog', { 'aria-label': word('newStore') }, form);
  dialog.addEventListener('close', () => dialog.remove());
  // A second press, or a lost answer, must not make a second store or key.
  const requests = { store: crypto.randomUUID(), key: crypto.randomUUID() };
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const shown = name.value.trim();
      const { store } = await call('store', 'CreateStore', { requestId: requests.store, slug: slugOf(shown) || 'magaza', name: shown });
      const { token } = await call('ops', 'CreateApiKey', { requestId: requests.key, name: shown.slice(0, 80), storeId: store.id, scopes: ['sync:shop'] });
      form.replaceWith(result(token, () => dialog.close()));
      done(store.id);
    } catch (refusal) {
      fault.textContent = refusal instanceof Refused && refusal.reason === 'SLUG_TAKEN' ? word('newStoreTaken') : word('refused', refusal.message);
      if (refusal instanceof Refused) Object.assign(requests, { store: crypto.randomUUID(), key: crypto.randomUUID() });
      button.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

function result(token, close) {
  return h('div', {},
    h('h2', {}, word('newStoreDone')),
    h('p', { class: 'sub' }, word('newStoreNext')),
    line('newStoreAddress', location.origin),
    line('newStoreKey', token),
    h('p', { class: 'fault' }, word('newStoreOnce')),
    h('div', { class: 'act' }, h('button', { type: 'button', class: 'main', onclick: close }, word('newStoreKept'))));
}

function line(name, text) {
  const field = h('input', { value: text, readonly: true, class: 'secret', onfocus: event => event.target.select() });
  const button = h('button', {
    type: 'button',
    onclick: async () => {
      field.select();
      // Clipboards are for secure pages only; the selected text can still be copied by hand.
      await navigator.clipboard?.writeText(text).then(() => { button.textContent = word('copied'); }, () => { });
    },
  }, word('copy'));
  return h('div', { class: 'copy' }, h('label', {}, word(name), field), button);
}
