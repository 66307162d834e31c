// Calls Corridor by @connectrpc/connect-node in each of its protocols:
// `node connect_node_client.mjs HOST:PORT DESCRIPTOR_SET NODE_MODULES`. Prints a line for each promise that is kept, and
// ends with an error at the first that is not.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [address, descriptorSet, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const {createFileRegistry, fromBinary} = require('@bufbuild/protobuf');
const {FileDescriptorSetSchema} = require('@bufbuild/protobuf/wkt');
const {Code, ConnectError, createClient} = require('@connectrpc/connect');
const {createConnectTransport, createGrpcTransport, createGrpcWebTransport} = require('@connectrpc/connect-node');

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSet)));
const service = (name) => registry.getService(`corridor.${name}`);
const baseUrl = `http://${address}`;
const MEMBER = 1;

function kept(promise, holds = true) {
  if (!holds) throw new Error(`not so: ${promise}`);
  console.log(promise);
}

const connect = {baseUrl, useBinaryFormat: false};
const transports = {
  'Connect, JSON, HTTP/1.1': createConnectTransport({...connect, httpVersion: '1.1'}),
  'Connect, JSON, HTTP/2': createConnectTransport({...connect, httpVersion: '2'}),
  'Connect, binary, HTTP/1.1': createConnectTransport({...connect, httpVersion: '1.1', useBinaryFormat: true}),
  'Connect, binary, HTTP/2': createConnectTransport({...connect, httpVersion: '2', useBinaryFormat: true}),
  'Connect, GET, JSON': createConnectTransport({...connect, httpVersion: '1.1', useHttpGet: true}),
  'Connect, GET, binary':
      createConnectTransport({...connect, httpVersion: '2', useHttpGet: true, useBinaryFormat: true}),
  'gRPC, HTTP/2': createGrpcTransport({baseUrl, httpVersion: '2'}),
  'gRPC-Web, HTTP/1.1': createGrpcWebTransport({baseUrl, httpVersion: '1.1'}),
  'gRPC-Web, HTTP/2': createGrpcWebTransport({baseUrl, httpVersion: '2'}),
};

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('not so: it is refused');
}

for (const [name, transport] of Object.entries(transports)) {
  const memberships = createClient(service('memberstates.v1.Memberships'), transport);
  const request = {parent: 'organisations/IOM', status: MEMBER, asOf: '2018-01-01'};
  let version;
  const counted = await memberships.countMemberships(request, {
    timeoutMs: 30000,
    onHeader: (headers) => version ??= headers.get('corridor-version'),
    onTrailer: (trailers) => version ??= trailers.get('corridor-version'),
  });
  kept(`${name}: a unary call is answered`, counted.certain === 169);
  kept(`${name}: with the version that it is of`, version);

  const areas = createClient(service('memberstates.v1.Areas'), transport);
  const error = await refusal(() => areas.getArea({name: 'areas/NOWHERE'}, {timeoutMs: 30000}));
  kept(`${name}: an error keeps its code and text`, error.code === Code.NotFound && /areas\/NOWHERE/.test(error.message));
  kept(`${name}: and its details`, error.details.length > 0);

  const changes = createClient(service('gateway.v1.Changes'), transport);
  const stop = new AbortController();
  const ended = await refusal(async () => {
    for await (const event of changes.watchChanges({since: '0'}, {signal: stop.signal, timeoutMs: 30000})) {
      if (!stop.signal.aborted) kept(`${name}: a stream is answered`, event.position !== '');
      stop.abort();
    }
  });
  kept(`${name}: and can be cancelled`, ended.code === Code.Canceled);

  const refused = await refusal(async () => {
    for await (const event of changes.watchChanges({since: 'no position'}, {timeoutMs: 30000})) void event;
  });
  kept(`${name}: a stream that is refused says why`, refused.code === Code.InvalidArgument);
}
process.exit(0);  // Idle HTTP/2 sessions would keep it for minutes.
