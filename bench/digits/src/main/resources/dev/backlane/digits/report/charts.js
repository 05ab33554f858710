'use strict';

/** Drawings with D3, each a figure that has the same numbers as a table below it. */
const charts = (() => {
  const SERIES = 6;
  const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 4', '1 4'];
  const colour = i => `var(--s${i % SERIES})`;
  const short = value => Number.isFinite(value)
    ? value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? d3.format('.2e')(value) : d3.format('.4~g')(value)
    : String(value);

  /** A figure with a drawing; its content is replaced if it is there already. */
  function figure(host, key, title, width, height, label) {
    const box = d3.select(host).selectAll(`figure[data-chart="${key}"]`).data([0]).join('figure').attr('data-chart', key)
      .style('max-width', `min(100%, ${width + 26}px)`);
    box.html('');
    box.append('figcaption').text(title);
    const svg = box.append('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('width', width).attr('height', height)
      .attr('role', 'img').attr('aria-label', label);
    return { box, svg };
  }

  function table(box, head, rows) {
    const details = box.append('details');
    details.append('summary').text('Numbers');
    // Scrollable, hence to be reached by the keyboard.
    const body = details.append('div').attr('class', 'scroll').attr('tabindex', 0).append('table');
    body.append('thead').append('tr').selectAll('th').data(head).join('th').attr('scope', 'col').text(d => d);
    body.append('tbody').selectAll('tr').data(rows).join('tr').selectAll('td').data(row => row).join('td')
      .text(d => typeof d === 'number' ? short(d) : d);
  }

  function axes(svg, x, y, { left, top, right, bottom, width, height }, { xLabel, yFormat, xTicks }) {
    const inner = width - left - right;
    svg.append('g').attr('class', 'grid').attr('transform', `translate(${left},0)`)
      .call(d3.axisLeft(y).ticks(5).tickSize(-inner).tickFormat('')).call(g => g.select('.domain').remove());
    svg.append('g').attr('transform', `translate(${left},0)`).call(d3.axisLeft(y).ticks(5, yFormat));
    svg.append('g').attr('transform', `translate(0,${height - bottom})`)
      .call(d3.axisBottom(x).ticks(xTicks, '~g'));
    svg.append('text').attr('x', left + inner / 2).attr('y', height - 4).attr('text-anchor', 'middle').text(xLabel);
  }

  /** Lines: series are {name, points: [[x, y], …], thin}; what is not a positive number has no place on a log scale. */
  function lines(host, key, title, series, { xLabel, log = false, yFormat, low, high }) {
    const place = { left: 62, top: 12, right: 14, bottom: 38, width: 540, height: 280 };
    const shown = series.map(s => ({ ...s, points: s.points.filter(p => Number.isFinite(p[1]) && (!log || p[1] > 0)) }));
    const all = shown.flatMap(s => s.points);
    const { box, svg } = figure(host, key, title, place.width, place.height, `${title}: ${series.map(s => s.name).join(', ')}`);
    const [x0, x1] = d3.extent(all, p => p[0]);
    const [y0, y1] = d3.extent(all, p => p[1]);
    const bottom = low ?? y0 ?? 0;
    const top = high ?? y1 ?? 1;
    const from = Math.floor(x0 ?? 0);
    const x = d3.scaleLinear([from, Math.max(x1 ?? 0, from + 1)], [place.left, place.width - place.right]);
    const range = [place.height - place.bottom, place.top];
    const y = log ? d3.scaleLog([y0 ?? 1, y1 === y0 ? (y0 ?? 1) * 10 : y1], range).nice()
      : d3.scaleLinear([bottom, top > bottom ? top : bottom + 1], range).nice();
    const xTicks = Math.max(1, Math.min(10, Math.ceil(x.domain()[1] - x.domain()[0])));
    axes(svg, x, y, place, { xLabel, yFormat: log ? '.0e' : yFormat, xTicks });
    const path = d3.line(p => x(p[0]), p => y(p[1]));
    shown.forEach((s, i) => {
      svg.append('path').attr('class', 'mark').attr('d', path(s.points)).attr('fill', 'none').attr('stroke', colour(i))
        .attr('stroke-width', s.thin ? 1 : 2).attr('stroke-dasharray', s.thin ? '' : DASHES[i % DASHES.length]);
      if (!s.thin) {
        svg.append('g').selectAll('circle').data(s.points).join('circle').attr('class', 'mark')
          .attr('cx', p => x(p[0])).attr('cy', p => y(p[1])).attr('r', 3).attr('fill', colour(i))
          .append('title').text(p => `${s.name}, ${xLabel} ${short(p[0])}: ${short(p[1])}`);
      }
    });
    const legend = box.append('ul').attr('class', 'legend').selectAll('li').data(shown).join('li');
    legend.append('svg').attr('width', 28).attr('height', 8).attr('aria-hidden', 'true').append('line')
      .attr('x2', 28).attr('y1', 4).attr('y2', 4).attr('stroke', (s, i) => colour(i)).attr('stroke-width', s => s.thin ? 1 : 2)
      .attr('stroke-dasharray', (s, i) => s.thin ? '' : DASHES[i % DASHES.length]);
    legend.append('span').text(s => s.name);
    table(box, [xLabel, ...series.map(s => s.name)], byX(series));
  }

  function byX(series) {
    const rows = new Map();
    series.forEach((s, i) => s.points.forEach(([x, y]) => {
      if (!rows.has(x)) {
        rows.set(x, Array(series.length).fill(''));
      }
      rows.get(x)[i] = y;
    }));
    return [...rows].sort((a, b) => a[0] - b[0]).map(([x, ys]) => [x, ...ys]);
  }

  /** Bars to either side of 0: rows are {name, value, note}. */
  function bars(host, key, title, rows, { width = 540, valueName }) {
    const left = 96;
    const step = 22;
    const height = rows.length * step + 12;
    const { box, svg } = figure(host, key, title, width, height, `${title}, ${rows.length} bars`);
    const most = d3.max(rows, r => Math.abs(r.value)) || 1;
    const signed = rows.some(r => r.value < 0);
    const x = d3.scaleLinear(signed ? [-most, most] : [0, most], [left + (signed ? 70 : 0), width - 84]);
    const g = svg.append('g').selectAll('g').data(rows).join('g').attr('transform', (r, i) => `translate(0,${6 + i * step})`);
    g.append('text').attr('class', 'strong').attr('x', left - 8).attr('y', step / 2 + 2).attr('text-anchor', 'end').text(r => r.name);
    g.append('rect').attr('class', 'mark').attr('x', r => Math.min(x(0), x(r.value))).attr('y', 3)
      .attr('width', r => Math.max(.5, Math.abs(x(r.value) - x(0)))).attr('height', step - 8)
      .attr('fill', r => r.value < 0 ? 'var(--down)' : 'var(--up)')
      .append('title').text(r => `${r.name}: ${short(r.value)}${r.note ? ', ' + r.note : ''}`);
    g.append('text').attr('x', r => r.value < 0 ? x(r.value) - 5 : x(r.value) + 5).attr('y', step / 2 + 2)
      .attr('text-anchor', r => r.value < 0 ? 'end' : 'start').text(r => short(r.value));
    svg.append('line').attr('x1', x(0)).attr('x2', x(0)).attr('y1', 2).attr('y2', height - 2).attr('stroke', 'var(--soft)');
    table(box, ['', valueName, 'note'], rows.map(r => [r.name, r.value, r.note ?? '']));
  }

  /** A matrix of counts; the diagonal has a scale of its own, since it would drown the rest. */
  function matrix(host, key, title, counts, { rowName, columnName }) {
    const n = counts.length;
    const cell = 44;
    const left = 70;
    const top = 44;
    const size = n * cell;
    const { box, svg } = figure(host, key, title, left + size + 10, top + size + 10, `${title}: ${n} by ${n} counts`);
    const wrong = d3.max(counts.flatMap((row, i) => row.filter((c, j) => i !== j))) || 1;
    const right = d3.max(counts.map((row, i) => row[i])) || 1;
    const cells = counts.flatMap((row, i) => row.map((count, j) => ({ i, j, count })));
    const strength = d => d.i === d.j ? .15 + .35 * d.count / right : .9 * Math.sqrt(d.count / wrong);
    const g = svg.selectAll('g').data(cells).join('g')
      .attr('transform', d => `translate(${left + d.j * cell},${top + d.i * cell})`);
    g.append('rect').attr('class', 'mark').attr('width', cell - 2).attr('height', cell - 2).attr('rx', 3)
      .attr('fill', d => d.i === d.j ? 'var(--up)' : 'var(--down)').attr('fill-opacity', strength)
      .attr('stroke', 'var(--line)')
      .append('title').text(d => `${d.count} images of ${d.i} read as ${d.j}`);
    g.filter(d => d.count > 0).append('text').attr('class', 'strong').attr('x', cell / 2 - 1).attr('y', cell / 2 + 4)
      .attr('text-anchor', 'middle').text(d => d.count);
    const digits = d3.range(n);
    svg.append('g').selectAll('text').data(digits).join('text').attr('class', 'strong').attr('x', left - 10)
      .attr('y', d => top + d * cell + cell / 2 + 4).attr('text-anchor', 'end').text(d => d);
    svg.append('g').selectAll('text').data(digits).join('text').attr('class', 'strong').attr('y', top - 8)
      .attr('x', d => left + d * cell + cell / 2).attr('text-anchor', 'middle').text(d => d);
    svg.append('text').attr('x', left + size / 2).attr('y', 14).attr('text-anchor', 'middle').text(columnName);
    svg.append('text').attr('transform', `translate(16,${top + size / 2}) rotate(-90)`).attr('text-anchor', 'middle').text(rowName);
    table(box, [`${rowName} \\ ${columnName}`, ...digits.map(String)], counts.map((row, i) => [String(i), ...row]));
  }

  /**
   * Neurons in rows: filled by activation, and on each a triangle for its nudge, or an outlined one for the wish of a neuron that
   * cannot follow it, since f′ is 0 there.
   */
  function neurons(host, key, title, items, { columns, names }) {
    const cell = 34;
    const rows = Math.ceil(items.length / columns);
    const label = names ? 16 : 0;
    const height = rows * (cell + label) + 8;
    const { box, svg } = figure(host, key, title, columns * cell + 8, height, `${title}: ${items.length} neurons`);
    const active = d3.max(items, d => Math.abs(d.activation)) || 1;
    const wanted = d => d.nudge || d.wish;
    const strongest = d3.max(items, d => Math.abs(wanted(d))) || 1;
    const g = svg.selectAll('g').data(items).join('g').attr('transform',
      (d, i) => `translate(${4 + (i % columns + .5) * cell},${4 + Math.floor(i / columns) * (cell + label) + cell / 2})`);
    g.append('circle').attr('class', 'mark').attr('r', 14).attr('fill', 'var(--soft)')
      .attr('fill-opacity', d => .65 * Math.min(1, Math.abs(d.activation) / active)).attr('stroke', 'var(--soft)')
      .append('title').text(d => `neuron ${d.neuron}: activation ${short(d.activation)}, wish ${short(d.wish)}, nudge ${short(d.nudge)}`);
    const triangle = d => {
      const s = 2 + 10 * Math.sqrt(Math.abs(wanted(d)) / strongest);
      return wanted(d) > 0 ? `M0,${-s}L${s},${s * .7}L${-s},${s * .7}Z` : `M0,${s}L${s},${-s * .7}L${-s},${-s * .7}Z`;
    };
    g.filter(d => d.wish !== 0).append('path').attr('class', 'nudge').attr('d', triangle)
      .attr('fill', d => d.nudge === 0 ? 'none' : d.nudge > 0 ? 'var(--up)' : 'var(--down)')
      .attr('stroke', d => wanted(d) > 0 ? 'var(--up)' : 'var(--down)').attr('stroke-width', 1.2).attr('pointer-events', 'none');
    if (names) {
      g.append('text').attr('class', 'strong').attr('y', cell / 2 + 11).attr('text-anchor', 'middle').text(d => d.neuron);
    }
    table(box, ['neuron', 'activation', 'wish', 'nudge'], items.map(d => [String(d.neuron), d.activation, d.wish, d.nudge]));
  }

  /** Draws values of an image: 'ink' from 0 to 1, or 'signed' in the colours of more and less. */
  function image(canvas, values, columns, kind) {
    const style = getComputedStyle(document.documentElement);
    const rgb = name => d3.rgb(style.getPropertyValue(name).trim());
    const paper = rgb('--paper');
    const mix = (to, t) => d3.rgb(d3.interpolateRgb(paper, to)(t));
    canvas.width = columns;
    canvas.height = values.length / columns;
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(canvas.width, canvas.height);
    const most = kind === 'ink' ? 1 : d3.max(values, Math.abs) || 1;
    const [ink, up, down] = [rgb('--ink'), rgb('--up'), rgb('--down')];
    values.forEach((value, i) => {
      const c = mix(kind === 'ink' ? ink : value < 0 ? down : up, Math.min(1, Math.abs(value) / most));
      pixels.data.set([c.r, c.g, c.b, 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  }

  return { lines, bars, matrix, neurons, image, short };
})();
