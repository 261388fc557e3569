/// Where the background stands among the columns of a prediction of classes.
public enum BackgroundColumn: String, Sendable, CaseIterable {
  /// It has the first column: column k is that of label k. As torchvision and detectron2's Faster R-CNN.
  case first
  /// It has the last column: column k − 1 is that of label k. As mmdetection's softmax heads.
  case last
  /// It has none: column k − 1 is that of label k, and a row of the background is one of zeros.
  case none

  /// The number of columns for so many foreground classes.
  public func columns(classes: Int) -> Int { self == .none ? classes : classes + 1 }

  /// Those of `columns` columns that aren't the background's.
  package func foreground(of columns: Int) -> Range<Int> {
    let first = self == .first ? 1 : 0
    return first..<max(first, self == .last ? columns - 1 : columns)
  }

  /// The label of a column of so many; 0 for the background.
  public func label(ofColumn column: Int, of columns: Int) -> Int {
    switch self {
    case .first: column
    case .last: column == columns - 1 ? 0 : column + 1
    case .none: column + 1
    }
  }

  /// The column of a label, of so many; `nil` for the background where it has none.
  public func column(ofLabel label: Int, of columns: Int) -> Int? {
    switch self {
    case .first: label
    case .last: label > 0 ? label - 1 : columns - 1
    case .none: label > 0 ? label - 1 : nil
    }
  }

  /// The highest label that so many columns have room for.
  public func highestLabel(columns: Int) -> Int { self == .none ? columns : columns - 1 }
}
