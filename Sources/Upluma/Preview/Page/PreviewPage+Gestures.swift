extension PreviewPage {
    /// Mouse, pen, touch and wheel on the stage.
    static let gestureScript = #"""
        // Pointers that are down, by number, with their places on the stage.
        const pointers = new Map();
        // What they do: move the divider, pan, pinch, or nothing yet; with what is needed to go on.
        let gesture = null;

        const placeOf = event => {
          const box = stage.getBoundingClientRect();
          return { x: event.clientX - box.left, y: event.clientY - box.top };
        };
        const dividerPlace = () => view.divided * stage.clientWidth;
        const pinchOf = () => {
          const [a, b] = [...pointers.values()];
          return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, span: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
        };

        // One pointer begins at `place`: on the handle it takes that along, elsewhere it pans what is large, and moves the
        // divider to where it is otherwise.
        const begin = (place, isHandle) => {
          if (isHandle) return { kind: 'divide', offset: dividerPlace() - place.x };
          if (isLarge()) return { kind: 'pan', from: place };
          return { kind: 'divide', offset: 0 };
        };

        stage.addEventListener('pointerdown', event => {
          if (event.pointerType === 'mouse' && event.button !== 0) return;
          const place = placeOf(event);
          pointers.set(event.pointerId, place);
          stage.setPointerCapture(event.pointerId);
          if (pointers.size === 1) {
            const isHandle = event.target.closest('#divider') !== null;
            gesture = begin(place, isHandle);
            // A finger may be about to scroll the page: the divider waits until it moves sideways.
            if (!isHandle && gesture.kind === 'divide' && event.pointerType !== 'touch') divide(place.x / stage.clientWidth);
          } else if (pointers.size === 2) {
            gesture = { kind: 'pinch', from: pinchOf() };
          } else {
            gesture = null;
          }
          stage.classList.toggle('held', gesture?.kind === 'pan');
        });

        stage.addEventListener('pointermove', event => {
          if (!pointers.has(event.pointerId) || !gesture) return;
          const place = placeOf(event);
          pointers.set(event.pointerId, place);
          if (gesture.kind === 'divide') {
            divide((place.x + gesture.offset) / stage.clientWidth);
          } else if (gesture.kind === 'pan') {
            const { from } = gesture;
            gesture.from = place;
            pan(place.x - from.x, place.y - from.y);
          } else {
            const { from } = gesture;
            const now = pinchOf();
            gesture.from = now;
            view.x += now.x - from.x;
            view.y += now.y - from.y;
            zoomTo(view.scale * now.span / from.span, now.x, now.y);
          }
        });

        const end = event => {
          if (!pointers.delete(event.pointerId)) return;
          const [last] = pointers.values();
          // The finger that stays after pinching goes on panning.
          gesture = pointers.size === 1 && isLarge() ? { kind: 'pan', from: last } : null;
          stage.classList.toggle('held', gesture !== null);
        };
        stage.addEventListener('pointerup', end);
        stage.addEventListener('pointercancel', end);
        // Two fingers are for the pictures; browsers would scroll the page with them.
        for (const kind of ['touchstart', 'touchmove']) {
          stage.addEventListener(kind, event => {
            if (event.touches.length > 1) event.preventDefault();
          }, { passive: false });
        }

        // Pixels, lines and pages of a wheel, in pixels; a touch pad's pinch comes as a wheel with Ctrl, in small steps.
        stage.addEventListener('wheel', event => {
          const amount = event.deltaY * [1, 33, 400][event.deltaMode] * (event.ctrlKey ? 4 : 1);
          const before = view.scale;
          const place = placeOf(event);
          zoomTo(view.scale * 2 ** (-limit(amount, -400, 400) / 400), place.x, place.y);
          // At either end the page scrolls on.
          if (view.scale !== before || event.ctrlKey) event.preventDefault();
        }, { passive: false });

        stage.addEventListener('dblclick', event => {
          if (event.target.closest('#divider')) return;
          const place = placeOf(event);
          if (!view.fitted) refit(); else zoomTo(Math.max(actualScale(), 2 * fitScale()), place.x, place.y);
        });

        // A click swaps for good; holding longer than a click swaps back when it is let go.
        const longClick = 400;
        const swapButton = find('swap');
        let heldSince = null;
        const letGo = isCancelled => {
          if (heldSince === null) return;
          if (isCancelled || performance.now() - heldSince > longClick) swap();
          heldSince = null;
        };
        swapButton.addEventListener('pointerdown', event => {
          if (event.button !== 0) return;
          swapButton.setPointerCapture(event.pointerId);
          heldSince = performance.now();
          swap();
        });
        swapButton.addEventListener('pointerup', () => letGo(false));
        swapButton.addEventListener('pointercancel', () => letGo(true));
        swapButton.addEventListener('contextmenu', event => { if (heldSince !== null) event.preventDefault(); });
        // From the keyboard or an assistive technology, which have no pointer.
        swapButton.addEventListener('click', event => { if (event.detail === 0) swap(); });
        """#
}
