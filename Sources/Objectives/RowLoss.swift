public import Graph

/// A loss that is worked out row by row from one answer and one label, with its derivative.
///
/// What is left to say is ``value(_:label:)`` and which rows count.
public protocol RowLoss: Loss {
  /// The loss of a row, its derivative by the answer, and the prediction that is counted.
  func value(_ answer: Float, label: Float) -> (loss: Float, slope: Float, prediction: Float)
  /// Whether a row of the sample space counts for its label.
  func counts(_ label: Float) -> Bool
}

extension RowLoss {
  /// Every row does.
  public func counts(_ label: Float) -> Bool { true }
  /// The output, which holds the derivative.
  public var keeps: Keeps { .output }

  /// 1, the derivative by the answer.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1], "\(name): an answer is one number, found \(inputs)")
    return 1
  }

  /// The rows that count.
  public func rowCount(of batch: Batch) -> Float {
    guard let labels = batch.labels else { return 0 }
    var count: Float = 0
    for row in 0..<batch.rows {
      let at = batch.place(ofRow: row) * batch.tasks + task
      if counts(labels[at]), batch.spaces?[at] != 0 { count += 1 }
    }
    return count
  }

  /// Adds the losses to the sums and leaves the derivatives in the output.
  public func forward(_ call: Call) {
    let batch = call.batch
    guard let labels = batch.labels else { return }
    let (z, dz, scale) = (call.input(0), call.output, call.lossScales[place])
    var sums = LossSums()
    for row in 0..<call.rows {
      let at = batch.place(ofRow: call.firstRow + row) * batch.tasks + task
      let label = labels[at]
      let weight = counts(label) ? batch.spaces?[at] ?? 1 : 0
      let found = value(z.base[row * z.stride], label: label)
      dz.base[row * dz.stride] = weight == 0 ? 0 : scale * weight * found.slope
      guard weight != 0 else { continue }
      sums.loss += Double(weight * found.loss)
      sums.predictions += Double(found.prediction)
      sums.labels += Double(label)
      sums.rows += 1
    }
    call.lossSums[place].add(sums)
  }

  /// Hands the derivative on to the answer.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }
}
