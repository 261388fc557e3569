import ResourceLimits

extension Loss {
  /// The number of columns for `classes` foreground classes, for whoever sizes something by it: a loss
  /// may be somebody else's.
  ///
  /// - Throws: ``InputError`` where it is less than 1, or more than there may be.
  package func checkedColumns(classes: Int) throws(InputError) -> Int {
    let columns = columns(classes: classes)
    guard (1...Limits.columns).contains(columns) else {
      throw InputError(
        declaration.name,
        "asks for \(columns) columns for \(classes) classes; expected 1 to \(Limits.columns)")
    }
    return columns
  }

  /// Those of `columns` columns that labels have, the background's among them: a loss may read others behind
  /// them, such as seesaw loss those of objectness.
  package func labelColumns(of columns: Int) -> Int {
    columns - max(0, self.columns(classes: 1) - background.columns(classes: 1))
  }
}
