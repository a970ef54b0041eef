extension WantedViews {
  /// What two who watch the same run want together.
  ///
  /// Of what there can be only one at a time, a row, a column, a part of a mask, this one's wish goes
  /// before the other's.
  public func joined(with other: WantedViews) -> WantedViews {
    var both = self
    both.gates = gates || other.gates
    both.segmentColumn = segmentColumn ?? other.segmentColumn
    both.ranksSegments = ranksSegments || other.ranksSegments
    if example == nil {
      both.example = other.example
      both.exampleOrder = other.exampleOrder
      both.exampleSorting = other.exampleSorting
      both.exampleChange = other.exampleChange
      both.exampleWithout = other.exampleWithout
    }
    both.explanation = explanation ?? other.explanation
    both.masks = masks || other.masks
    both.maskWindow = maskWindow ?? other.maskWindow
    both.maskPlace = maskPlace ?? other.maskPlace
    both.gradients = gradients || other.gradients
    both.subjects = subjects.union(other.subjects)
    both.snapshotsPerSecond = max(snapshotsPerSecond, other.snapshotsPerSecond)
    both.losses = losses || other.losses
    return both
  }

  /// The same wishes with every number within what a person could want, whoever sent them.
  public var limited: WantedViews {
    var limited = self
    let numbers = 0...1_000_000_000
    if let example, !numbers.contains(example) { limited.example = nil }
    if !numbers.contains(exampleSorting) { limited.exampleSorting = 0 }
    if let exampleWithout, !numbers.contains(exampleWithout) { limited.exampleWithout = nil }
    limited.explanation = explanation?.limited(to: numbers)
    if let window = maskWindow {
      let all = [window.layer, window.row, window.column, window.rows, window.columns]
      if !all.allSatisfy(numbers.contains) { limited.maskWindow = nil }
      if let task = window.task, !numbers.contains(task) { limited.maskWindow = nil }
    }
    if let place = maskPlace,
      ![place.layer, place.row, place.column].allSatisfy(numbers.contains)
    {
      limited.maskPlace = nil
    }
    limited.snapshotsPerSecond =
      snapshotsPerSecond.isFinite ? max(0, min(10, snapshotsPerSecond)) : 0
    return limited
  }
}
