import LossKit
import Plots

extension PlotSheet {
  /// Losses and their derivatives, a row an axis.
  ///
  /// - Throws: `InputError` where a loss can't be evaluated along an axis.
  init(_ losses: [PlottedLoss], targets: [Double]) throws(InputError) {
    var axes: [PlottedLoss.Axis] = []
    for loss in losses {
      for axis in loss.axes(targets: targets) where !axes.contains(axis) { axes.append(axis) }
    }
    var rows: [[Panel]] = []
    for axis in axes {
      var (values, derivatives): ([Curve], [Curve]) = ([], [])
      for (style, loss) in losses.enumerated() where loss.axes(targets: targets).contains(axis) {
        do throws(InputError) {
          let curves = try loss.curves(over: axis)
          values.append(Curve(loss.name, style: style, curves.values))
          derivatives.append(Curve(loss.name, style: style, curves.derivatives))
        } catch {
          throw InputError("\(loss.name), \(error.place)", error.problem)
        }
      }
      func panel(_ title: String, _ curves: [PlotSheet.Curve]) -> Panel {
        let place = axis.title.isEmpty ? title : "\(title), \(axis.title)"
        return Panel(title: place, xTitle: axis.xTitle, x: axis.plotScale, curves: curves)
      }
      rows.append([panel("loss", values), panel("derivative", derivatives)])
    }
    self.init(
      title: losses.map(\.name).joined(separator: ", "),
      legend: losses.enumerated().map { .curve($1.name, style: $0) }, rows: rows)
  }
}
