internal import Foundation
public import Graph

/// The loss of a student that learns from labels y and from a teacher's calibrated logits c.
///
///     c̃ = max(c, m) where y = 1, min(c, −m) where y = 0; c itself without correction
///     ℓ = (1 − α) BCE(r, y) + α κ CE(σ(r/τ), σ(c̃/τ)),   CE(p, q) = −q ln p − (1 − q) ln(1 − p)
///     dr = (1 − α)(σ(r) − y) + α κ/τ (σ(r/τ) − σ(c̃/τ))
///
/// κ is τ² if the soft part is scaled, so that its gradient keeps its size with a large τ, else 1.
/// The teacher is read as it stands and gets no gradient. The mean is over the rows of the task's
/// sample space: elsewhere the teacher's answer teaches nothing either. Forward leaves dr in the
/// output and backward hands it on.
///
/// Yang et al. "Cross-Task Knowledge Distillation in Multi-Task Recommendation." AAAI 2022.
/// arXiv:2202.09852
public struct DistilledLoss: Loss {
  /// Numbers that are given.
  public struct Dials: Sendable {
    /// α.
    let share: Parameter
    /// τ.
    let temperature: Parameter
    /// m.
    let margin: Parameter

    /// Names the numbers.
    public init(share: Parameter, temperature: Parameter, margin: Parameter) {
      self.share = share
      self.temperature = temperature
      self.margin = margin
    }
  }

  /// The task.
  public let task: Int
  /// α, τ and m.
  public let dials: Dials
  /// Whether logits on the label's wrong side, or too near to 0, are moved to the margin.
  public let corrects: Bool
  /// Whether the soft part is multiplied by τ².
  public let scalesSoft: Bool

  /// The name in profiles and messages.
  public var name: String { "distilled loss" }
  /// It is of labels and of a teacher.
  public var title: String { "distilled cross-entropy" }
  /// A teacher that is corrected, or warmer than the student, asks for more than the labels do.
  public var isCalibrating: Bool { false }
  /// The output, which holds dr.
  public var keeps: Keeps { .output }
  /// α, τ and m.
  public var givens: [Parameter] { [dials.share, dials.temperature, dials.margin] }
  /// 1, dr.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1, 1], "distilled loss: a logit is one number, found \(inputs)")
    return 1
  }

  /// Adds the losses to the sums and leaves dr in the output.
  public func forward(_ call: Call) {
    guard let labels = call.batch.labels else { return }
    let (r, c, dr, scale) = (call.input(0), call.input(1), call.output, call.lossScales[task])
    var sums = LossSums()
    for row in 0..<call.rows {
      let place = call.batch.place(ofRow: call.firstRow + row)
      let weight = call.batch.weight(at: place, of: task)
      dr.base[row * dr.stride] = 0
      guard weight != 0 else { continue }
      let (student, label) = (r.base[row * r.stride], labels[place * call.batch.tasks + task])
      let found = value(student, c.base[row * c.stride], label, call)
      dr.base[row * dr.stride] = scale * weight * found.slope
      sums.loss += Double(weight * found.loss)
      sums.predictions += Double(Self.sigmoid(student))
      sums.labels += Double(label)
      sums.rows += 1
    }
    call.lossSums[task].add(sums)
  }

  /// Hands dr on to the student's logit.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }

  private func value(
    _ student: Float, _ teacher: Float, _ label: Float, _ call: Call
  ) -> (loss: Float, slope: Float) {
    let (share, temperature) = (call.given(0)[0], call.given(1)[0])
    let corrected =
      corrects ? Self.corrected(teacher, label: label, margin: call.given(2)[0]) : teacher
    let target = Self.sigmoid(corrected / temperature)
    let soft = share * (scalesSoft ? temperature * temperature : 1)
    return (
      (1 - share) * Self.crossEntropy(student, label)
        + soft * Self.crossEntropy(student / temperature, target),
      (1 - share) * (Self.sigmoid(student) - label)
        + soft / temperature * (Self.sigmoid(student / temperature) - target)
    )
  }

  /// c̃: a teacher's logit that is at least `margin` on its label's side.
  public static func corrected(_ logit: Float, label: Float, margin: Float) -> Float {
    label > 0.5 ? max(logit, margin) : min(logit, -margin)
  }

  private static func sigmoid(_ z: Float) -> Float { 1 / (1 + exp(-z)) }

  private static func crossEntropy(_ z: Float, _ y: Float) -> Float {
    max(z, 0) + log1p(exp(-abs(z))) - y * z
  }
}

extension Variable {
  /// The loss of this student's logit, which learns from labels and from a teacher's calibrated
  /// logit; see ``DistilledLoss``.
  public func distilledLoss(
    task: Int, from teacher: Variable, dials: DistilledLoss.Dials, corrects: Bool = true,
    scalesSoft: Bool = false
  ) -> Variable {
    let loss = DistilledLoss(
      task: task, dials: dials, corrects: corrects, scalesSoft: scalesSoft)
    return graph.record(loss, [self, teacher.detached()])
  }
}
