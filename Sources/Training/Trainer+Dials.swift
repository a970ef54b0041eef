import Graph

// MARK: - What a person changes

extension Trainer {
  /// Sets a dial; it holds from the next step on.
  public func setDial(_ index: Int, to value: Double) {
    store.change(declared[index].parameter) { $0[0] = Float(value) }
  }

  /// The value of every dial.
  public var dialValues: [Double] { declared.map { Double(store.base(of: $0.parameter)[0]) } }

  /// The step of the numbers that answer: of the newest step, or of an earlier one that was gone
  /// back to.
  var parameterStep: Int { keptStep ?? step }

  /// Says that the numbers of an earlier step are back.
  func wentBack(to step: Int) {
    keptStep = step
  }
}
