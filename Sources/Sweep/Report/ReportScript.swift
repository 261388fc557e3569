/// What the page can do beside being read: another threshold for detections, which are shown from 0.5 on, and curves
/// of other variants than the best.
enum ReportScript {
  /// The score from which detections are shown at first.
  static let threshold = 0.5

  /// What the page allows to run, and nothing else: `openssl dgst -sha256 -binary | base64` of ``text``, by
  /// which a browser that finds another script refuses it.
  static let digest = "sha256-ZDf3FZyWCj9D6NWP/xw9GB7S+1HcemwxWPdtSL5Lroo="

  static let text: StaticString = """
    const slider = document.getElementById("threshold");
    if (slider) {
      slider.hidden = false;
      slider.oninput = () => {
        document.getElementById("least").textContent = Number(slider.value).toFixed(2);
        for (const mark of document.querySelectorAll("[data-score]"))
          mark.classList.toggle("under", Number(mark.dataset.score) < slider.value);
      };
      slider.oninput();
    }

    const choice = document.getElementById("choice");
    if (choice) {
      choice.hidden = false;
      const boxes = [...choice.querySelectorAll("input")];
      const styles = new Map(boxes.filter(box => box.checked).map(box => [
        box.value, document.querySelector(`.legend [data-v="${box.value}"]`).className]));
      const all = ["s0", "s1", "s2", "s3", "s4", "s5"];
      choice.onchange = ({ target }) => {
        const used = [...styles.values()];
        if (target.checked) styles.set(target.value, all.find(style => !used.includes(style)));
        else styles.delete(target.value);
        for (const box of boxes) box.disabled = !box.checked && styles.size === all.length;
        for (const mark of document.querySelectorAll("[data-v]")) {
          mark.classList.remove(...all, "neutral");
          mark.classList.add(styles.get(mark.dataset.v) ?? "neutral");
        }
        for (const plot of document.querySelectorAll(".lines")) {
          plot.classList.toggle("neutral", !plot.querySelector(".curve:not(.neutral)"));
          fit(plot.querySelector(".chart"));
        }
      };
      for (const box of boxes) box.disabled = !box.checked && styles.size === all.length;
    }

    // Fits the vertical axis to what is shown; coordinates are thousandths of the first one, downwards.
    function fit(chart) {
      const low = Number(chart.dataset.low), high = Number(chart.dataset.high);
      const values = [...chart.querySelectorAll(":is(.curve, .area):not(.neutral)")].flatMap(
        shape => [...shape.points].map(point => high - point.y / 1000 * (high - low)));
      const levels = chart.querySelector(".levels"), [line, label] = levels.children;
      if (!chart.dataset.low || !values.length || !label) return;
      let lower = Math.min(...values), upper = Math.max(...values);
      const margin = 0.04 * (upper - lower) || 0.1 * Math.abs(upper) || 1e-6;
      lower = lower > -1e-3 * upper && lower < upper / 2 ? 0 : lower - margin;
      upper += margin;
      const range = upper - lower, unit = 1000 / (high - low);
      chart.querySelector("svg").setAttribute(
        "viewBox", `0 ${(high - upper) * unit} 1000 ${range * unit}`);
      let step = 10 ** Math.floor(Math.log10(range / 4));
      step *= [1, 2, 5, 10].find(factor => factor * step > range / 4.001);
      const ticks = [];
      for (let count = Math.ceil(lower / step - 1e-9); count * step <= upper; count++) {
        const tick = count * step, place = `${100 * (upper - tick) / range}%`;
        const at = [line.cloneNode(), label.cloneNode()];
        for (const key of ["y", "y1", "y2"])
          for (const part of at) if (part.hasAttribute(key)) part.setAttribute(key, place);
        const text = Math.abs(tick) < 1e4 && step >= 1e-5
          ? tick.toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))
          : String(Number(tick.toPrecision(4)));
        at[1].textContent = text.replace("-", "−");
        ticks.push(...at);
      }
      levels.replaceChildren(...ticks);
    }
    """
}
