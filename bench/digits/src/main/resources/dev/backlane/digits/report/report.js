'use strict';

(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const element = id => document.getElementById(id);
  const { short } = charts;
  const percent = value => d3.format('.2f')(100 * value) + '%';
  const STRONGEST = 12;
  const NEURONS = 64;
  /** What is to be drawn again when the colours change. */
  const drawings = new Map();

  function canvas(host, values, kind, label, key = host) {
    const drawn = host.querySelector('canvas') ?? host.appendChild(document.createElement('canvas'));
    if (label) {
      drawn.setAttribute('role', 'img');
      drawn.setAttribute('aria-label', label);
    } else {
      drawn.setAttribute('aria-hidden', 'true');
    }
    const draw = () => charts.image(drawn, values, data.columns, kind);
    drawings.set(key, draw);
    draw();
  }

  const inked = pixels => pixels.map(p => p / 255);

  function training() {
    const host = element('training');
    const last = data.epochs.at(-1);
    element('summary').textContent = `${data.network}, ${data.parameters.toLocaleString('en')} parameters; ${data.options}. `
      + `${data.origin}: ${data.test.toLocaleString('en')} test images, of which ${percent(data.accuracy)} are read right.`;
    charts.lines(host, 'loss', 'Loss', [
      { name: 'of batches', points: data.batches, thin: true },
      { name: 'mean of an epoch', points: data.epochs.map(e => [e.epoch, e.loss]) },
    ], { xLabel: 'epoch', low: 0, yFormat: '~r' });
    charts.lines(host, 'accuracy', 'Accuracy on the test images', [
      { name: 'share read right', points: data.epochs.map(e => [e.epoch, e.accuracy]) },
    ], { xLabel: 'epoch', yFormat: '.1%', high: last ? undefined : 1 });
  }

  function mistakes() {
    charts.matrix(element('confusion'), 'confusion', 'Confusion matrix', data.confusion,
      { rowName: 'shown', columnName: 'read as' });
    element('misread-count').textContent = `${data.wrong.toLocaleString('en')} of ${data.test.toLocaleString('en')} test images are `
      + `misread; these ${data.misread.length} most surely. Each opens what it wants.`;
    data.misread.forEach(m => {
      const button = element('misread').appendChild(document.createElement('button'));
      const it = data.explanations[m.explanation];
      button.type = 'button';
      canvas(button, inked(it.pixels), 'ink', `test image ${it.index}`);
      button.append(`${it.label} as ${it.read}, ${percent(m.probability)}`);
      button.addEventListener('click', () => {
        const input = element('digits').querySelector(`input[value="${m.explanation}"]`);
        input.checked = true;
        choose(m.explanation);
        element('wants').scrollIntoView();
        input.focus({ preventScroll: true });
      });
    });
  }

  let chosen = 0;

  function radios(host, name, items, label, onChange) {
    items.forEach((item, i) => {
      const box = host.appendChild(document.createElement('label'));
      const input = box.appendChild(document.createElement('input'));
      input.type = 'radio';
      input.name = name;
      input.value = i;
      input.addEventListener('change', () => onChange(i));
      label(box, item, i);
    });
  }

  function choose(i) {
    chosen = i;
    const it = data.explanations[i];
    element('verdict').textContent = `Test image ${it.index} shows ${it.label} and is read as ${it.read}`
      + ` with ${percent(it.outputs.activations[it.read])}; its cost is ${short(it.cost)}.`;
    images(it);
    charts.bars(element('outputs'), 'outputs', 'The ten outputs: nudges', d3.range(10).map(d => ({
      name: `${d}: ${percent(it.outputs.activations[d])}`,
      value: it.outputs.nudges[d],
      note: `activation ${short(it.outputs.activations[d])}, target ${it.outputs.targets[d]}, wish ${short(it.outputs.wishes[d])}`,
    })), { valueName: 'nudge' });
    const host = element('layers');
    charts.neurons(host, 'layer-output', 'Output layer', d3.range(10).map(d => ({
      neuron: d, activation: it.outputs.activations[d], wish: it.outputs.wishes[d], nudge: it.outputs.nudges[d],
    })), { columns: 10, names: true });
    it.hidden.forEach(layer => {
      const all = layer.wishes.map((wish, n) => ({ neuron: n, activation: layer.activations[n], wish, nudge: layer.nudges[n] }));
      const shown = d3.sort(all, d => -Math.abs(d.wish)).slice(0, NEURONS);
      const of = all.length > shown.length ? `, the ${shown.length} of ${all.length} neurons with the strongest wishes` : '';
      charts.neurons(host, `layer-${layer.layer}`, `Layer ${layer.layer}${of}`, shown, { columns: 16 });
    });
    element('neurons').querySelectorAll('input')[it.label].checked = true;
    avenues(it.label);
  }

  function images(it) {
    const host = element('images');
    const part = (key, title, values, kind, label) => {
      let box = host.querySelector(`[data-image="${key}"]`);
      if (!box) {
        box = host.appendChild(document.createElement('figure'));
        box.dataset.image = key;
        box.appendChild(document.createElement('figcaption')).textContent = title;
      }
      canvas(box, values, kind, label, key);
    };
    part('ink', 'The image', inked(it.pixels), 'ink', `test image ${it.index}, a ${it.label}`);
    part('wishes', 'What its pixels should do', it.pixelWishes, 'signed',
      `the wishes for the pixels of test image ${it.index}: blue more ink, red less`);
  }

  /** Bias, weights in proportion to activations, activations in proportion to weights. */
  function avenues(digit) {
    const it = data.explanations[chosen];
    const nudge = it.outputs.nudges[digit];
    const below = it.hidden[0];
    const read = below ? below.activations : inked(it.pixels);
    const summed = below ? below.wishes : it.pixelWishes;
    const what = below ? 'neuron' : 'pixel';
    element('bias').textContent = `1. The bias of output ${digit} should ${nudge < 0 ? 'fall' : 'rise'}: ${short(nudge)}. `
      + `Everything else goes in proportion to that.`;
    const strongest = values => d3.sort(d3.range(values.length), n => -Math.abs(values[n])).slice(0, STRONGEST);
    const weights = read.map(a => nudge * a);
    const wishes = data.outputWeights.map(row => nudge * row[digit]);
    charts.bars(element('avenues'), 'weights', '2. Its weights, in proportion to the activations', strongest(weights).map(n => ({
      name: `${what} ${n}`, value: weights[n], note: `activation ${short(read[n])}`,
    })), { valueName: 'nudge' });
    charts.bars(element('avenues'), 'activations', '3. The activations, in proportion to the weights', strongest(wishes).map(n => ({
      name: `${what} ${n}`, value: wishes[n], note: `weight ${short(data.outputWeights[n][digit])}, all ten outputs' wishes summed `
        + short(summed[n]),
    })), { valueName: 'wish' });
  }

  function explanations() {
    radios(element('digits'), 'digit', data.explanations, (box, it) => {
      canvas(box, inked(it.pixels), 'ink', '');
      box.append(it.label === it.read ? `${it.label}` : `${it.label} as ${it.read}`);
      box.querySelector('input').setAttribute('aria-label', `image ${it.index}: ${it.label} read as ${it.read}`);
    }, choose);
    radios(element('neurons'), 'neuron', d3.range(10), (box, d) => box.append(String(d)), avenues);
    element('digits').querySelector('input').checked = true;
    choose(0);
  }

  function health() {
    const host = element('health');
    const layers = data.health[0].layers;
    element('health-note').textContent = `Measured on ${data.health[0].images} training images, before the first update here and `
      + `after each epoch. Saturated: |f′(z)| below 5% of the largest there is; of a relu: inactive. An update shrinks with the learning rate.`;
    const series = f => layers.map((layer, l) => ({
      name: `layer ${layer.layer}, ${layer.units} ${layer.activation}`,
      points: data.health.map((h, i) => [data.firstEpoch + i, f(h.layers[l])]),
    }));
    charts.lines(host, 'gradient', 'Norm of the gradient', series(l => l.gradientNorm), { xLabel: 'epoch', log: true });
    const curved = (s, l) => layers[l].activation !== 'identity';
    charts.lines(host, 'saturated', 'Saturated units', series(l => l.saturated).filter(curved),
      { xLabel: 'epoch', low: 0, high: 1, yFormat: '.0%' });
    charts.lines(host, 'dead', 'Dead units: saturated for every image', series(l => l.dead).filter(curved), { xLabel: 'epoch', low: 0, yFormat: '~r' });
    charts.lines(host, 'update', 'Norm of an update over that of the weights', series(l => l.updateRatio),
      { xLabel: 'epoch', log: true });
    data.health.at(-1).layers.filter(l => l.activation !== 'identity').forEach(l => {
      const all = d3.sum(l.slopes);
      charts.bars(host, `slopes-${l.layer}`, `|f′| of layer ${l.layer} in the end, shares`, l.slopes.map((count, i) => ({
        name: `${short(i * l.largestSlope / 10)} to ${short((i + 1) * l.largestSlope / 10)}`, value: count / all, note: `${count}`,
      })), { valueName: 'share' });
    });
  }

  function weights() {
    data.firstWeights.forEach(w => {
      const box = element('weights').appendChild(document.createElement('div'));
      canvas(box, w.values, 'signed', `weights of neuron ${w.neuron}`);
      box.append(`neuron ${w.neuron}`);
    });
  }

  training();
  explanations();
  mistakes();
  health();
  weights();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawings.forEach(draw => draw()));
})();
