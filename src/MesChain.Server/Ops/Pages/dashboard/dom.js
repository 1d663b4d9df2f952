// The little that is needed to build a page: elements, and lists whose rows keep their focus while their content changes.

/** An element with properties and children; texts are texts, never markup. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== undefined && child !== null && child !== ''));
  return element;
}

/** Sets a text only when it differs, so that a reader's selection stays. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes a list show the items: rows are kept by key, moved, made and removed as needed. */
export function show(list, items, keyOf, fill, emptyText) {
  const kept = new Map([...list.children].filter(row => row.dataset.key !== undefined).map(row => [row.dataset.key, row]));
  const first = !list.dataset.shown;
  list.dataset.shown = '1';
  list.querySelector(':scope > .empty')?.remove();
  items.forEach((item, place) => {
    const key = keyOf(item);
    const row = kept.get(key) ?? h('li', { 'data-key': key, class: first ? undefined : 'new' });
    kept.delete(key);
    fillWhenChanged(row, item, fill);
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  for (const gone of kept.values()) gone.remove();
  if (items.length === 0) list.append(h('li', { class: 'empty' }, emptyText));
}

function fillWhenChanged(row, item, fill) {
  const made = h('div', {}, ...[fill(item)].flat());
  const opened = made.querySelector('details');
  if (opened) opened.open = row.querySelector('details')?.open ?? false;
  if (row.firstChild?.isEqualNode(made)) return;
  const focused = row.contains(document.activeElement) && document.activeElement.dataset.focus;
  row.replaceChildren(made);
  if (focused) row.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
}
