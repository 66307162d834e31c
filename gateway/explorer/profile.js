// The profile of an area, part by part: what is missing is named, what is empty is said.
import {displayNameOf, idOf} from '/explorer/api.js';
import {dateElement, make, sourceElement, spanElement, workOf, writeBounds, writeCode, writePeriod, writeValue} from '/explorer/facts.js';

const STATUSES = {
  MEMBER: 'Member',
  OBSERVER: 'Observer'
};

const linkTo = (area, name) => make('a', {href: `#${idOf(area)}`}, name);
const tag = (text) => make('span', {class: 'tag'}, text);

// Entries that name others by resource name only; the names are asked for all at once.
const named = (resources) => Promise.all(resources.map(displayNameOf));

function areaHeading({area, name, asOf}) {
  if (!area) return [make('h3', {id: 'profile-name'}, idOf(name))];
  const codes =
      [writeCode(area.kind), idOf(area.name), area.alpha2Code, area.numericCode].filter(Boolean);
  return [
    make('h3', {id: 'profile-name'}, area.displayName),
    area.officialName && area.officialName !== area.displayName ?
        make('p', {class: 'official'}, area.officialName) :
        null,
    area.description ? make('p', {}, area.description) : null,
    make(
        'p', {class: 'fine'}, codes.join(' · '),
        asOf ? ['; memberships and groups as of ', dateElement(asOf)] : null),
    sourceElement(area.citations),
  ].filter(Boolean);
}

function spellItem({status, start, end, confidence, evidence}) {
  const since = start || end ? spanElement(start, end, 'since', 'ended') : 'dates not stated';
  return make(
      'div', {class: 'spell'},
      make(
          'div', {}, `${STATUSES[status] ?? writeCode(status)} `, since,
          confidence === 'LOW' ? [' ', tag('weak evidence')] : null),
      sourceElement(evidence));
}

async function membershipItem({name, party, spells, asOf}, area) {
  const organisation = await displayNameOf(name.split('/memberships/')[0]);
  return make(
      'li', {'data-membership': name},
      make(
          'div', {class: 'title'},
          party.area === area ? organisation : `${party.displayName}: ${organisation}`),
      asOf && !asOf.certain ?
          make('p', {class: 'fine'}, 'Possible, not certain: the dates leave it open.') :
          null,
      spells.map(spellItem));
}

// That an area belongs to another: both ways round it reads alike.
function belongingItem(area, displayName, {start, end, certain, citations}) {
  return make(
      'li', {'data-area': idOf(area)},
      make(
          'div', {}, linkTo(area, displayName), ' ', certain ? null : tag('possibly'),
          start || end ? [' ', spanElement(start, end, 'since', 'ended')] : null),
      sourceElement(citations));
}

function headlineItem(observation, where) {
  return make(
      'li', {
        class: 'headline',
        'data-source': idOf(observation.source),
        'data-value': observation.valueText
      },
      make(
          'div', {}, make('strong', {}, writeValue(observation)),
          ` ${where}${writePeriod(observation)}`, make('small', {}, writeBounds(observation))),
      make('div', {class: 'fine'}, workOf(observation)), sourceElement(observation.citations, [
        ['Method', observation.method || 'not stated'], ['Note', observation.note]
      ]));
}

async function indicatorItem({name, displayName, description}, {name: area, headlineObservations}) {
  const own = headlineObservations.filter(({indicator}) => indicator === name);
  const areas = await named(own.map(({area}) => area));
  return make(
      'li', {'data-indicator': idOf(name)}, make('div', {class: 'title'}, displayName),
      make(
          'details', {class: 'source'}, make('summary', {}, 'What is measured'),
          make('p', {}, description || 'Not stated.')),
      make(
          'ul', {class: 'plain'},
          own.map(
              (observation, i) =>
                  headlineItem(observation, observation.area === area ? '' : `${areas[i]}, `))));
}

// Indicators that have observations; one whose own record is missing is shown by its id.
function indicatorsOf({headlineIndicators, headlineObservations}) {
  return [...new Set(headlineObservations.map(({indicator}) => indicator))].map(
      (name) => headlineIndicators.find((indicator) => indicator.name === name) ??
          {name, displayName: idOf(name)});
}

async function noteItem({name, area, topic, text, start, end, dateBasis, citations, relatedAreas}) {
  const [about, ...related] = await named([area, ...relatedAreas]);
  const when = start || end ? ['; ', spanElement(start, end, 'from', 'ended')] : '';
  return make(
      'li', {'data-note': idOf(name)}, make('p', {}, text),
      make(
          'div', {class: 'fine'}, tag(writeCode(topic)), ` ${about}`, when,
          related.length ? `. Also of ${related.join(', ')}` : null),
      sourceElement(citations, [['Dates', dateBasis]]));
}

function targetItem({name, displayName, due, assessment, note, citations}) {
  const verdict = assessment?.verdict ?? 'VERDICT_UNSPECIFIED';
  return make(
      'li', {'data-target': idOf(name), 'data-verdict': verdict},
      make('div', {class: 'title'}, displayName),
      make(
          'p', {}, tag(assessment ? writeCode(verdict) : 'Not assessed'), ' ',
          assessment?.reason ?? ''),
      make('div', {class: 'fine'}, 'Due ', due ? dateElement(due) : 'date not stated'),
      sourceElement(citations, [['Note', note]]));
}

async function projectItem({
  name,
  displayName,
  titledBySource,
  description,
  reason,
  dates,
  locations,
  targetGroups,
  participants,
  citations
}) {
  const who = await named(participants.map(({participant}) => participant));
  const start = dates?.actualStart ?? dates?.plannedStart;
  const end = dates?.actualEnd ?? dates?.plannedEnd;
  const rows = [
    ['When', start || end ? spanElement(start, end, 'from', 'to') : 'not stated'],
    ['Where', locations.map((location) => location.displayName).join(', ')],
    ['For whom', targetGroups.map((group) => group.displayName).join(', ')],
    ['By whom', who.join(', ')],
    ['Why', reason],
  ];
  return make(
      'li', {'data-project': idOf(name)},
      make(
          'div', {class: 'title'}, displayName,
          titledBySource ? null : [' ', tag('title is ours')]),
      make('p', {}, description),
      make(
          'dl', {class: 'rows'},
          rows.filter(([, text]) => text)
              .flatMap(([term, text]) => [make('dt', {}, term), make('dd', {}, text)])),
      sourceElement(citations, [['Dates', dates?.basis]]));
}

// The parts of the contract, in the order of the page; those that are read as text are wide.
// `entries` makes the items of a part.
const PARTS = [
  {
    part: 'MEMBERSHIPS',
    title: 'Memberships',
    none: 'No membership is recorded for this day.',
    entries: ({memberships, name}) =>
        memberships.map((membership) => membershipItem(membership, name))
  },
  {
    part: 'GROUPS',
    title: 'Regions and groups',
    none: 'It belongs to none.',
    entries: ({groups}) => groups.map(
        ({group, displayName, membership}) => belongingItem(group, displayName, membership))
  },
  {
    part: 'HEADLINE_INDICATORS',
    title: 'Headline figures',
    none: 'No source here has a figure.',
    entries: (profile) =>
        indicatorsOf(profile).map((indicator) => indicatorItem(indicator, profile))
  },
  {
    part: 'TARGETS',
    title: 'Targets',
    none: 'No target is recorded.',
    entries: ({targets}) => targets.map(targetItem)
  },
  {
    part: 'CONTEXT_NOTES',
    title: 'In context',
    none: 'No note is recorded.',
    wide: true,
    entries: ({contextNotes}) => contextNotes.map(noteItem)
  },
  {
    part: 'PROJECTS',
    title: 'Projects',
    none: 'No project is recorded.',
    wide: true,
    entries: ({projects}) => projects.map(projectItem)
  },
];
// A country has no members: for it, none is nothing to say.
const MEMBERS = {
  part: 'MEMBERS',
  title: 'Members',
  none: 'No member is recorded.',
  entries: ({members}) =>
      members.map((member) => belongingItem(member.member, member.displayName, member))
};

const missingNotice = ({service, reason, code}) => make(
    'p', {class: 'notice'},
    `Missing: the service ${service} did not answer this part (${code}): ${reason}`);

function restLink({rest}) {
  return make(
      'p', {class: 'json'},
      'There is more than is shown here: ', make('a', {href: rest}, 'all as JSON'));
}

async function partElement({part, title, none, entries}, profile) {
  const missing = profile.missing.filter((entry) => entry.part === part);
  const rest = profile.truncated.filter((entry) => entry.part === part);
  const items = await Promise.all(entries(profile));
  const state = missing.length ? 'missing' : items.length ? 'shown' : 'empty';
  return make(
      'section', {class: 'part', 'data-part': part, 'data-state': state}, make('h4', {}, title),
      missing.map(missingNotice), items.length ? make('ul', {class: 'plain'}, items) : null,
      state === 'empty' ? make('p', {class: 'fine'}, none) : null, rest.map(restLink));
}

const partElements = (parts, profile) =>
    Promise.all(parts.map((part) => partElement(part, profile)));

// Elements that show a `corridor.gateway.v1.AreaProfile`.
export async function profileElements(profile) {
  const isMissing = (part) => profile.missing.some((entry) => entry.part === part);
  const hasMembers =
      profile.members.length > 0 || ['REGION', 'GROUP', 'WORLD'].includes(profile.area?.kind);
  const parts = hasMembers || isMissing('MEMBERS') ? [PARTS[0], MEMBERS, ...PARTS.slice(1)] : PARTS;
  return [
    ...areaHeading(profile),
    ...profile.missing.filter(({part}) => part === 'AREA').map(missingNotice),
    make('div', {class: 'columns'}, await partElements(parts.filter(({wide}) => !wide), profile)),
    ...await partElements(parts.filter(({wide}) => wide), profile),
  ];
}
