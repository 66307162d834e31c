// Calls Corridor by @grpc/grpc-js: `node grpc_js_client.mjs HOST:PORT DESCRIPTOR_SET NODE_MODULES`. Prints a line for
// each promise that is kept, and ends with an error at the first that is not.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [address, descriptorSet, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const {corridor} = grpc.loadPackageDefinition(
    loader.loadFileDescriptorSetFromBuffer(readFileSync(descriptorSet), {keepCase: true, enums: String}));
const credentials = grpc.credentials.createInsecure();
const deadline = () => ({deadline: Date.now() + 30000});

function kept(promise, holds = true) {
  if (!holds) throw new Error(`not so: ${promise}`);
  console.log(promise);
}

function ask(client, method, request) {
  return new Promise((answered) => client[method](request, deadline(), (error, answer) => answered({error, answer})));
}

const memberships = new corridor.memberstates.v1.Memberships(address, credentials);
const counted = await ask(
    memberships, 'CountMemberships', {parent: 'organisations/IOM', status: 'MEMBER', as_of: '2018-01-01'});
kept('a unary call is answered', counted.answer?.certain === 169);

const areas = new corridor.memberstates.v1.Areas(address, credentials);
const {error} = await ask(areas, 'GetArea', {name: 'areas/NOWHERE'});
kept('an error of a service keeps its code', error?.code === grpc.status.NOT_FOUND);
kept('and its details', error.metadata.get('grpc-status-details-bin').length === 1);

const changes = new corridor.gateway.v1.Changes(address, credentials);
const watch = changes.WatchChanges({since: '0'}, deadline());
const first = await new Promise((seen, failed) => watch.once('data', seen).once('error', failed));
kept('a stream is answered', first.position !== '');
watch.removeAllListeners('error');
const ended = new Promise((seen) => watch.on('error', seen));
watch.cancel();
kept('and can be cancelled', (await ended).code === grpc.status.CANCELLED);

for (const client of [memberships, areas, changes]) client.close();
