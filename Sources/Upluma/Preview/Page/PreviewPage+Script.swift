extension PreviewPage {
    /// The page's script, plain and without libraries, in one scope.
    static let script = [
        "(() => {", "'use strict';", picturesScript, viewScript, gestureScript, keyScript, "})();",
    ].joined(separator: "\n")

    /// Which pictures are shown: state, loading, choices, moments.
    private static let picturesScript = #"""
        const find = id => document.getElementById(id);
        const limit = (value, low, high) => Math.min(Math.max(value, low), high);
        const data = JSON.parse(find('data').textContent);
        const [viewer, stage, divider, pictures, store] =
          ['viewer', 'stage', 'divider', 'pictures', 'store'].map(find);
        const choices = { left: find('left'), right: find('right') };

        // Of the moment on the stage; left and right are places in the list of versions.
        const shown = { moment: 0, left: 0, right: Math.min(1, data.versions.length - 1) };
        const label = side => data.versions[shown[side]].label;

        // A picture's element. It stays in the document: on the stage, or in the store. What is text until now becomes a
        // picture, and the text goes.
        const image = (moment, version) => {
          const id = `picture-${moment}-${version}`;
          const held = find(id);
          if (!held || held instanceof HTMLImageElement) return held;
          const text = atob(held.textContent);
          const bytes = new Uint8Array(text.length);
          for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
          const element = new Image();
          element.alt = `${data.versions[version].label} at ${data.moments[moment].time}`;
          element.decoding = 'async';
          element.src = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
          held.replaceWith(element);
          element.id = id;
          return element;
        };

        const decoded = images => Promise.allSettled(images.filter(Boolean).map(element => element.decode()));

        // A moment need not have every version.
        const available = (moment, version) => {
          const versions = data.moments[moment].versions;
          return versions.includes(version) ? version : versions[Math.min(versions.length - 1, version)];
        };

        // Puts a moment on the stage once its two pictures are ready, so that nothing flickers; the last call wins.
        let latest = 0;
        let wanted = 0;
        const show = async moment => {
          const call = latest += 1;
          wanted = moment;
          const [left, right] = [available(moment, shown.left), available(moment, shown.right)];
          await decoded([image(moment, left), image(moment, right)]);
          if (call !== latest) return;
          store.append(...pictures.children);
          Object.assign(shown, { moment, left, right });
          for (const version of data.moments[moment].versions) {
            const element = image(moment, version);
            Object.assign(element, { draggable: false, decoding: 'sync' });
            element.style.width = `${data.width}px`;
            element.style.height = `${data.height}px`;
            pictures.append(element);
          }
          if (!stage.dataset.ready) { stage.dataset.ready = 'yes'; refit(); }
          follow();
          decoded([...pictures.children]);
        };

        // Everything that says which pictures are shown.
        const follow = () => {
          const { moment, left, right } = shown;
          const here = data.moments[moment];
          for (const element of pictures.children) {
            element.className =
              element.id === `picture-${moment}-${left}` ? 'left'
              : element.id === `picture-${moment}-${right}` ? 'right' : '';
            element.ariaHidden = element.className ? null : 'true';
          }
          for (const side of ['left', 'right']) {
            choices[side].value = shown[side];
            for (const option of choices[side].options) option.disabled = !here.versions.includes(Number(option.value));
            find(`${side}-tag`).textContent = label(side);
          }
          find('place').textContent =
            data.moments.length > 1 ? `${moment + 1} of ${data.moments.length} · ${here.time}` : here.time;
          find('previous').disabled = moment === 0;
          find('next').disabled = moment === data.moments.length - 1;
          for (const button of document.querySelectorAll('.strip button')) {
            if (Number(button.dataset.moment) !== moment) { button.removeAttribute('aria-current'); continue; }
            button.ariaCurrent = 'true';
            button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
          }
          for (const table of document.querySelectorAll('.figures')) table.hidden = table.id !== `figures-${moment}`;
          for (const row of document.querySelectorAll('tr[data-version]')) {
            const version = Number(row.dataset.version);
            row.querySelector('.shown').textContent =
              left === right ? '' : version === left ? '◧ left' : version === right ? '◨ right' : '';
          }
          draw();
          const place = data.moments.length > 1 ? `Moment ${moment + 1} of ${data.moments.length}, ` : '';
          say(`${place}${here.time}: left ${label('left')}, right ${label('right')}`);
        };

        const say = text => { if (find('status').textContent !== text) find('status').textContent = text; };

        // The same picture on both sides says nothing: the other side takes what this one had.
        const choose = (side, version) => {
          if (!data.moments[shown.moment].versions.includes(version)) return;
          const other = side === 'left' ? 'right' : 'left';
          if (shown[other] === version) shown[other] = shown[side];
          shown[side] = version;
          follow();
        };
        const swap = () => choose('left', shown.right);
        const step = by => {
          const moment = limit(wanted + by, 0, data.moments.length - 1);
          if (moment !== wanted) show(moment);
        };

        for (const side of ['left', 'right']) {
          choices[side].addEventListener('change', event => choose(side, Number(event.target.value)));
        }
        find('previous').addEventListener('click', () => step(-1));
        find('next').addEventListener('click', () => step(1));
        for (const button of document.querySelectorAll('.strip button')) {
          button.addEventListener('click', () => show(Number(button.dataset.moment)));
        }
        """#
}
