extension BatchPage {
    /// What the list and the totals need besides `PreviewPage.style`; its colours.
    static let style = """
        :root { --bad: #b3261e; --good: #1a6b2f; }
        @media (prefers-color-scheme: dark) { :root { --bad: #ff9b93; --good: #7fd497; } }
        a { color: var(--accent); }
        small { font-weight: normal; }
        dl.totals { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr));
          gap: 16px 24px; margin: 0; }
        dl.totals dt { color: var(--soft); font-size: .9rem; }
        dl.totals dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        dl.totals small { display: block; color: var(--soft); }
        .troubles table { width: 100%; }
        .troubles th, .troubles td { text-align: left; }
        .troubles td { overflow-wrap: anywhere; }
        .troubles tbody th { width: 40%; }
        .filters { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 8px 0 12px; }
        html:not(.scripted) .filters { display: none; }
        .filters label { display: flex; align-items: center; gap: 8px; color: var(--soft); font-size: .9rem; }
        .filters select { width: auto; }
        input[type=search] { font: inherit; font-size: 1rem; color: var(--ink); background: var(--card);
          border: 1px solid var(--edge); border-radius: 8px; min-height: 44px; padding: 0 12px; min-width: 0; }
        #shown { color: var(--soft); font-size: .9rem; font-variant-numeric: tabular-nums; }
        #files { list-style: none; margin: 0; padding: 0; }
        #files > li { border-top: 1px solid var(--line); padding: 14px 0; content-visibility: auto;
          contain-intrinsic-size: auto 110px; }
        #files > li:has(.looks) { contain-intrinsic-size: auto 420px; }
        #files h3 { font-size: 1rem; margin: 0 0 4px; display: flex; gap: 4px 12px; flex-wrap: wrap;
          justify-content: space-between; }
        .name { overflow-wrap: anywhere; min-width: 0; }
        .state { font-weight: normal; font-size: .9rem; color: var(--soft); white-space: nowrap; }
        .done .state { color: var(--good); }
        .quarantined .state, .missing .state, .reason { color: var(--bad); }
        .skipped .reason { color: var(--soft); }
        .reason { margin: 0 0 4px; overflow-wrap: anywhere; }
        .looks { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
        .looks figure { margin: 0; max-width: 100%; }
        .looks img { display: block; max-width: 100%; height: auto; border-radius: 4px; background: var(--stage); }
        .looks figcaption { color: var(--soft); font-size: .85rem; padding-top: 2px; }
        dl.facts { display: flex; flex-wrap: wrap; gap: 2px 24px; margin: 0; font-size: .9rem;
          font-variant-numeric: tabular-nums; }
        dl.facts > div { display: flex; gap: 8px; max-width: 100%; }
        dl.facts dt { color: var(--soft); flex: none; }
        dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        dl.remarks { font-size: .9rem; }
        dl.remarks dd, dd { overflow-wrap: anywhere; min-width: 0; }
        dl.remarks dt, details dt { color: var(--soft); }
        #files summary { font-size: .9rem; color: var(--soft); width: fit-content; }
        @media (min-width: 1400px) { main { display: block; } }
        @media (max-width: 720px) {
          .troubles tbody th { width: auto; }
          .troubles td { text-align: right; }
          .troubles td::before { flex: none; }
          .filters label { flex: 1 1 100%; }
          .filters label > * { flex: 1; width: 100%; }
          dl.totals { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          dl.totals dd { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
          dl.facts dd { margin: 0; } }
        """

    /// Filters and sorts the list; without it all of the list is there.
    static let script = #"""
        (() => {
          'use strict';
          const list = document.getElementById('files');
          if (!list) return;
          const [search, state, order, shown] =
            ['search', 'state', 'order', 'shown'].map(id => document.getElementById(id));
          const items = [...list.children].map((element, index) => {
            const name = element.querySelector('.name').textContent;
            const { state, size, work, warned } = element.dataset;
            return { element, index, name, text: element.querySelector('h3').textContent.toLowerCase()
              + (element.querySelector('.reason')?.textContent ?? '').toLowerCase(),
              state, size: Number(size), work: Number(work), warned: warned !== undefined };
          });
          const orders = {
            '': (a, b) => a.index - b.index,
            name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
            size: (a, b) => b.size - a.size || a.index - b.index,
            work: (a, b) => b.work - a.work || a.index - b.index,
          };
          const filter = () => {
            const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
            let count = 0;
            for (const item of items) {
              const fits = (!state.value || (state.value === '!' ? item.warned : item.state === state.value))
                && words.every(word => item.text.includes(word));
              item.element.hidden = !fits;
              if (fits) count += 1;
            }
            shown.textContent = `${count} of ${items.length}`;
          };
          search.addEventListener('input', filter);
          state.addEventListener('change', filter);
          order.addEventListener('change', () => {
            list.append(...items.sort(orders[order.value]).map(item => item.element));
          });
          // What a browser remembers of an earlier visit holds.
          if (order.value) order.dispatchEvent(new Event('change'));
          filter();
        })();
        """#
}
