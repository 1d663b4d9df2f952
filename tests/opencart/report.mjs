// How the tests speak: a line for each, the cause under a failed one, and the sum.
export default async function* report(events) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    // A suite is no test; a file is reported as one when it could not even begin.
    const file = data.name?.endsWith('.mjs');
    if (!['test:pass', 'test:fail'].includes(type) || data.details?.type === 'suite' || (file && type === 'test:pass')) continue;
    if (file && data.details.error.failureType === 'subtestsFailed') continue;
    const skipped = data.skip !== undefined;
    const word = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    sum[word]++;
    yield `  ${word.padEnd(8)}${data.name}  (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
    if (word === 'failed') yield `${cause(data.details.error)}\n`;
  }
  yield `${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`;
}

function cause(error) {
  const fault = error.cause ?? error;
  return (fault.stack ?? String(fault)).split('\n').slice(0, 40).map(line => `      ${line.slice(0, 400)}`).join('\n');
}
