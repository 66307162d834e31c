// Calls Corridor by @connectrpc/connect-node in each of its protocols:
// `node connect_node_client.mjs HOST:PORT DESCRIPTOR_SET NODE_MODULES`. Prints a line for each promise that is kept, and
// ends with an error at the first that is not.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {promisesKept} from './connect_promises.mjs';

const [address, descriptorSet, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const {createFileRegistry, fromBinary} = require('@bufbuild/protobuf');
const {FileDescriptorSetSchema} = require('@bufbuild/protobuf/wkt');
const connect = require('@connectrpc/connect');
const {createConnectTransport, createGrpcTransport, createGrpcWebTransport} = require('@connectrpc/connect-node');

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSet)));
const baseUrl = `http://${address}`;
const json = {baseUrl, useBinaryFormat: false};
const binary = {baseUrl, useBinaryFormat: true};

const transports = {
  'Connect, JSON, HTTP/1.1': createConnectTransport({...json, httpVersion: '1.1'}),
  'Connect, JSON, HTTP/2': createConnectTransport({...json, httpVersion: '2'}),
  'Connect, binary, HTTP/1.1': createConnectTransport({...binary, httpVersion: '1.1'}),
  'Connect, binary, HTTP/2': createConnectTransport({...binary, httpVersion: '2'}),
  'Connect, GET, JSON': createConnectTransport({...json, httpVersion: '1.1', useHttpGet: true}),
  'Connect, GET, binary': createConnectTransport({...binary, httpVersion: '2', useHttpGet: true}),
  'gRPC, HTTP/2': createGrpcTransport({baseUrl, httpVersion: '2'}),
  'gRPC-Web, HTTP/1.1': createGrpcWebTransport({baseUrl, httpVersion: '1.1'}),
  'gRPC-Web, HTTP/2': createGrpcWebTransport({baseUrl, httpVersion: '2'}),
};

for (const [name, transport] of Object.entries(transports)) {
  for await (const promise of promisesKept(name, transport, registry, connect, ['onHeader', 'onTrailer'])) {
    console.log(promise);
  }
}
process.exit(0);  // Idle HTTP/2 sessions would keep it for minutes.
