internal import CKernels
public import Graph

/// One task's loss over the rows of its sample space, with its gradient in the same pass.
///
///     L_k = Σ_i δ_ik w_i ℓ(z_ik, y_ik) / max(1, Σ_i δ_ik)
///     binary:      ℓ = softplus(z) − y·z      dz = ω_k/n_k · δ w (σ(z) − y)
///     regression:  ℓ = (z − y)²               dz = 2 ω_k/n_k · δ w (z − y)
///
/// Smoothed, a binary task is trained towards y' = (1 − ε)·y + ε/2, which adds ε(y − ½)·z to ℓ and
/// ω_k/n_k · δ w ε(y − ½) to dz (Szegedy et al. 2016, https://doi.org/10.1109/CVPR.2016.308).
///
/// w is 1 unless rows are weighted. The sums of predictions and labels are those of the rows as they
/// stand.
///
/// Forward leaves dz in the output and adds Σδℓ to the task's sums; backward hands dz on. The scale
/// ω_k/n_k comes from outside, because n_k counts the whole batch.
public struct TaskLoss: Loss {
  /// How a loss looks.
  public enum Form: Sendable, Hashable {
    /// Cross-entropy from the logit.
    case crossEntropy
    /// Squared error.
    case squaredError
  }

  /// What n counts.
  public enum Mean: Sendable, Hashable {
    /// The rows of the task's own sample space.
    case ownRows
    /// The rows of any task: where every row has its one task, the mean of each row's own loss.
    case anyTask
  }

  /// The task's place.
  public let task: Int
  /// How the loss looks.
  public let form: Form
  /// Where its sums and its scale are: the task's, or those of a term of its own.
  public let place: Int
  /// What n counts.
  public let mean: Mean
  /// ε, the share of a binary label that is replaced by ½; 0 for labels as they are.
  public let smoothing: Float

  /// A task's loss; only a cross-entropy is smoothed.
  public init(
    task: Int, form: Form, mean: Mean = .ownRows, place: Int? = nil, smoothing: Float = 0
  ) {
    self.task = task
    self.form = form
    self.mean = mean
    self.place = place ?? task
    self.smoothing = form == .crossEntropy ? smoothing : 0
  }

  /// The name in profiles and messages.
  public var name: String { "loss" }
  /// By its form.
  public var title: String {
    guard form == .crossEntropy else { return "squared error" }
    return smoothing > 0 ? "smoothed cross-entropy" : "cross-entropy"
  }
  /// They are unless labels are smoothed: for a probability p the loss asks for (1 − ε)·p + ε/2.
  public var isCalibrating: Bool { smoothing == 0 }
  /// The output, which holds dz.
  public var keeps: Keeps { .output }
  /// 1, the derivative by the logit.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1], "loss: a logit is one number, found \(inputs)")
    return 1
  }

  /// n_k.
  public func rowCount(of batch: Batch) -> Float {
    mean == .anyTask ? batch.rowsOfAnyTask : batch.rowsInSpace(of: task)
  }

  /// Adds the losses to the task's sums and leaves dz in the output.
  public func forward(_ call: Call) {
    let batch = call.batch
    guard let labels = batch.labels else { return }
    let z = call.input(0)
    let dz = call.output
    let skip = batch.index == nil ? call.firstRow * batch.tasks : 0
    var sums = ck_loss_sums()
    let kernel = form == .crossEntropy ? ck_cross_entropy : ck_squared_error
    kernel(
      Int64(call.rows), z.base, Int64(z.stride), labels + skip + task,
      batch.spaces.map { $0 + skip + task }, Int64(batch.tasks), call.index,
      call.lossScales[place], dz.base, Int64(dz.stride), &sums)
    if smoothing > 0 { sums.loss += smooth(call, labels) }
    call.add(sums, to: place)
  }

  /// Adds w·scale·ε(y − ½) to the stored derivatives; gives Σ w·ε(y − ½)·z over the rows that count.
  private func smooth(_ call: Call, _ labels: UnsafePointer<Float>) -> Double {
    let (batch, z, dz, scale) = (call.batch, call.input(0), call.output, call.lossScales[place])
    var sum = 0.0
    for row in 0..<call.rows {
      let at = batch.place(ofRow: call.firstRow + row) * batch.tasks + task
      let weight = batch.spaces?[at] ?? 1
      guard weight != 0 else { continue }
      let pull = weight * smoothing * (labels[at] - 0.5)
      sum += Double(pull) * Double(z.base[row * z.stride])
      dz.base[row * dz.stride] += scale * pull
    }
    return sum
  }

  /// Hands dz on to the logit.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }
}

extension Call {
  /// Adds a block's sums to a task's.
  func add(_ sums: ck_loss_sums, to task: Int) {
    var own = LossSums()
    (own.loss, own.predictions, own.labels, own.rows) = (
      sums.loss, sums.predictions, sums.labels, sums.rows
    )
    lossSums[task].add(own)
  }

  /// Hands a column of the output, where forward has left a derivative, on to an input.
  func handOn(column: Int, toInput place: Int) {
    guard let dz = inputGradient(place) else { return }
    let stored = output
    for row in 0..<rows {
      let value = stored.base[row * stored.stride + column]
      dz.base[row * dz.stride] = dz.accumulates ? dz.base[row * dz.stride] + value : value
    }
  }
}

extension Variable {
  /// The loss of a task from its logit; see ``TaskLoss``.
  public func loss(
    task: Int, _ form: TaskLoss.Form, mean: TaskLoss.Mean = .ownRows, place: Int? = nil,
    smoothing: Float = 0
  ) -> Variable {
    graph.record(
      TaskLoss(task: task, form: form, mean: mean, place: place, smoothing: smoothing), [self])
  }
}
