// What connect_web.html does: calls Corridor, at the origin that `?corridor=` names, from a page of another origin.
import {createFileRegistry, fromBinary} from '@bufbuild/protobuf';
import {FileDescriptorSetSchema} from '@bufbuild/protobuf/wkt';
import {Code, ConnectError, createClient} from '@connectrpc/connect';
import {createConnectTransport, createGrpcWebTransport} from '@connectrpc/connect-web';

const baseUrl = new URLSearchParams(location.search).get('corridor');
const lines = [];
const MEMBER = 1;

function kept(promise, holds = true) {
  if (!holds) throw new Error(`not so: ${promise}`);
  lines.push(promise);
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('not so: it is refused');
}

async function callBy(name, transport, registry) {
  const service = (short) => registry.getService(`corridor.${short}`);
  const memberships = createClient(service('memberstates.v1.Memberships'), transport);
  let version;
  const counted = await memberships.countMemberships(
      {parent: 'organisations/IOM', status: MEMBER, asOf: '2018-01-01'},
      {onHeader: (headers) => version = headers.get('corridor-version')});
  kept(`${name}: a unary call is answered`, counted.certain === 169);
  kept(`${name}: the page may read corridor-version`, version);

  const areas = createClient(service('memberstates.v1.Areas'), transport);
  const error = await refusal(() => areas.getArea({name: 'areas/NOWHERE'}));
  kept(`${name}: an error keeps its code and text`, error.code === Code.NotFound && /areas\/NOWHERE/.test(error.message));
  kept(`${name}: and its details`, error.details.length > 0);

  const changes = createClient(service('gateway.v1.Changes'), transport);
  const stop = new AbortController();
  const ended = await refusal(async () => {
    for await (const event of changes.watchChanges({since: '0'}, {signal: stop.signal})) {
      if (!stop.signal.aborted) kept(`${name}: a stream is answered`, event.position !== '');
      stop.abort();
    }
  });
  kept(`${name}: and can be cancelled`, ended.code === Code.Canceled);
}

let failure = '';
try {
  const descriptorSet = new Uint8Array(await (await fetch('/descriptor_set')).arrayBuffer());
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  await callBy('Connect, JSON', createConnectTransport({baseUrl}), registry);
  await callBy('Connect, binary', createConnectTransport({baseUrl, useBinaryFormat: true}), registry);
  await callBy('Connect, GET', createConnectTransport({baseUrl, useHttpGet: true}), registry);
  await callBy('gRPC-Web', createGrpcWebTransport({baseUrl}), registry);
} catch (error) {
  failure = String(error.stack ?? error);
}
await fetch('/result', {method: 'POST', body: JSON.stringify({lines, failure})});
