// Has Swagger UI draw /openapi.json, one service at a time: with all of them at once it takes seconds
// for each operation that is opened. `/docs#/Status/Status_GetHealth` is an operation of a service, and
// `/docs?try#…` asks at once what its example asks: reads only, since a link must not write.
'use strict';

const START = 'Memberships';  // What most come for.
const root = document.getElementById('docs');

// The part of the whole that has the operations of one tag, and what they refer to.
function partOf(whole, tag) {
  const paths = {};
  const components = {};
  const reach = value => {
    if (typeof value !== 'object' || value === null) return;
    if (typeof value.$ref === 'string') {
      const [kind, name] = value.$ref.split('/').slice(2);
      components[kind] ??= {};
      if (!(name in components[kind])) {
        components[kind][name] = whole.components[kind][name];
        reach(components[kind][name]);
      }
    }
    Object.values(value).forEach(reach);
  };
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const [verb, operation] of Object.entries(item)) {
      if (!operation.tags.includes(tag)) continue;
      paths[path] ??= {};
      paths[path][verb] = operation;
      reach(operation);
    }
  }
  return {...whole, tags: whole.tags.filter(({name}) => name === tag), paths, components};
}

// Presses the button of the first read that opens, once it has its parameters: before, the button is
// there but knows no operation.
function tryWhatOpens() {
  const observer = new MutationObserver(() => {
    const open = root.querySelector('.opblock-get.is-open:has(tr[data-param-name])');
    const execute = open?.querySelector('.btn.execute');
    if (!execute) return;
    observer.disconnect();
    execute.click();
  });
  observer.observe(root, {childList: true, subtree: true, attributes: true});
}

function draw(whole, tag) {
  const part = document.createElement('div');
  root.replaceChildren(part);
  SwaggerUIBundle({
    spec: partOf(whole, tag),
    domNode: part,
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: -1,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}

function drawLinks(whole, shown) {
  document.getElementById('services').replaceChildren(...whole.tags.map(({name}) => {
    const link = document.createElement('a');
    link.href = '#/' + name;
    link.textContent = name;
    if (name === shown) link.setAttribute('aria-current', 'page');
    return link;
  }));
}

async function start() {
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`/openapi.json is answered with ${answer.status}`);
  const whole = await answer.json();
  const tags = whole.tags.map(({name}) => name);
  let shown;
  const follow = () => {
    const asked = decodeURIComponent(location.hash.split('/')[1] ?? '');
    const tag = [asked, shown, START].find(name => tags.includes(name)) ?? tags[0];
    if (tag === shown) return;
    shown = tag;
    drawLinks(whole, tag);
    draw(whole, tag);
  };
  if (new URLSearchParams(location.search).has('try')) tryWhatOpens();
  addEventListener('hashchange', follow);
  follow();
}

start().catch(error => {
  root.textContent = `The page cannot be drawn: ${error.message}.`;
});
