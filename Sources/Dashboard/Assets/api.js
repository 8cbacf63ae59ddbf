// One way to ask the server; every failure becomes a sentence with a way out.
export class Refused extends Error {
  constructor(category, message, remedy) {
    super([message, remedy].filter(Boolean).join(': '));
    this.category = category;
  }
}

export async function ask(path, { method = 'GET' } = {}) {
  let response;
  try {
    response = await fetch(path, { method, headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(15000) });
  } catch (error) {
    const slow = error.name === 'TimeoutError';
    throw new Refused('unreachable', slow ? 'Holdfast did not answer within 15 s' : 'Holdfast does not answer', 'see whether the companion runs with holdfast status');
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const { category = 'unknown', message = `the server answered ${response.status}`, remedy = '' } = answer?.error ?? {};
  throw new Refused(category, message, remedy);
}
