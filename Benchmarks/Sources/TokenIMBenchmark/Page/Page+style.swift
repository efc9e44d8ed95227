extension Page {
    /// Colours of the contenders that can be told apart, by most people, on light and on dark ground.
    static let style = """
        :root {
          color-scheme: light dark;
          --ground: #ffffff; --text: #1b1f24; --faint: #6b7280; --line: #d9dde3; --good: #18794e; --bad: #b42318;
          --c0: #d9480f; --c1: #4263eb; --c2: #0b7285; --c3: #5c940d; --c4: #862e9c; --c5: #495057; --c6: #1098ad;
          --c7: #a61e4d; --c8: #e67700; --c9: #364fc7; --c10: #2b8a3e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171b; --text: #e6e8eb; --faint: #9aa3ad; --line: #343a42; --good: #4cc38a; --bad: #ff8c82;
            --c0: #ff8a4c; --c1: #91a7ff; --c2: #66d9e8; --c3: #a9e34b; --c4: #da77f2; --c5: #ced4da; --c6: #3bc9db;
            --c7: #f783ac; --c8: #ffc078; --c9: #748ffc; --c10: #69db7c;
          }
        }
        body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
          max-width: 1200px; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
        p { margin: .4rem 0; }
        table { border-collapse: collapse; font-size: 13px; }
        th, td { text-align: left; padding: .15rem .7rem .15rem 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; }
        tr.met td:nth-last-child(2) { color: var(--good); }
        tr.missed td:nth-last-child(2) { color: var(--bad); font-weight: 600; }
        .wide { overflow-x: auto; }
        .swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .4em; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(560px, 100%), 1fr)); gap: 1rem; }
        figure { margin: 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 6px; }
        figcaption { font-weight: 600; font-size: 13px; margin-bottom: .3rem; }
        svg { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif; }
        svg text { fill: var(--text); } svg .faint { fill: var(--faint); }
        svg .grid { stroke: var(--line); stroke-width: 1; } svg .spread { stroke: var(--text); stroke-width: 1.2; }
        svg .aim { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
        svg .reached { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 3 2; }
        """
}
