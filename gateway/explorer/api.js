// What the page asks of the API, which is of its own origin.

// Answers the JSON at `path`; throws an Error with the API's own message when there is none.
export async function get(path) {
  let response;
  try {
    response = await fetch(path, {headers: {accept: 'application/json'}});
  } catch {
    throw new Error('The gateway cannot be reached.');
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new Error(
      body?.error?.message ?? `The gateway answered ${response.status} without saying why.`);
}

// Answers what all pages of a list have in `field`: a page that is not the last says so by a token.
export async function getAll(path, field) {
  const entries = [];
  let token = '';
  do {
    const page = await get(token ? `${path}&pageToken=${encodeURIComponent(token)}` : path);
    entries.push(...page[field]);
    token = page.nextPageToken;
  } while (token);
  return entries;
}

const displayNames = new Map();

export const idOf = (resource) => resource.slice(resource.lastIndexOf('/') + 1);

// Names resources whose display names are known already, so that they are not asked for.
export function learnNames(resources) {
  for (const {name, displayName} of resources) displayNames.set(name, Promise.resolve(displayName));
}

// The display name of a resource, e.g. of `areas/GEO`; its id when it cannot be had.
export function displayNameOf(resource) {
  if (!displayNames.has(resource)) {
    const path = `/v1/${resource.split('/').map(encodeURIComponent).join('/')}`;
    const asked = get(path).then((found) => found.displayName).catch(() => {
      displayNames.delete(resource);  // Another time it may be there.
      return idOf(resource);
    });
    displayNames.set(resource, asked);
  }
  return displayNames.get(resource);
}
