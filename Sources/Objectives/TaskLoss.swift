internal import CKernels
public import Graph

/// One task's loss over the rows of its sample space, with its gradient in the same pass.
///
///     L_k = Σ_i δ_ik w_i ℓ(z_ik, y_ik) / max(1, Σ_i δ_ik)
///     binary:      ℓ = softplus(z) − y·z      dz = ω_k/n_k · δ w (σ(z) − y)
///     regression:  ℓ = (z − y)²               dz = 2 ω_k/n_k · δ w (z − y)
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

  /// A task's loss.
  public init(task: Int, form: Form, mean: Mean = .ownRows, place: Int? = nil) {
    self.task = task
    self.form = form
    self.mean = mean
    self.place = place ?? task
  }

  /// The name in profiles and messages.
  public var name: String { "loss" }
  /// By its form.
  public var title: String { form == .crossEntropy ? "cross-entropy" : "squared error" }
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
    call.add(sums, to: place)
  }

  /// Hands dz on to the logit.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }
}

extension Call {
  /// Adds a block's sums to a task's.
  func add(_ sums: ck_loss_sums, to task: Int) {
    lossSums[task].loss += sums.loss
    lossSums[task].predictions += sums.predictions
    lossSums[task].labels += sums.labels
    lossSums[task].rows += sums.rows
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
    task: Int, _ form: TaskLoss.Form, mean: TaskLoss.Mean = .ownRows, place: Int? = nil
  ) -> Variable {
    graph.record(TaskLoss(task: task, form: form, mean: mean, place: place), [self])
  }
}
