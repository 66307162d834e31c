// How facts are written: dates of any precision, values with their units, and who says so.

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'
];
const UNITS = {
  PERCENT: '\u00a0%',
  USD: '\u00a0US dollars'
};
const SOURCE_KINDS = {
  OFFICIAL: 'official page or record',
  TREATY_SERIES: 'register of treaties',
  DATASET: 'data set',
  PRESS: 'news report',
  ENCYCLOPEDIA: 'reference work',
  CODE_LIST: 'code list',
  INFERRED: 'concluded from other sources',
};

// An element with attributes and children; texts become text, whatever they hold, and what is null
// or empty is left out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== ''));
  return element;
}

// `TREATY_SERIES` as `Treaty series`.
export function writeCode(code) {
  const words = code.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function writePart(text) {
  const [year, month, day] = text.split('-');
  if (month === undefined) return year;
  const monthAndYear = `${MONTHS[Number(month) - 1]} ${year}`;
  return day === undefined ? monthAndYear : `${Number(day)} ${monthAndYear}`;
}

// A PartialDate, never more precise than it is: `2002`, `23 November 1993`, `some day
// between 2002 and 2003`.
export function writeDate({text}) {
  const [first, last] = text.split('/');
  if (last === undefined) return writePart(first);
  if (first === '..') return `some day not after ${writePart(last)}`;
  if (last === '..') return `some day not before ${writePart(first)}`;
  return `some day between ${writePart(first)} and ${writePart(last)}`;
}

export function dateElement(date) {
  const isToTheMonthOrYear = /^\d{4}(-\d\d)?$/.test(date.text);
  return make(
      'span', {class: 'date', 'data-date': date.text}, writeDate(date),
      isToTheMonthOrYear ? make('small', {}, ' (day not known)') : null);
}

// From a date to a day on which it no longer was so; both may be absent.
export function spanElement(start, end, began, ended) {
  const parts = [];
  if (start) parts.push(`${began} `, dateElement(start));
  if (end) parts.push(start ? ', ' : '', `${ended} `, dateElement(end));
  return make('span', {}, parts);
}

// A decimal number with every digit that it has, its thousands set apart.
export function writeDecimal(text) {
  const [whole, fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const writeNumber = (number) => number.toLocaleString('en', {maximumFractionDigits: 6});
const writeUnit = (unit) => UNITS[unit] ?? `\u00a0${unit.replaceAll('_', ' ').toLowerCase()}`;

export function writeValue({value, valueText, unit, missingReason}) {
  if (value === undefined) return `no value: ${missingReason}`;
  return writeDecimal(valueText || String(value)) + writeUnit(unit);
}

// How far apart two values of `unit` are, of which `difference` is one minus the other.
export const writeDistance = (difference, unit) => writeDecimal(difference.replace('-', '')) +
    writeUnit(unit === 'PERCENT' ? 'PERCENTAGE_POINTS' : unit);

export function writeBounds({low, high}) {
  if (low === undefined || high === undefined) return 'rounding not stated';
  return `${writeNumber(low)} to ${writeNumber(high)} before rounding`;
}

export const writePeriod = ({period}) => period || 'period not stated';

export const claimantsOf =
    (citations) => [...new Set(citations.map(({claimant, source}) => claimant || source))].join(
        '; ');

// The work that an observation is from, by the citation of it.
export function workOf({source, citations}) {
  const id = source.replace('sources/', '');
  const citation = citations.find((cited) => cited.source === id);
  return citation ? citation.title : id;
}

// An address becomes a link only when it is one; a locator may be any text.
function locatorElement(locator) {
  return /^https?:\/\/\S+$/.test(locator) ? make('a', {href: locator, rel: 'noreferrer'}, locator) :
                                            locator;
}

function described(rows) {
  return make(
      'dl', {},
      rows.filter(([, text]) => text)
          .flatMap(([term, text]) => [make('dt', {}, term), make('dd', {}, text)]));
}

function citationElement(citation) {
  return make(
      'li', {'data-source': citation.source}, make('cite', {}, citation.title || citation.source),
      described([
        ['Who says so', citation.claimant],
        ['Kind', SOURCE_KINDS[citation.kind]],
        ['Where', citation.locator ? locatorElement(citation.locator) : 'not stated'],
        ['In its words', citation.publishedText && `“${citation.publishedText}”`],
        ['Why', citation.reasoning],
        ['Note', citation.note],
        ['Licence', citation.licence],
      ]));
}

// Who says so, at hand but folded; `remarks` are rows [term, text] on the fact itself.
export function sourceElement(citations, remarks = []) {
  const label = citations.length === 0 ? 'No source' : `Source: ${claimantsOf(citations)}`;
  return make(
      'details', {class: 'source'}, make('summary', {}, label), described(remarks),
      make('ul', {}, citations.map(citationElement)));
}
