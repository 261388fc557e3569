import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// The report in a browser, on a page that measures it in frames of several widths.
@Suite(.enabled(if: Browser.exists, "needs Chromium or Chrome")) struct BrowserTests {
  private static let measuring = """
    <!DOCTYPE html><html><body>
    <iframe src="report.html" style="width: 390px; height: 800px; border: 0"></iframe>
    <iframe src="report.html" style="width: 1200px; height: 800px; border: 0"></iframe>
    <script>
    onload = () => {
      for (const frame of document.querySelectorAll("iframe")) {
        const page = frame.contentDocument;
        const result = document.createElement("p");
        const overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
        let overlaps = 0, small = 0, outside = 0;
        const slider = page.getElementById("threshold");
        const before = page.querySelectorAll(".under").length;
        slider.value = 0;
        slider.dispatchEvent(new Event("input"));
        const after = page.querySelectorAll(".under").length;
        const least = page.getElementById("least").textContent;
        for (const svg of page.querySelectorAll("svg")) {
          const boxes = [...svg.querySelectorAll("text")].map(t => t.getBoundingClientRect());
          boxes.forEach((a, i) => {
            if (a.height < 10) small++;
            if (a.left < 0 || a.right > page.documentElement.clientWidth) outside++;
            boxes.slice(i + 1).forEach(b => {
              if (a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)
                overlaps++;
            });
          });
        }
        const plots = page.querySelectorAll("svg[role=img]").length;
        const titled = page.querySelectorAll("svg[role=img] > title").length;
        const scoped = page.querySelectorAll("thead th:not([scope]), tbody th:not([scope])").length;
        result.textContent = `width ${frame.clientWidth}: overflow ${overflow} overlaps ${overlaps} `
          + `small ${small} outside ${outside} plots ${plots} untitled ${plots - titled} `
          + `unscoped ${scoped} under ${before > 0} ${after} ${least}.`;
        document.body.append(result);
      }
    };
    </script></body></html>
    """

  /// Takes the best variant out and puts the last one in.
  private static let choosing = """
    <!DOCTYPE html><html><body>
    <iframe src="report.html" style="width: 900px; height: 800px; border: 0"></iframe>
    <script>
    onload = () => {
      const page = document.querySelector("iframe").contentDocument;
      const boxes = [...page.querySelectorAll("#choice input")];
      const off = boxes.filter(box => box.disabled).length;
      const [first, last] = [boxes.find(box => box.checked), boxes.findLast(box => !box.checked)];
      const style = page.querySelector(`.curve[data-v="${first.value}"]`).classList.item(1);
      first.click();
      last.click();
      const curves = [...page.querySelectorAll(`.lines .curve[data-v="${last.value}"]`)];
      const same = curves.every(curve => curve.classList.contains(style));
      const gone = page.querySelectorAll(`.lines .curve.neutral[data-v="${first.value}"]`).length;
      const charts = [...page.querySelectorAll(".lines:not(.neutral) .chart[data-low]")];
      let outside = 0, empty = 0;
      for (const chart of charts) {
        const view = chart.querySelector("svg").viewBox.baseVal;
        for (const shape of chart.querySelectorAll(":is(.curve, .area):not(.neutral)"))
          for (const point of shape.points)
            if (point.y < view.y - 1 || point.y > view.y + view.height + 1) outside++;
        if (chart.querySelectorAll(".levels text").length < 2) empty++;
      }
      const keys = [...page.querySelectorAll(".legend")][0].querySelectorAll("li:not(.neutral)").length;
      const result = document.createElement("p");
      result.textContent = `off ${off} same ${same} ${curves.length === gone && gone > 3} outside ${outside} `
        + `empty ${empty} keys ${keys}.`;
      document.body.append(result);
    };
    </script></body></html>
    """

  @Test func curvesOfOtherVariantsAreDrawn() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.talkative, seeds: "[1, 2]",
      values: "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 9, 80]")
    try sweep.run()
    try SweepReport(try sweep.plan, in: sweep.results).write()
    try Data(Self.choosing.utf8).write(to: URL(filePath: sweep.results.file("choose.html")))
    let (elements, _) = try Browser.open(
      sweep.results.file("choose.html"), profile: sweep.folder.path("profile"))
    #expect(
      elements.contains("off 2 same true true outside 0 empty 0 keys 6."),
      "\(elements.split(separator: "<p>").dropFirst())")
  }

  @Test func theReportFitsAPhoneAndLoadsNothing() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.talkative, seeds: "[1, 2, 3]", values: "[0.1, 0.05, 0.5, 2.0]",
      more: #", "name": "a_sweep_with_a_name_that_is_far_too_long_for_the_screen_of_a_phone""#)
    try sweep.run()
    try SweepReport(try sweep.plan, in: sweep.results).write()
    try Data(Self.measuring.utf8).write(to: URL(filePath: sweep.results.file("measure.html")))
    let (elements, complaints) = try Browser.open(
      sweep.results.file("measure.html"), profile: sweep.folder.path("profile"))
    // 4 strips, two scatter plots, 8 plots of curves, and 4 pictures of detections beside the ground truth.
    for width in [390, 1200] {
      let expected =
        "width \(width): overflow 0 overlaps 0 small 0 outside 0 plots 19 untitled 0 unscoped 0 under true 0 0.00."
      #expect(elements.contains(expected), "\(elements.split(separator: "<p>").dropFirst())")
    }
    let lines = complaints.split(separator: "\n").filter {
      $0.contains("CONSOLE") || $0.contains("net::ERR") || $0.contains("Refused")
    }
    #expect(lines.isEmpty)
  }
}
