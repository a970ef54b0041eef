public import Datasets

/// Logistic and linear regression on one-hot inputs, fitted to convergence.
///
/// This is the line that every comparison of networks starts from. Each task is fitted by itself:
///
///     min Σ_i δ_i ℓ(z_i, y_i) + ½ λ ‖w‖²,  z = bias + Σ_f weight_f[id_f] + ⟨dense, x⟩
///
/// λ = 1 is scikit-learn's `C = 1` (binary) and `Ridge(alpha = 1)` (regression); the bias is free.
public enum LinearFit {
  /// Runs a body for every chunk 0..<count, in any order, on any threads, and returns when all are
  /// done.
  public typealias ChunkLoop = (_ count: Int, _ body: (Int) -> Void) -> Void

  /// How far a fit has come.
  public struct Progress: Sendable, Hashable {
    /// The task's place.
    public var task: Int
    /// The iteration; 0 is the start.
    public var iteration: Int
    /// The objective, divided by the rows that count.
    public var loss: Double
    /// The largest magnitude in the gradient, divided by the rows that count.
    public var gradientNorm: Double
  }

  /// A fitted task.
  public struct FittedTask: Sendable, Hashable {
    /// The weights.
    public var weights: LinearWeights
    /// Why the fit ended.
    public var ending: LBFGS.Ending
    /// How far it came.
    public var progress: Progress
  }

  /// Fits every task, one after the other; `shouldContinue` sees every iteration and may end all.
  ///
  /// After an end the tasks not yet begun have the weights they would start from.
  public static func fit(
    _ problem: LinearProblem, loop: ChunkLoop,
    shouldContinue: (Progress) -> Bool = { _ in true }
  ) -> [FittedTask] {
    var goesOn = true
    return problem.tasks.indices.map { task in
      fit(problem, task: task, loop: loop) { progress in
        goesOn = goesOn && shouldContinue(progress)
        return goesOn
      }
    }
  }

  /// Fits one task.
  public static func fit(
    _ problem: LinearProblem, task: Int, loop: ChunkLoop,
    shouldContinue: (Progress) -> Bool = { _ in true }
  ) -> FittedTask {
    let objective = LinearObjective(problem, task: task)
    let rows = Double(max(1, objective.rowCount))
    let minimiser = LBFGS(
      dimensions: objective.layout.dimensions, options: problem.options(rows: rows),
      curvature: objective.curvature())
    func progress(_ now: LBFGS.Iteration) -> Progress {
      Progress(
        task: task, iteration: now.number, loss: now.value / rows,
        gradientNorm: now.gradientNorm / rows)
    }
    let point = objective.start()
    let outcome = minimiser.minimise(point) { weights, gradient in
      objective.evaluate(weights, gradient: gradient, loop: loop)
    } shouldContinue: {
      shouldContinue(progress($0))
    }
    return FittedTask(
      weights: LinearWeights(point.array, layout: objective.layout), ending: outcome.ending,
      progress: progress(outcome.last))
  }
}

/// What a linear fit is given.
public struct LinearProblem: Sendable {
  /// The rows.
  public var examples: Examples
  /// The inputs.
  public var schema: FeatureSchema
  /// The tasks, in the order of the labels.
  public var tasks: [TaskDefinition]
  /// λ, the weight of ½ ‖w‖² beside the sum of the losses.
  public var penalty = 1.0
  /// Iterations at most, for each task.
  public var maximumIterations = 1000
  /// Stops when no entry of the gradient, divided by the rows that count, is larger.
  public var gradientTolerance = 1e-7
  /// Stops when ten iterations together lowered the objective by no more than this share of it.
  public var decreaseTolerance = 1e-6

  /// A problem with the default penalty.
  public init(_ examples: Examples, schema: FeatureSchema, tasks: [TaskDefinition]) {
    self.examples = examples
    self.schema = schema
    self.tasks = tasks
  }

  /// The gradient's tolerance is for the mean over rows, so that it means the same for all data.
  ///
  /// One-hot columns of a field add up to one, which leaves directions that the penalty alone holds;
  /// they never change a prediction much, and the limit on the decrease ends their long tail.
  func options(rows: Double) -> LBFGS.Options {
    var options = LBFGS.Options()
    options.history = 30
    options.maximumIterations = maximumIterations
    options.gradientTolerance = gradientTolerance * rows
    options.decreaseTolerance = decreaseTolerance
    return options
  }
}
