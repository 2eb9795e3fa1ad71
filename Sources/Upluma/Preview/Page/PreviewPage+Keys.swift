extension PreviewPage {
    /// Keys of the divider, of the stage, and of the whole page; and the beginning of it all.
    static let keyScript = #"""
        const everywhere = find('everywhere');

        // Where a key moves the divider to, or undefined.
        const dividedBy = event => {
          const step = event.shiftKey ? 0.1 : 0.02;
          switch (event.key) {
            case 'ArrowLeft': case 'ArrowDown': return view.divided - step;
            case 'ArrowRight': case 'ArrowUp': return view.divided + step;
            case 'PageDown': return view.divided - 0.1;
            case 'PageUp': return view.divided + 0.1;
            case 'Home': return 0;
            case 'End': return 1;
          }
        };
        divider.addEventListener('keydown', event => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const part = dividedBy(event);
          if (part === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          divide(part);
        });

        // What is shown moves in the direction of the arrow, by a tenth of the stage.
        const panBy = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
        stage.addEventListener('keydown', event => {
          const direction = panBy[event.key];
          if (event.target !== stage || !direction || event.ctrlKey || event.metaKey || event.altKey || !isLarge()) return;
          event.preventDefault();
          const part = event.shiftKey ? 0.5 : 0.1;
          pan(direction[0] * part * stage.clientWidth, direction[1] * part * stage.clientHeight);
        });

        const chooseByKey = event => {
          const digit = /^Digit([1-9])$/.exec(event.code);
          if (!digit) return false;
          choose(event.shiftKey ? 'left' : 'right', Number(digit[1]) - 1);
          return true;
        };
        const keys = {
          '+': () => zoomStep(1), '=': () => zoomStep(1), '-': () => zoomStep(-1), '−': () => zoomStep(-1),
          '0': () => actual(), 'f': refit, 'p': () => step(-1), 'n': () => step(1),
        };
        let swapKeySince = null;
        document.addEventListener('keydown', event => {
          if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
          if (event.target.closest('select, input')) return;
          if (!everywhere.checked && !viewer.contains(event.target)) return;
          const key = event.key.toLowerCase();
          if (key === 'x') {
            if (event.repeat) return;
            swapKeySince = performance.now();
            swap();
          } else if (Object.hasOwn(keys, key)) {
            keys[key]();
          } else if (!chooseByKey(event)) {
            return;
          }
          event.preventDefault();
        });
        document.addEventListener('keyup', event => {
          if (event.key.toLowerCase() !== 'x' || swapKeySince === null) return;
          if (performance.now() - swapKeySince > longClick) swap();
          swapKeySince = null;
        });

        show(0);
        """#
}
