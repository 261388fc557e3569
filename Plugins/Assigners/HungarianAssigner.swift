import LossCore
import LossKernels

/// Matches priors and ground truths one to one so that the sum of the match costs is as small as it can be.
///
/// Each ground truth gets a prior of its own; all other priors are background. Where an image has more ground
/// truths than priors, each prior gets one, and the dearest ground truths stay without. In a tie any of the
/// best matchings is taken, the same one each time.
public struct HungarianAssigner: Assigner {
  public static let declaration = Declaration(
    name: "hungarian",
    summary: "One prior for each ground truth, at the least sum of the match costs.",
    formula: "the one-to-one matching with the least sum of match costs; background: the rest",
    source: "Kuhn 1955; Carion et al. 2020, arXiv:2005.12872; HungarianAssigner of mmdetection")

  public init(parameters: Parameters) {}

  public var reads: Set<StageInput> { [.costs] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    var matches = [Int32](repeating: Assignment.background, count: request.priors.count)
    let costs = try request.costTable(on: workers)
    for (object, prior) in cheapestMatching(rows: costs, columns: matches.count) {
      matches[prior] = Int32(object)
    }
    return Assignment(matches: matches)
  }
}

extension AssignmentRequest {
  /// For each ground truth the match costs of all priors.
  func costTable(on workers: Workers) throws(InputError) -> [[Float]] {
    let priors = Array(self.priors.boxes.indices)
    let rows = workers.map(below: groundTruth.boxes.count) { object in
      Result { () throws(InputError) in try costs(of: priors, with: object) }
    }
    var table: [[Float]] = []
    for row in rows { table.append(try row.get()) }
    return table
  }
}

/// The one-to-one matching of rows and columns with the least sum of costs.
func cheapestMatching(
  rows costs: [[Float]], columns: Int
) -> [(row: Int, column: Int)] {
  guard costs.count > columns else {
    return cheapestColumns(for: costs, columns: columns).enumerated().map { ($0, $1) }
  }
  let turned = (0..<columns).map { column in costs.map { $0[column] } }
  return cheapestColumns(for: turned, columns: costs.count).enumerated().map { ($1, $0) }
}

/// The column of each row, of which there are as many as columns at most.
///
/// Shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987): a row after the other is matched, by
/// Dijkstra's algorithm over costs that are reduced by prices of rows and columns. O(rows² · columns).
private func cheapestColumns(for costs: [[Float]], columns: Int) -> [Int] {
  var rowPrices = [Double](repeating: 0, count: costs.count)
  var columnPrices = [Double](repeating: 0, count: columns)
  var rowOfColumn = [Int](repeating: -1, count: columns)
  var columnOfRow = [Int](repeating: -1, count: costs.count)
  var distances = [Double](repeating: 0, count: columns)
  for start in costs.indices {
    var previous = [Int](repeating: start, count: columns)
    // Of columns that are as near, a free one ends the search.
    var (best, isFree, nearest) = (Double.infinity, false, 0)
    func consider(_ place: Int, _ column: Int) {
      let distance = distances[column]
      guard distance < best || (distance == best && !isFree && rowOfColumn[column] < 0) else {
        return
      }
      (best, isFree, nearest) = (distance, rowOfColumn[column] < 0, place)
    }
    let rowCosts = costs[start]
    for column in 0..<columns {
      distances[column] = Double(rowCosts[column]) - columnPrices[column]
      consider(column, column)
    }
    /// Columns that aren't reached yet.
    var open = isFree ? [] : Array(0..<columns)
    var reached: [Int] = []
    var (end, distance) = (nearest, best)
    while !isFree {
      open.swapAt(nearest, open.count - 1)
      open.removeLast()
      reached.append(end)
      let row = rowOfColumn[end]
      let (rowCosts, base) = (costs[row], distance - rowPrices[row])
      best = .infinity
      for (place, column) in open.enumerated() {
        let reduced = base + Double(rowCosts[column]) - columnPrices[column]
        if reduced < distances[column] {
          distances[column] = reduced
          previous[column] = row
        }
        consider(place, column)
      }
      (end, distance) = (open[nearest], best)
    }
    rowPrices[start] += distance
    for column in reached {
      rowPrices[rowOfColumn[column]] += distance - distances[column]
      columnPrices[column] -= distance - distances[column]
    }
    var column = end
    while column >= 0 {
      let row = previous[column]
      rowOfColumn[column] = row
      (column, columnOfRow[row]) = (columnOfRow[row], column)
    }
  }
  return columnOfRow
}
