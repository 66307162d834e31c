// The page: each section asks for what it shows, or shows why it cannot.
import {displayNameOf, get, getAll, idOf, learnNames} from '/explorer/api.js';
import {membersChart, percentAxis, percentPlot, percentScale} from '/explorer/charts.js';
import {claimantsOf, dateElement, make, sourceElement, workOf, writeBounds, writeCode, writeDistance, writePeriod, writeValue} from '/explorer/facts.js';
import {profileElements} from '/explorer/profile.js';

const MEMBERSHIPS = '/v1/organisations/IOM/memberships';
const DAY = '2018-01-01';
const HOME = 'ARM';
const AREA_CODE = /^[A-Z][A-Z0-9_]*$/;  // Ids of the sections are in lower case.
const RETRY_MS = 10_000;
const AREA_KINDS = [
  ['GROUP', 'Groups'], ['COUNTRY', 'Countries'], ['REGION', 'Regions'], ['WORLD', 'World'],
  ['FORMER_COUNTRY', 'Former countries']
];

const byId = (id) => document.getElementById(id);
const notice = (error) =>
    make('p', {class: 'notice', role: 'alert'}, `Not available: ${error.message}`);

const loads = new Map();

// Shows in `place` the elements that `elementsOf` promises, or its error; `data-state` of the
// element `id` says which. Of loads of the same element only the last one shows anything. Answers
// whether elements are shown.
async function load(id, place, elementsOf) {
  const element = byId(id);
  const turn = Symbol(id);
  loads.set(id, turn);
  element.dataset.state = 'loading';
  element.setAttribute('aria-busy', 'true');
  const [state, elements] =
      await elementsOf().then((shown) => ['ready', shown], (error) => ['error', [notice(error)]]);
  if (loads.get(id) !== turn) return false;
  byId(place).replaceChildren(...elements);
  element.dataset.state = state;
  element.setAttribute('aria-busy', 'false');
  return state === 'ready';
}

// Members of IOM over time.

const strong = (text) => make('strong', {}, String(text));

function readoutOf({period, certain, possible}) {
  const counts = certain === possible ?
      [strong(certain), ' members'] :
      [strong(certain), ' certain, up to ', strong(possible), ' possible members'];
  return [...counts, ' ', make('span', {class: 'when'}, `at the end of ${period}`)];
}

function membersTable(periods) {
  const row = (tag, ...cells) => make('tr', {}, cells.map((cell) => make(tag, {}, String(cell))));
  return make(
      'table', {}, make('thead', {}, row('th', 'End of', 'Certain', 'Possible')),
      make(
          'tbody', {},
          periods.map(({period, certain, possible}) => row('td', period, certain, possible))));
}

const reportedItem = ({count, date, citations}) => make(
    'li', {'data-date': date.text, 'data-count': count},
    make('div', {}, strong(count), ', ', dateElement(date)), sourceElement(citations));

async function membersElements() {
  const [{periods}, organisation] = await Promise.all(
      [get(`${MEMBERSHIPS}:panel?frequency=A&startPeriod=1951`), get('/v1/organisations/IOM')]);
  if (periods.length === 0) throw new Error('No period is recorded.');
  const reported = organisation.reportedCounts.filter(({status}) => status === 'MEMBER');
  const slider = byId('members-year');

  const pick = (index) => {
    const text = make('span', {}, readoutOf(periods[index]));
    slider.value = index;
    slider.setAttribute('aria-valuetext', text.textContent);
    byId('members-readout').replaceChildren(text);
    chart.mark(index);
  };
  const chart = membersChart(periods, reported, pick);
  slider.max = periods.length - 1;
  slider.disabled = false;
  slider.addEventListener('input', () => pick(Number(slider.value)));
  pick(periods.length - 1);

  byId('reported-counts').replaceChildren(...reported.map(reportedItem));
  byId('members-table').replaceChildren(membersTable(periods));
  return [chart.element];
}

// What we count on the day, and beside it what sources reported.
async function countElements() {
  const {certain, possible, lowConfidence, reported, completeness} =
      await get(`${MEMBERSHIPS}:count?status=MEMBER&asOf=${DAY}`);
  Object.assign(byId('members-on-2018-01-01').dataset, {certain, possible});
  const ours =
      certain === possible ? [strong(certain)] : [strong(certain), ' to ', strong(possible)];
  const theirs = reported.flatMap(
      ({count, consistent, citations}) =>
          [` ${claimantsOf(citations)} reported `, strong(count),
           consistent ? ', which agrees.' : ', which differs.']);
  const gaps = completeness.filter(({complete}) => !complete)
                   .map(({reason}) => `The list may lack some: ${reason}`);
  if (lowConfidence.length)
    gaps.unshift(
        `${lowConfidence.length} of them rest on weak evidence; they are named with the source.`);
  return [
    make('p', {}, 'On ', dateElement({text: DAY}), ' IOM had ', ours, ' member states.', theirs),
    gaps.length ? make('p', {class: 'fine'}, gaps.join(' ')) : '',
    sourceElement(
        reported.flatMap(({citations}) => citations),
        [['Weak evidence', lowConfidence.map(({displayName}) => displayName).join('; ')]]),
  ];
}

// Living on under 2 US dollars a day.

const remarksOn = ({method, note, publishedText, released, status}) => [
    ['Published as', publishedText && `“${publishedText}”`],
    ['Released', released ? dateElement(released) : 'day not stated'],
    ['Method', method || 'not stated'],
    ['Status', status === 'A' ? '' : `${status} (SDMX)`],
    ['Note', note],
];

function observationItem(observation, scale, rank) {
  return make(
      'li', {
        class: 'observation',
        'data-area': idOf(observation.area),
        'data-source': idOf(observation.source),
        'data-value': observation.valueText,
      },
      make(
          'div', {class: 'value'}, strong(writeValue(observation)),
          make('small', {}, writeBounds(observation))),
      percentPlot(scale, observation, rank),
      make('div', {class: 'who'}, `${workOf(observation)}, ${writePeriod(observation)}`),
      sourceElement(observation.citations, remarksOn(observation)));
}

async function povertyElements() {
  const observations = await getAll('/v1/observations?indicator=POV_2USD', 'observations');
  if (observations.length === 0) throw new Error('No source has a figure.');
  const scale = percentScale(observations);
  const areas = [...new Set(observations.map(({area}) => area))];
  const sources = [...new Set(observations.map(({source}) => source))];
  const countries = await Promise.all(areas.map(
      async (area) => make(
          'section', {class: 'country'}, make('h3', {}, await displayNameOf(area)),
          make(
              'ul', {class: 'plain'},
              observations.filter((observation) => observation.area === area)
                  .map(
                      (observation) => observationItem(
                          observation, scale, sources.indexOf(observation.source)))))));
  return [...countries, make('div', {class: 'axis-row'}, percentAxis(scale))];
}

async function pairElements({observations}, pair) {
  const of = (series) => observations.find((observation) => observation.series === series);
  const [first, second] = [of(pair.first), of(pair.second)];
  const area = await displayNameOf(first.area);
  const apart =
      pair.difference ? `${writeDistance(pair.difference, first.unit)} apart` : 'not comparable';
  return [
    make(
        'p', {'data-consistency': pair.consistency, 'data-difference': pair.difference},
        `${area}: `, strong(writeValue(first)), ` in ${workOf(first)} and `,
        strong(writeValue(second)),
        ` in ${workOf(second)} are ${apart}. ${writeCode(pair.consistency)}: ${pair.reason}`),
    make(
        'p', {class: 'fine', 'data-independence': pair.independence},
        `Does one confirm the other? ${writeCode(pair.independence)}: ${pair.independenceReason}`),
  ];
}

async function comparisonElements() {
  const path = '/v1/observations:compareSources?indicator=POV_2USD&area=GEO';
  const {comparisons} = await get(path);
  const pairs = await Promise.all(comparisons.flatMap(
      (comparison) => comparison.pairs.map((pair) => pairElements(comparison, pair))));
  if (pairs.length === 0) throw new Error('No two sources have a figure to compare.');
  return [...pairs.flat(), make('p', {class: 'json'}, make('a', {href: path}, 'The same as JSON'))];
}

// Profile of a country.

let shownArea = HOME;

// The area that the address names; other fragments are those of the sections.
function areaInHash() {
  const code = location.hash.slice(1);
  return AREA_CODE.test(code) ? code : null;
}

// Until there is a list to pick from, the area that is shown is all that the select holds.
function selectShownArea() {
  const select = byId('area');
  select.value = shownArea;
  if (select.disabled && select.value !== shownArea)
    select.replaceChildren(make('option', {selected: ''}, shownArea));
}

function optionGroup([kind, label], areas) {
  const byName = areas.filter((area) => area.kind === kind)
                     .sort((a, b) => a.displayName.localeCompare(b.displayName, 'en'));
  return make(
      'optgroup', {label},
      byName.map(({name, displayName}) => make('option', {value: idOf(name)}, displayName)));
}

async function fillAreas() {
  const areas = await getAll('/v1/areas?pageSize=1000', 'areas').catch(({message}) => {
    throw new Error(`the list to pick from. ${message}`);
  });
  const select = byId('area');
  learnNames(areas);
  select.replaceChildren(...AREA_KINDS.map((kind) => optionGroup(kind, areas)));
  select.disabled = false;
  selectShownArea();
  return [];
}

const pause = (milliseconds) => new Promise((resolve) => {
  setTimeout(resolve, milliseconds);
});

// Fills the list as soon as it can be had. The profile that was shown without it lacks what the
// same service knows, so it is asked for again.
async function showAreas() {
  if (await load('areas', 'areas', fillAreas)) return;
  do {
    await pause(RETRY_MS);
  } while (!await fillAreas().then(() => true, () => false));
  load('areas', 'areas', async () => []);
  showProfile();
}

async function profileOfShownArea() {
  const path = `/v1/areas/${encodeURIComponent(shownArea)}/profile`;
  selectShownArea();
  byId('profile-json').href = path;
  return profileElements(await get(path));
}

const showProfile = () => load('profile', 'profile-body', profileOfShownArea);

async function showAreaInHash() {
  const code = areaInHash();
  if (!code) return;
  shownArea = code;
  const pickedHere = document.activeElement === byId('area');
  await showProfile();
  if (!pickedHere) byId('profile').scrollIntoView();
}

function showPickedAreas() {
  byId('area').addEventListener('change', ({target}) => {
    location.hash = target.value;
  });
  addEventListener('hashchange', showAreaInHash);
  if (areaInHash()) {
    showAreaInHash();
  } else {
    showProfile();
  }
}

// On paper nothing can be unfolded.
function unfoldForPrint() {
  addEventListener(
      'beforeprint',
      () => document.querySelectorAll('details.source:not([open])').forEach((details) => {
        details.open = true;
        addEventListener('afterprint', () => {
          details.open = false;
        }, {once: true});
      }));
}

document.querySelectorAll('.origin').forEach((element) => {
  element.textContent = location.origin;
});
unfoldForPrint();
load('members', 'members-chart', membersElements);
load('members-on-2018-01-01', 'members-on-2018-01-01', countElements);
load('poverty', 'poverty-figures', povertyElements);
load('poverty-comparison', 'poverty-comparison', comparisonElements);
showPickedAreas();
showAreas();
