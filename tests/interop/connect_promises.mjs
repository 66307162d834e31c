// What clients of Connect are promised in each of its protocols, on Node.js and in a page alike.
const MEMBER = 1;
const TIMEOUT = {timeoutMs: 30000};

// Asks over `transport`, with what the package @connectrpc/connect exports. Gives a line for each promise that is kept,
// and throws at the first that is not. `versionIn` are the options by which a call is told where corridor-version may be.
export async function* promisesKept(name, transport, registry, {Code, ConnectError, createClient}, versionIn) {
  const clientOf = (service) => createClient(registry.getService(`corridor.${service}`), transport);
  const kept = (promise, holds) => {
    if (!holds) throw new Error(`not so: ${name}: ${promise}`);
    return `${name}: ${promise}`;
  };
  const refusal = async (call) => {
    try {
      await call();
    } catch (error) {
      return ConnectError.from(error);
    }
    throw new Error(`not so: ${name}: it is refused`);
  };

  let version;
  const seek = (metadata) => version ??= metadata.get('corridor-version');
  const counted = await clientOf('memberstates.v1.Memberships').countMemberships(
      {parent: 'organisations/IOM', status: MEMBER, asOf: '2018-01-01'},
      {...TIMEOUT, ...Object.fromEntries(versionIn.map((option) => [option, seek]))});
  yield kept('a unary call is answered', counted.certain === 169);
  yield kept('with the version that it is of', version);

  const error = await refusal(() => clientOf('memberstates.v1.Areas').getArea({name: 'areas/NOWHERE'}, TIMEOUT));
  yield kept('an error keeps its code and text', error.code === Code.NotFound && /areas\/NOWHERE/.test(error.message));
  yield kept('and its details', error.details.length > 0);

  const changes = clientOf('gateway.v1.Changes');
  const stop = new AbortController();
  let first;
  const ended = await refusal(async () => {
    for await (const event of changes.watchChanges({since: '0'}, {...TIMEOUT, signal: stop.signal})) {
      first ??= event;
      stop.abort();
    }
  });
  yield kept('a stream is answered', first?.position);
  yield kept('and can be cancelled', ended.code === Code.Canceled);

  const refused = await refusal(async () => {
    for await (const event of changes.watchChanges({since: 'no position'}, TIMEOUT)) void event;
  });
  yield kept('a stream that is refused says why', refused.code === Code.InvalidArgument);
}
