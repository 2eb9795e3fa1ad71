extension PreviewPage {
    /// Where and how large pictures are shown, the same for all of them: zoom, place, divider.
    static let viewScript = #"""
        // Scale is pixels of the page (CSS pixels) for a picture's line; x and y is where the picture's corner lies.
        // Divided is the divider's place, 0 at the left edge of the stage and 1 at the right one.
        const view = { scale: 1, x: 0, y: 0, fitted: true, divided: 0.5 };
        const size = () => ({ width: stage.clientWidth, height: stage.clientHeight });
        const fitScale = () => Math.min(stage.clientWidth / data.width, stage.clientHeight / data.height);
        // 100 % is a pixel of the screen for a picture's line.
        const actualScale = () => 1 / devicePixelRatio;
        const lowest = () => Math.min(fitScale(), actualScale());
        const highest = () => Math.max(fitScale(), 16 * actualScale());
        const zoomSteps = [0.05, 0.1, 0.17, 0.25, 0.33, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16];

        // Centred where the picture is smaller than the stage; otherwise without a gap. Whole pixels of the screen.
        const placed = (offset, length, room) => {
          const free = length <= room ? (room - length) / 2 : limit(offset, room - length, 0);
          return Math.round(free * devicePixelRatio) / devicePixelRatio;
        };

        const draw = () => {
          const { width, height } = size();
          const { scale } = view;
          view.x = placed(view.x, data.width * scale, width);
          view.y = placed(view.y, data.height * scale, height);
          const line = Math.round(view.divided * width);
          // In the picture's own pixels, as it is cut before it is moved.
          const cut = limit((line - view.x) / scale, 0, data.width);
          for (const element of pictures.children) {
            element.style.transform = `translate(${view.x}px, ${view.y}px) scale(${scale})`;
            element.style.clipPath = element.className === 'right' ? `inset(0 0 0 ${cut}px)` : '';
          }
          const zoom = scale * devicePixelRatio;
          // A hair's breadth, for what was lost in dividing and multiplying.
          stage.classList.toggle('pixels', zoom > 2 - 1e-6);
          stage.classList.toggle('large', isLarge());
          divider.hidden = shown.left === shown.right;
          divider.style.transform = `translateX(${line}px)`;
          const percent = Math.round(100 * view.divided);
          divider.ariaValueNow = percent;
          divider.ariaValueText = `${percent} % ${label('left')}, ${100 - percent} % ${label('right')}`;
          find('percent').textContent = `${Math.round(100 * zoom)} %`;
          find('zoom-in').disabled = scale > highest() * (1 - 1e-6);
          find('zoom-out').disabled = scale < lowest() * (1 + 1e-6);
          const [left, right] = [find('left-tag'), find('right-tag')];
          left.classList.toggle('covered', line < left.offsetWidth + 12);
          right.classList.toggle('covered', width - line < right.offsetWidth + 12);
          right.hidden = shown.left === shown.right;
        };

        // Whether something lies outside of the stage.
        const isLarge = () => {
          const { width, height } = size();
          return data.width * view.scale > width + 0.5 || data.height * view.scale > height + 0.5;
        };

        // What lies at (x, y) of the stage stays there.
        const zoomTo = (scale, x, y) => {
          const next = limit(scale, lowest(), highest());
          const factor = next / view.scale;
          view.x = x - (x - view.x) * factor;
          view.y = y - (y - view.y) * factor;
          view.scale = next;
          view.fitted = Math.abs(next / fitScale() - 1) < 1e-6;
          draw();
        };
        const middle = () => [stage.clientWidth / 2, stage.clientHeight / 2];
        const refit = () => zoomTo(fitScale(), ...middle());
        const actual = (x = middle()[0], y = middle()[1]) => zoomTo(actualScale(), x, y);
        // To the next step in that direction; the whole picture is one of them.
        const zoomStep = direction => {
          const steps = [...zoomSteps.map(zoom => zoom * actualScale()), fitScale()].sort((a, b) => a - b);
          const next = direction > 0
            ? steps.find(step => step > view.scale * 1.001) : steps.findLast(step => step < view.scale * 0.999);
          zoomTo(next ?? view.scale, ...middle());
          say(`Zoom ${find('percent').textContent}`);
        };
        const pan = (x, y) => { view.x += x; view.y += y; draw(); };
        const divide = part => { view.divided = limit(part, 0, 1); draw(); };

        find('zoom-in').addEventListener('click', () => zoomStep(1));
        find('zoom-out').addEventListener('click', () => zoomStep(-1));
        find('fit').addEventListener('click', refit);
        find('actual').addEventListener('click', () => actual());

        // What is in the middle stays there, and a whole picture stays whole.
        let known = size();
        new ResizeObserver(() => {
          const now = size();
          view.x += (now.width - known.width) / 2;
          view.y += (now.height - known.height) / 2;
          known = now;
          if (view.fitted) refit(); else zoomTo(view.scale, ...middle());
        }).observe(stage);
        """#
}
