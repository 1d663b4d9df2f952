// Buttons, forms and polling of the MesChain pages. Text from outside only ever becomes text, never HTML.
(function () {
  'use strict';

  const POLL_MS = 15000;

  function say(kind, text) {
    const box = document.createElement('div');
    box.className = 'alert alert-' + kind + (kind === 'success' ? ' alert-dismissible' : '');
    box.setAttribute('role', 'alert');
    box.textContent = text + ' ';
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn-close float-end';
    close.addEventListener('click', () => box.remove());
    box.append(close);
    alerts().prepend(box);
  }

  // OpenCart 4 has a place for alerts in its header, OpenCart 3 has none.
  function alerts() {
    let place = document.getElementById('alert');
    if (!place) {
      place = document.createElement('div');
      place.id = 'alert';
      document.querySelector('#content > .container-fluid').prepend(place);
    }
    return place;
  }

  function markFields(errors) {
    document.querySelectorAll('.is-invalid').forEach(field => field.classList.remove('is-invalid'));
    document.querySelectorAll('.invalid-feedback').forEach(note => note.classList.remove('d-block'));
    for (const [name, text] of Object.entries(errors)) {
      const id = name.replaceAll('_', '-');
      document.getElementById('input-' + id)?.classList.add('is-invalid');
      const note = document.getElementById('error-' + id);
      if (note) {
        note.textContent = text;
        note.classList.add('d-block');
      }
    }
  }

  function showProbes(target, probes) {
    target.replaceChildren(...probes.map(probe => {
      const row = document.createElement('li');
      row.className = 'list-group-item';
      const dot = document.createElement('span');
      dot.className = 'badge rounded-pill bg-' + probe.dot + ' me-2';
      dot.textContent = '\u00a0';
      const name = document.createElement('strong');
      name.textContent = probe.name + ' ';
      const text = document.createElement('span');
      text.textContent = probe.text;
      row.append(dot, name, text);
      if (probe.detail) {
        const detail = document.createElement('div');
        detail.className = 'small text-muted';
        detail.textContent = probe.detail;
        row.append(detail);
      }
      return row;
    }));
  }

  async function post(url, body, button, probes) {
    if (button) button.disabled = true;
    try {
      const answer = await fetch(url, { method: 'POST', body, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
      const json = await answer.json();
      const errors = typeof json.error === 'object' && json.error !== null ? json.error : {};
      markFields(errors);
      document.querySelectorAll('#alert .alert').forEach(box => box.remove());
      if (json.probes && probes) showProbes(probes, json.probes);
      if (typeof json.error === 'string') say('danger', json.error);
      if (errors.warning) say('danger', errors.warning);
      if (json.success) say('success', json.success);
      if (json.reload || (json.probes && json.passed)) setTimeout(() => location.reload(), 1500);
      return json;
    } catch (fault) {
      say('danger', document.querySelector('[data-meschain-lost]')?.dataset.meschainLost || String(fault));
      return undefined;
    } finally {
      if (button) button.disabled = false;
    }
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-meschain-post]');
    if (!button) return;
    event.preventDefault();
    if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) return;
    const body = new URLSearchParams(JSON.parse(button.dataset.fields || '{}'));
    const from = button.dataset.from && document.getElementById(button.dataset.from);
    if (from) body.set(from.name, from.value);
    post(button.dataset.meschainPost, body, button, document.getElementById(button.dataset.probes));
  });

  document.addEventListener('submit', event => {
    const form = event.target.closest('form[data-meschain-form]');
    if (!form) return;
    event.preventDefault();
    const sent = post(form.action, new URLSearchParams(new FormData(form)), event.submitter, document.getElementById(form.dataset.probes));
    // What was made but does not work yet is mended by the next press of the same button.
    sent.then(json => { if (json?.connection_id && form.elements.connection_id) form.elements.connection_id.value = json.connection_id; });
  });

  document.addEventListener('change', event => {
    const select = event.target.closest('[data-meschain-toggle]');
    if (select) document.querySelectorAll(select.dataset.meschainToggle).forEach(part => part.classList.toggle('d-none', part.dataset.when !== select.value));
  });

  // Only while somebody looks; the body is made and escaped by our own template.
  function poll(target) {
    setTimeout(async () => {
      if (document.visibilityState === 'visible') {
        try {
          const answer = await fetch(target.dataset.meschainPoll, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
          const html = await answer.text();
          if (answer.ok && html.includes('data-meschain-body')) target.innerHTML = html;
        } catch (fault) {
          // The next turn tries again.
        }
      }
      poll(target);
    }, POLL_MS);
  }

  document.addEventListener('DOMContentLoaded', () => {
    const target = document.querySelector('[data-meschain-poll]');
    if (target) poll(target);
  });
})();
