// Calls the server as any client does: POST /v1/{service}/{Method}, JSON in and out, the session cookie as the key.

/** A refusal that the server put in words. */
export class Refused extends Error {
  constructor(status, message, reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export async function call(service, method, body = {}, limit = 10_000) {
  const answer = await fetch(`/v1/${service}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(limit),
  });
  if (answer.status === 401) {
    location.assign('/login');
    return new Promise(() => { });
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const reason = (said.details ?? []).map(detail => detail.reason).find(Boolean);
    throw new Refused(answer.status, said.message || `HTTP ${answer.status}`, reason);
  }
  return said;
}
