extension EvaluationPage {
    /// Colours follow the reader's choice of light or dark; everything narrows down to a phone.
    static let style = """
        :root { --paper: #fbfaf7; --card: #fff; --ink: #22252b; --soft: #646a75; --line: #dedbd3; --bar: #a9b8c9;
          --best: #1d6fb8; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #16181c; --card: #1e2126; --ink: #e8e6e1; --soft: #9aa1ad; --line: #353a42; --bar: #4d5c6e;
            --best: #5aa9ee; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 8px; }
        h2 { font-size: 1.2rem; margin: 0 0 12px; }
        h3 { font-size: 1rem; margin: 20px 0 8px; overflow-wrap: anywhere; }
        small { color: var(--soft); font-weight: normal; }
        .lead, footer { color: var(--soft); max-width: 70ch; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px;
          margin: 20px 0; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 4px 14px 4px 0; text-align: right; white-space: nowrap; }
        thead th { color: var(--soft); font-weight: normal; border-bottom: 1px solid var(--line); }
        th:first-child { text-align: left; }
        tbody th { font-weight: normal; }
        tr.best th, tr.best td { font-weight: 600; color: var(--best); }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 16px;
          margin: 16px 0; align-items: start; }
        figure { margin: 0; }
        .plot { width: 100%; max-width: 560px; height: auto; display: block; }
        .plot text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        .plot .tick, .plot .axis { fill: var(--soft); }
        .grid { stroke: var(--line); stroke-width: 1; }
        .bar { fill: var(--bar); }
        .bar.best, .dot { fill: var(--best); }
        .gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px;
          align-items: start; }
        .gallery figure { max-width: 260px; }
        .gallery img { width: 100%; height: auto; display: block; image-rendering: pixelated; margin-bottom: 4px;
          background: #000; border-radius: 3px; }
        figcaption { font-size: .85rem; overflow-wrap: anywhere; }
        summary { cursor: pointer; color: var(--soft); }
        """
}
