// What connect_web.html does: calls Corridor, at the origin that `?corridor=` names, from a page of another origin.
import {createFileRegistry, fromBinary} from '@bufbuild/protobuf';
import {FileDescriptorSetSchema} from '@bufbuild/protobuf/wkt';
import * as connect from '@connectrpc/connect';
import {createConnectTransport, createGrpcWebTransport} from '@connectrpc/connect-web';
import {promisesKept} from './connect_promises.mjs';

const baseUrl = new URLSearchParams(location.search).get('corridor');
const lines = [];

async function callBy(name, transport, registry) {
  // A header only, since that is what CORS has to let a page read.
  for await (const promise of promisesKept(name, transport, registry, connect, ['onHeader'])) lines.push(promise);
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
