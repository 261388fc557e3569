/// The colours of a page or picture, and the style of what plots have in common.
///
/// The colours of curves are told apart by people who see few colours, and have a contrast of 3 : 1 at
/// least on both grounds; dashes tell them apart as well.
package enum PlotStyle {
  package static let sheet: StaticString = """
    :root { color-scheme: light dark; --ground: #fbfaf7; --ink: #1f2326; --soft: #5c646b;
      --line: #dcd9d1; --faint: #eceae3; --accent: #0b5c8f; --bad: #a6321c; --shade: #9993;
      --s0: #0067a5; --s1: #c2500a; --s2: #00805e; --s3: #a2498a; --s4: #8a6a00; --s5: #1c86a3; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #16191c; --ink: #e8e5de; --soft: #a3a9ae; --line: #383d42; --faint: #23282c;
        --accent: #7cc0ee; --bad: #f09a84; --shade: #000a;
        --s0: #5fb4ee; --s1: #f0894a; --s2: #3fc39b; --s3: #dc93c8; --s4: #d9b640; --s5: #86d5ea; } }
    .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
    .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
    .grid { stroke: var(--line); stroke-width: 1; }
    .tick { fill: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
    .curve { fill: none; stroke: var(--c, var(--s0)); stroke-width: 1.75; stroke-linejoin: round;
      vector-effect: non-scaling-stroke; }
    .area { fill: var(--c, var(--s0)); fill-opacity: .13; }
    .curve.s1 { stroke-dasharray: 7 3; } .curve.s2 { stroke-dasharray: 2 2.5; }
    .curve.s3 { stroke-dasharray: 9 3 2 3; } .curve.s4 { stroke-dasharray: 4 2; }
    .curve.s5 { stroke-dasharray: 12 4; }
    .k0 { --c: #ffc425; } .k1 { --c: #6ab4ff; } .k2 { --c: #ff7f6b; } .k3 { --c: #5ee2a0; }
    .k4 { --c: #e280ff; } .k5 { --c: #ff9632; } .k6 { --c: #78e2ff; } .k7 { --c: #ff96be; }
    .k8 { --c: #b0d63c; } .k9 { --c: #b4a4ff; }
    """
}
