extension PreviewPage {
    /// Colours follow the reader's choice of light or dark and are neutral around the pictures; everything narrows down
    /// to a phone. Texts have a contrast of 4.5 to what is behind them, the edges of controls one of 3.
    static let style = """
        :root { --paper: #f4f4f4; --card: #ffffff; --surround: #e3e3e3; --stage: #8a8a8a; --ink: #1c1d1f;
          --soft: #55585e; --line: #d8d8d8; --edge: #7d7d7d; --accent: #0b62b0; --on-accent: #ffffff; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #141414; --card: #1e1e1e; --surround: #282828; --stage: #0c0c0c; --ink: #ececec;
            --soft: #a8abb0; --line: #353535; --edge: #808080; --accent: #6db7ff; --on-accent: #10151a; } }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; max-width: 1680px; padding: 16px clamp(12px, 2vw, 28px) 40px; background: var(--paper);
          color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        h1 { font-size: 1.3rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin: 0 0 8px; }
        p { margin: 0 0 8px; }
        .lead, .soft, footer { color: var(--soft); overflow-wrap: anywhere; }
        .soft { max-width: 75ch; }
        .soft, footer, small { font-size: .9rem; }
        header { margin-bottom: 12px; }
        footer { margin-top: 20px; }
        .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; white-space: nowrap;
          clip-path: inset(50%); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        main > section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px;
          margin: 0 0 16px; }
        .scripted #plain, html:not(.scripted) #viewer, html:not(.scripted) #keys { display: none; }
        #plain figure { margin: 0 0 16px; }
        #plain img { display: block; max-width: 100%; height: auto; }
        #plain figcaption { padding-top: 4px; overflow-wrap: anywhere; }

        main > #viewer { background: var(--surround); padding: 12px; position: relative; }
        .choices { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); gap: 8px 12px;
          align-items: end; margin-bottom: 10px; }
        .side { display: flex; flex-direction: column; font-size: .9rem; color: var(--soft); min-width: 0; }
        .side.end { text-align: right; align-items: flex-end; }
        button, select { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge);
          border-radius: 8px; min-height: 44px; min-width: 44px; padding: 0 12px; }
        select { max-width: 100%; width: min(26rem, 100%); text-overflow: ellipsis; }
        button { cursor: pointer; touch-action: manipulation; user-select: none; -webkit-user-select: none; }
        button:hover { border-color: var(--ink); }
        button:active, button[aria-current] { background: var(--accent); border-color: var(--accent);
          color: var(--on-accent); }
        button:disabled { color: var(--soft); border-color: var(--line); background: transparent; cursor: default; }
        #stage { position: relative; width: 100%; aspect-ratio: var(--shape); max-height: calc(100vh - 250px);
          max-height: calc(100svh - 250px); min-height: 200px; background: var(--stage); overflow: hidden;
          border-radius: 6px; touch-action: pan-y; user-select: none; -webkit-user-select: none; cursor: ew-resize; }
        .many #stage { max-height: calc(100vh - 360px); max-height: calc(100svh - 360px); }
        #stage.large { touch-action: none; cursor: grab; }
        #stage.large.held { cursor: grabbing; }
        #pictures { position: absolute; inset: 0; }
        #pictures img { position: absolute; left: 0; top: 0; max-width: none; transform-origin: 0 0; visibility: hidden;
          -webkit-user-drag: none; pointer-events: none; }
        #pictures .left { visibility: visible; z-index: 1; }
        #pictures .right { visibility: visible; z-index: 2; }
        .pixels img { image-rendering: pixelated; }
        .tag { position: absolute; top: 8px; z-index: 3; max-width: 45%; padding: 2px 10px; border-radius: 6px;
          background: rgb(0 0 0 / .78); color: #fff; font-size: .85rem; pointer-events: none; white-space: nowrap;
          overflow: hidden; text-overflow: ellipsis; transition: opacity .15s; }
        .tag.covered { opacity: 0; }
        #left-tag { left: 8px; }
        #right-tag { right: 8px; }
        #divider { position: absolute; top: 0; bottom: 0; left: 0; width: 44px; margin-left: -22px; z-index: 4;
          cursor: ew-resize; outline: none; touch-action: pan-y; }
        #divider::before { content: ""; position: absolute; left: 21px; top: 0; bottom: 0; width: 2px; background: #fff;
          box-shadow: 0 0 0 1px rgb(0 0 0 / .55); }
        .knob { position: absolute; left: 0; bottom: 12px; width: 44px; height: 44px; border-radius: 50%;
          background: rgb(20 20 20 / .8); border: 2px solid #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / .55); }
        .knob::before, .knob::after { content: ""; position: absolute; top: 14px; border: 6px solid transparent; }
        .knob::before { left: 2px; border-right-color: #fff; }
        .knob::after { right: 2px; border-left-color: #fff; }
        #divider:focus-visible .knob { background: #0b62b0; box-shadow: 0 0 0 3px #fff, 0 0 0 6px #0b62b0; }
        .tools { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 10px 20px; margin-top: 10px; }
        .tools > div { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
        .reading { min-width: 4.5em; text-align: center; font-variant-numeric: tabular-nums; }
        .alone button { display: none; }
        nav { margin-top: 10px; }
        .strip { position: relative; display: flex; gap: 8px; overflow-x: auto; list-style: none; margin: 0 -4px; padding: 4px; }
        .strip button { display: flex; flex-direction: column; align-items: center; padding: 4px; gap: 2px;
          font-size: .85rem; font-variant-numeric: tabular-nums; }
        .strip img { display: block; height: 56px; width: auto; max-width: 160px; border-radius: 4px;
          background: var(--stage); }

        table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-bottom: 8px; }
        th, td { padding: 6px 16px 6px 0; text-align: right; vertical-align: top; }
        thead th { color: var(--soft); font-weight: normal; font-size: .9rem; border-bottom: 1px solid var(--line);
          vertical-align: bottom; }
        th:first-child { text-align: left; min-width: 10em; overflow-wrap: anywhere; }
        tbody th { font-weight: 600; }
        td small { display: block; color: var(--soft); }
        .shown { white-space: nowrap; color: var(--accent); font-weight: normal; font-size: .9rem; }
        summary { cursor: pointer; min-height: 44px; display: list-item; padding: 9px 0; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; margin: 4px 0 12px; }
        dt, dd { margin: 0; }
        kbd { font: .85rem ui-monospace, monospace; border: 1px solid var(--edge); border-radius: 4px; padding: 1px 6px; }
        .check { display: flex; gap: 10px; align-items: center; min-height: 44px; }
        .check input { width: 22px; height: 22px; flex: none; accent-color: var(--accent); }
        li { overflow-wrap: anywhere; }

        @media (min-width: 1400px) {
          main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 16px; align-items: start; }
          main > #viewer, #plain { grid-column: 1 / -1; } }
        @media (max-width: 720px) {
          .choices { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
          .choices button { grid-column: 1 / -1; grid-row: 2; }
          main > #viewer { padding: 8px; }
          .tools { justify-content: center; }
          table, tbody, tr, td, tbody th { display: block; }
          thead { display: block; position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          main > section { position: relative; }
          tr { padding: 8px 0; border-bottom: 1px solid var(--line); }
          th, td { padding: 2px 0; }
          td { display: flex; justify-content: space-between; gap: 16px; }
          td::before { content: attr(data-column); color: var(--soft); text-align: left; }
          dl { grid-template-columns: minmax(0, 1fr); gap: 2px; }
          dd { margin-bottom: 8px; } }
        @media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important; } }
        @media (forced-colors: active) { .knob, #divider::before { forced-color-adjust: none; } }
        """
}
