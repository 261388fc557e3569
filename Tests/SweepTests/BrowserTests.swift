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
