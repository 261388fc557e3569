/// The style of the report beside that of its plots.
enum ReportStyle {
  static let sheet: StaticString = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 1.0625rem/1.55 Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif; }
    header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 3rem; }
    h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); line-height: 1.15; margin: 0 0 .6rem;
      letter-spacing: -.01em; font-weight: 600; overflow-wrap: anywhere; }
    h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .5rem; font-weight: 600; }
    p { margin: 0 0 1rem; max-width: 42rem; overflow-wrap: anywhere; }
    section { margin: 3rem 0 0; padding-top: 1.5rem; border-top: 1px solid var(--line); }
    .kicker, .live, .note, dl, table, .legend, .choice, figcaption, .interval, footer, summary, pre, .tick
      { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    .kicker { color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase;
      margin: 0 0 .4rem; }
    .live { color: var(--accent); font-size: .9rem; }
    .lead { color: var(--soft); }
    .verdict { font-size: 1.3rem; line-height: 1.45; margin: 1.4rem 0; max-width: 46rem; }
    .verdict strong { color: var(--accent); font-weight: 600; }
    .note { color: var(--soft); font-size: .9rem; }
    dl { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin: 0; font-size: .9rem; }
    dt { color: var(--soft); font-size: .78rem; }
    dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    code { font: .88em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      overflow-wrap: anywhere; }
    .scroll, .intervals { max-height: 44rem; margin: 1.2rem 0; background-repeat: no-repeat;
      background-image: linear-gradient(to right, var(--ground) 40%, transparent),
        linear-gradient(to left, var(--ground) 40%, transparent),
        linear-gradient(to top, var(--ground) 40%, transparent),
        linear-gradient(to right, var(--shade), transparent),
        linear-gradient(to left, var(--shade), transparent),
        linear-gradient(to top, var(--shade), transparent);
      background-position: left, right, bottom, left, right, bottom;
      background-size: 3rem 100%, 3rem 100%, 100% 3rem, 1.1rem 100%, 1.1rem 100%, 100% 1.1rem;
      background-attachment: local, local, local, scroll, scroll, scroll; }
    .scroll { overflow: auto; } .intervals { overflow: hidden auto; }
    .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
    table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; width: 100%;
      font-variant-numeric: tabular-nums lining-nums; }
    caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
    th, td { padding: .4rem .9rem .4rem 0; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--faint); }
    thead th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line);
      white-space: nowrap; position: sticky; top: 0; background: var(--ground); z-index: 1; }
    tbody th { font-weight: 500; min-width: 8rem; }
    .errors td small { min-width: 0; }
    .errors .bar { grid-template-columns: minmax(1.5rem, 4rem) 2.6rem; justify-content: start; }
    .matrix { width: auto; }
    .matrix td, .matrix thead th:not(:first-child) { text-align: center; padding: .3rem .5rem; }
    .matrix tbody th { max-width: 18rem; overflow-wrap: anywhere; }
    .better { color: var(--accent); font-weight: 700; } .worse { color: var(--bad); font-weight: 700; }
    .unsure { color: var(--soft); }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td small { display: block; color: var(--soft); font-size: .78rem; min-width: 9rem; }
    td code { display: inline-block; min-width: 7rem; }
    .interval { display: grid; grid-template-columns: minmax(7rem, 15rem) 1fr 4.5rem; gap: 0 1.2rem;
      align-items: center; font-size: .9rem; font-variant-numeric: tabular-nums; }
    .interval .name { overflow-wrap: anywhere; line-height: 1.3; padding: .2rem 0; }
    .interval em { font-style: normal; font-size: .72rem; letter-spacing: .03em; color: var(--ground);
      background: var(--soft); border-radius: .25rem; padding: .05rem .35rem; white-space: nowrap; }
    .interval .value { text-align: right; }
    .interval .missing { grid-column: 2 / -1; color: var(--bad); padding: .2rem 0; }
    .interval.axis { position: sticky; bottom: 0; background: var(--ground); }
    .interval.axis .value { color: var(--soft); font-size: .8rem; }
    svg { display: block; }
    .strip { width: 100%; overflow: visible; }
    .neutral { --c: var(--soft); }
    .interval-line { stroke: var(--c); stroke-width: 6; stroke-opacity: .28; }
    .interval-end { stroke: var(--c); stroke-width: 1.5; }
    .seed { fill: var(--c); fill-opacity: .55; stroke: var(--ground); stroke-width: 1; }
    .mean { stroke: var(--c); stroke-width: 3; }
    .variant line { stroke: var(--c); stroke-width: 1.5; stroke-opacity: .55; }
    .variant circle { fill: var(--c); stroke: var(--ground); }
    .dot { fill: var(--c); }
    .curve.dot { stroke-width: 7; stroke-linecap: round; stroke-dasharray: none; }
    .curve.neutral, .area.neutral, .lines.neutral, .legend .neutral { display: none; }
    .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18.5rem), 1fr));
      gap: 1.6rem 2rem; margin: 1.2rem 0; }
    .plots.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
    figure { margin: 0; min-width: 0; }
    .plot figcaption { font-size: .875rem; font-weight: 500; margin-bottom: .7rem;
      overflow-wrap: anywhere; }
    .chart { overflow: visible; margin: 0 .6rem 2.7rem 3rem; width: calc(100% - 3.6rem); }
    .plot .interval { grid-template-columns: 1fr 4.5rem; }
    .plot .interval .strip { grid-column: 1 / -1; grid-row: 2; }
    .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: 0 0 .4rem; padding: 0;
      list-style: none; font-size: .85rem; }
    .legend li { display: flex; align-items: center; gap: .5rem; overflow-wrap: anywhere; }
    .legend svg { flex: none; }
    .choice { margin: 0 0 1rem; }
    .choice fieldset { display: grid; gap: .25rem 1.4rem; max-height: 16rem; overflow: auto;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); font-size: .85rem;
      margin: .5rem 0 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .3rem; }
    .choice label { display: flex; gap: .5rem; align-items: baseline; overflow-wrap: anywhere; min-width: 0; }
    .choice input { accent-color: var(--accent); flex: none; margin: 0; }
    .bar { display: grid; grid-template-columns: minmax(3rem, 7rem) 3rem; gap: .5rem;
      align-items: center; text-align: right; }
    .whole { fill: var(--faint); } .part { fill: var(--s0); }
    .swatch { fill: var(--c); stroke: var(--ink); }
    .definitions { position: absolute; }
    .pictures { display: grid; gap: .8rem 1rem; margin: 1.2rem 0;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 10rem), 1fr)); }
    .picture { max-width: 24rem; }
    .picture svg { width: 100%; height: auto; border: 1px solid var(--line); }
    .under { display: none; }
    .threshold { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; }
    .threshold input { width: 12rem; max-width: 100%; accent-color: var(--accent); }
    .threshold input[hidden] { display: none; }
    .boxes { fill: none; stroke-width: 2; filter: drop-shadow(0 0 1px black); }
    .boxes rect { stroke: var(--c); }
    .picture text { fill: var(--c); stroke: #14171a; stroke-width: 3px; stroke-linejoin: round;
      paint-order: stroke; font: .7rem system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    .picture figcaption { font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
    details { margin: .3rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
    summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    pre { margin: .5rem 0; padding: .7rem .9rem; background: var(--faint); border-radius: .3rem;
      font: .8rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    footer { color: var(--soft); font-size: .8rem; margin-top: 3rem; padding-bottom: 3rem; }
    @media (max-width: 40rem) {
      body { font-size: 1rem; } header { padding-top: 1.75rem; }
      .interval { grid-template-columns: 1fr auto; margin-bottom: .5rem; }
      .interval .strip { grid-column: 1 / -1; grid-row: 2; }
      tbody th { position: sticky; left: 0; max-width: 8.5rem; background: var(--ground);
        overflow-wrap: anywhere; }
      .verdict { font-size: 1.12rem; } }
    @media print { body { background: white; } section { break-inside: avoid; }
      .scroll, .intervals { max-height: none; } }
    """
}
