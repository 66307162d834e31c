// Calls Corridor by @connectrpc/connect-web in Chromium: `node connect_web_client.mjs HOST:PORT DESCRIPTOR_SET
// NODE_MODULES`. Serves the page connect_web.html, so that it is of another origin than Corridor; prints what the page
// says, and ends with an error when a promise of it is not kept.
import {spawn} from 'node:child_process';
import {createReadStream, mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, join, normalize} from 'node:path';
import {fileURLToPath} from 'node:url';

const [address, descriptorSet, modules] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const types = {html: 'text/html', js: 'text/javascript', mjs: 'text/javascript'};
const home = mkdtempSync(join(tmpdir(), 'corridor_connect_web_'));
let browser;

function end(code) {
  browser.once('exit', () => {
    rmSync(home, {recursive: true, force: true});
    process.exit(code);
  });
  browser.kill('SIGKILL');
}

function fileOf(path) {
  if (path === '/descriptor_set') return descriptorSet;
  const safe = normalize(path);
  return safe.startsWith('/modules/') ? join(modules, safe.slice('/modules'.length)) : join(here, safe);
}

const server = createServer((request, response) => {
  const {pathname} = new URL(request.url, 'http://page');
  if (request.method === 'POST') {
    let body = '';
    request.on('data', (piece) => body += piece);
    request.on('end', () => {
      response.end();
      const {lines, failure} = JSON.parse(body);
      for (const line of lines) console.log(line);
      if (failure) console.error(failure);
      end(failure ? 1 : 0);
    });
    return;
  }
  const file = fileOf(pathname);
  response.setHeader('content-type', types[file.split('.').pop()] ?? 'application/octet-stream');
  createReadStream(file).on('error', () => response.writeHead(404).end()).pipe(response);
});

server.listen(0, '127.0.0.1', () => {
  const page = `http://127.0.0.1:${server.address().port}/connect_web.html?corridor=http://${address}`;
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
    '--proxy-server=direct://', `--user-data-dir=${home}`, page];
  browser = spawn('chromium', options, {stdio: 'ignore', env: {...process.env, HOME: home}});
  browser.on('error', (error) => {
    console.error(`chromium: ${error.message}`);
    process.exit(1);
  });
});
