// Drawings in SVG. Sizes are CSS pixels, since text must not shrink with the screen.

const SVG = 'http://www.w3.org/2000/svg';
const HANDLE = 18;  // Width of the slider's handle in style.css: the curve is aligned with it.
const TOP = 18;
const BOTTOM = 24;
const MS_PER_YEAR = 365.25 * 24 * 3600 * 1000;

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function canvas(width, height, label) {
  return draw(
      'svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label});
}

// The least of 1, 2, 5 × 10ⁿ that divides `most` into at most `count` steps.
function stepFor(most, count) {
  const magnitude = 10 ** Math.floor(Math.log10(most / count));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => most / step <= count);
}

// Where years and counts are on the drawing: the middle of each year is where the slider's handle
// is.
class YearScale {
  constructor(width, height, firstYear, years, most) {
    this.firstYear = firstYear;
    this.years = years;
    this.yearWidth = (width - HANDLE) / Math.max(years - 1, 1);
    this.step = stepFor(most, 4);
    this.top = Math.ceil(most / this.step) * this.step;
    this.height = height;
  }
  x(year) {
    return HANDLE / 2 + (year - this.firstYear - 0.5) * this.yearWidth;
  }
  y(count) {
    return this.height - BOTTOM - count / this.top * (this.height - BOTTOM - TOP);
  }
  yearAt(x) {
    const index = Math.round((x - HANDLE / 2) / this.yearWidth);
    return this.firstYear + Math.min(Math.max(index, 0), this.years - 1);
  }
}

function grid(scale, width) {
  const lines = [];
  for (let count = 0; count <= scale.top; count += scale.step) {
    const y = scale.y(count);
    lines.push(draw('line', {class: count ? 'grid' : 'axis', x1: 0, x2: width, y1: y, y2: y}));
    if (count)
      lines.push(
          draw('text', {x: 0, y: y - 5}, count === scale.top ? `${count} members` : String(count)));
  }
  const every = scale.yearWidth * 10 > 60 ? 10 : 20;
  const last = scale.firstYear + scale.years;
  for (let year = Math.ceil(scale.firstYear / every) * every; year < last; year += every) {
    const x = scale.x(year + 0.5);
    lines.push(
        draw('line', {class: 'axis', x1: x, x2: x, y1: scale.y(0), y2: scale.y(0) + 4}),
        draw('text', {class: 'year', x, y: scale.y(0) + 18}, String(year)));
  }
  return lines;
}

// Path of steps, one a year, over `counts`.
function steps(scale, counts) {
  return counts.map((count, i) => {
    const year = scale.firstYear + i;
    return `${scale.x(year)},${scale.y(count)} ${scale.x(year + 1)},${scale.y(count)}`;
  });
}

function curves(scale, periods) {
  const certain = steps(scale, periods.map((period) => period.certain));
  const possible = steps(scale, periods.map((period) => period.possible));
  const backwards = [...certain].reverse().map((step) => step.split(' ').reverse().join(' '));
  return [
    draw('path', {
      class: 'possible',
      'data-kind': 'possible',
      d: `M${possible.join(' ')} ${backwards.join(' ')}Z`
    }),
    draw('path', {class: 'edge', d: `M${possible.join(' ')}`}),
    draw('path', {class: 'certain', 'data-kind': 'certain', d: `M${certain.join(' ')}`}),
  ];
}

function yearOf(day) {
  const year = Number(day.slice(0, 4));
  return year + (Date.parse(day) - Date.parse(`${day.slice(0, 4)}-01-01`)) / MS_PER_YEAR;
}

// A count that a source reported: a point, and a line over the days that its date may mean.
function reportedPoint(scale, {count, date}) {
  const from = scale.x(yearOf(date.earliest ?? date.latest));
  const to = scale.x(yearOf(date.latest ?? date.earliest));
  const y = scale.y(count);
  return draw(
      'g', {class: 'reported', 'data-date': date.text, 'data-count': count},
      draw('line', {x1: from, x2: to, y1: y, y2: y}),
      draw('circle', {cx: (from + to) / 2, cy: y, r: 3.5}));
}

// Members at the end of each year, drawn whenever the width of `element` changes. `onPick` is told
// the index of the period pointed at; `mark` marks one.
export function membersChart(periods, reported, onPick) {
  const element = document.createElement('div');
  const firstYear = Number(periods[0].period);
  const most =
      Math.max(...periods.map((period) => period.possible), ...reported.map(({count}) => count), 1);
  const label = `Steps, one a year from ${firstYear} to ${
      periods[periods.length - 1].period}; the figures are in the table below.`;
  let marked = 0;
  let scale;
  const cursor = draw('g', {class: 'cursor'});

  function mark(index) {
    marked = index;
    if (!scale) return;  // Not drawn yet.
    const {certain, possible} = periods[index];
    const x = scale.x(firstYear + index + 0.5);
    cursor.replaceChildren(
        draw('line', {x1: x, x2: x, y1: TOP, y2: scale.y(0)}),
        draw('circle', {class: 'at-possible', cx: x, cy: scale.y(possible), r: 4}),
        draw('circle', {class: 'at-certain', cx: x, cy: scale.y(certain), r: 4.5}));
  }

  function redraw() {
    const {clientWidth: width, clientHeight: height} = element;
    if (width === 0) return;
    scale = new YearScale(width, height, firstYear, periods.length, most);
    const svg = canvas(width, height, label);
    svg.append(
        ...grid(scale, width), ...curves(scale, periods),
        ...reported.map((count) => reportedPoint(scale, count)), cursor);
    svg.addEventListener('pointermove', (event) => onPick(scale.yearAt(event.offsetX) - firstYear));
    element.replaceChildren(svg);
    mark(marked);
  }

  new ResizeObserver(redraw).observe(element);
  return {element, mark};
}

// Percentages of several rows are drawn to one scale, from 0 to `top`.
export function percentScale(observations) {
  const most = Math.max(...observations.map(({high, value}) => high ?? value ?? 0), 1);
  const step = stepFor(most, 4);
  return {step, top: Math.ceil(most / step) * step};
}

function percentAt({top}, value) {
  return `${value / top * 100}%`;
}

function percentGrid(scale) {
  const lines = [];
  for (let value = 0; value <= scale.top; value += scale.step) {
    const x = percentAt(scale, value);
    lines.push(draw('line', {class: value ? 'grid' : 'axis', x1: x, x2: x, y1: 0, y2: '100%'}));
  }
  return lines;
}

export function percentAxis(scale) {
  const svg = draw('svg', {class: 'axis', 'aria-hidden': 'true'});
  for (let value = 0; value <= scale.top; value += scale.step) {
    const isLast = value === scale.top;
    const anchor = value === 0 ? 'start' : isLast ? 'end' : 'middle';
    svg.append(draw(
        'text', {x: percentAt(scale, value), y: 12, 'text-anchor': anchor},
        isLast ? `${value} %` : String(value)));
  }
  return svg;
}

// One value as a point, with the band of what it may have been before rounding.
export function percentPlot(scale, {value, low, high}, rank) {
  const svg =
      draw('svg', {class: `plot rank-${rank}`, 'aria-hidden': 'true'}, ...percentGrid(scale));
  if (value === undefined) return svg;
  const x = percentAt(scale, value);
  svg.append(draw('line', {class: 'stem', x1: 0, x2: x, y1: '50%', y2: '50%'}));
  if (low !== undefined && high !== undefined) {
    svg.append(draw('rect', {
      class: 'bounds',
      x: percentAt(scale, low),
      width: percentAt(scale, high - low),
      y: '15%',
      height: '70%'
    }));
  }
  svg.append(draw('circle', {class: 'value', cx: x, cy: '50%', r: 4.5}));
  return svg;
}
