import Graph

// MARK: - What a person changes or leaves out

extension Trainer {
  /// Sets a dial; it holds from the next step on.
  public func setDial(_ place: Int, to value: Double) {
    store.base(of: declared[place].parameter)[0] = Float(value)
    parametersChanged()
  }

  /// The value of every dial.
  public var dialValues: [Double] { declared.map { Double(store.base(of: $0.parameter)[0]) } }

  /// How many experts may be left out of an evaluation; nil: the model has none.
  public var expertCount: Int? { model.keptExperts.map { store.count(of: $0) } }

  /// Evaluates without an expert from now on, or with all of them again.
  public func leaveOut(_ expert: Int?) {
    guard let kept = model.keptExperts else { return }
    for place in 0..<store.count(of: kept) {
      store.base(of: kept)[place] = place == expert ? 0 : 1
    }
    parametersChanged()
  }

  /// The step of the numbers that answer: of the newest step, or of an earlier one that was gone
  /// back to.
  var parameterStep: Int { keptStep ?? step }

  /// Says that the numbers of an earlier step are back.
  func wentBack(to step: Int) {
    keptStep = step
    parametersChanged()
  }
}
