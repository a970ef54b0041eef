public import Tensors

/// Minimises a smooth function of many variables from its values and gradients.
///
/// The limited-memory BFGS method: the newest `history` steps stand for the curvature, so memory
/// and time of an iteration are O(history · n). Liu and Nocedal, "On the limited memory BFGS method
/// for large scale optimization." Mathematical Programming 45, 1989. doi:10.1007/BF01589116
///
/// All buffers are made once; `minimise` allocates nothing and may be called again.
public final class LBFGS {
  /// A function to minimise: writes its gradient at a point and returns its value.
  public typealias Objective = (
    _ point: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>
  ) -> Double

  /// The number of variables.
  public let dimensions: Int
  private let options: Options
  private let hasCurvatureGuess: Bool
  private let memory: CurvatureMemory
  private let gradient: Storage<Double>
  private let direction: Storage<Double>
  private let startPoint: Storage<Double>
  private let startGradient: Storage<Double>
  private var recentValues: [Double] = []

  /// Makes the buffers for so many variables.
  ///
  /// `curvature` is a guess of the second derivative along each variable, all above 0; where
  /// variables differ in scale a good one saves many iterations. Without it all count alike.
  public init(dimensions: Int, options: Options = Options(), curvature: [Double]? = nil) {
    precondition(
      curvature.map { $0.count == dimensions } ?? true,
      "lbfgs: \(curvature?.count ?? 0) curvatures, \(dimensions) variables")
    self.dimensions = dimensions
    self.options = options
    hasCurvatureGuess = curvature != nil
    memory = CurvatureMemory(
      dimensions: dimensions, capacity: options.history, curvature: curvature)
    gradient = Storage(count: dimensions, filling: 0)
    direction = Storage(count: dimensions, filling: 0)
    startPoint = Storage(count: dimensions, filling: 0)
    startGradient = Storage(count: dimensions, filling: 0)
    recentValues.reserveCapacity(Options.settlingWindow + 1)
  }

  /// Moves a point to a minimum nearby; `shouldContinue` sees the start and every iteration.
  @discardableResult
  public func minimise(
    _ point: Storage<Double>, objective: Objective,
    shouldContinue: (Iteration) -> Bool = { _ in true }
  ) -> Outcome {
    precondition(
      point.count == dimensions, "lbfgs: a point of \(point.count), \(dimensions) variables")
    memory.forget()
    recentValues.removeAll(keepingCapacity: true)
    var now = Iteration(value: objective(point.base, gradient.base))
    now.gradientNorm = Vectors.largestMagnitude(gradient.base, dimensions)
    guard now.value.isFinite, now.gradientNorm.isFinite else {
      return Outcome(ending: .undefined, last: now)
    }
    while true {
      if let ending = ending(at: now, shouldContinue) { return Outcome(ending: ending, last: now) }
      guard advance(point.base, &now, objective) else { return Outcome(ending: .stuck, last: now) }
    }
  }
}

// MARK: - What it is told and what it tells

extension LBFGS {
  /// How many steps are remembered, and when to stop.
  public struct Options: Sendable, Hashable {
    static let settlingWindow = 10

    /// Steps remembered.
    public var history = 10
    /// Iterations at most.
    public var maximumIterations = 2000
    /// Stops when no entry of the gradient is larger.
    public var gradientTolerance = 1e-8
    /// Stops when ten iterations together lowered the value by no more than this share of it.
    public var decreaseTolerance = 1e-12

    /// The defaults.
    public init() {}
  }

  /// Where an iteration arrived.
  public struct Iteration: Sendable, Hashable {
    /// Its number; 0 is the start.
    public var number = 0
    /// The value of the function.
    public var value: Double
    /// The largest magnitude in the gradient.
    public var gradientNorm = 0.0
    /// Calls of the objective so far.
    public var evaluations = 1
  }

  /// Why it stopped.
  public enum Ending: String, Sendable, Hashable {
    /// The gradient vanished.
    case flat
    /// The value has stopped falling.
    case settled
    /// No step lowers the value any more: it is as low as rounding lets it be.
    case stuck
    /// The iterations are used up.
    case exhausted
    /// The caller asked to stop.
    case cancelled
    /// At the start the value or the gradient is not finite.
    case undefined
  }

  /// Why it stopped, and where.
  public struct Outcome: Sendable, Hashable {
    /// Why it stopped.
    public var ending: Ending
    /// The last iteration.
    public var last: Iteration
  }
}

// MARK: - One iteration

extension LBFGS {
  private func ending(at now: Iteration, _ shouldContinue: (Iteration) -> Bool) -> Ending? {
    guard shouldContinue(now) else { return .cancelled }
    if now.gradientNorm <= options.gradientTolerance { return .flat }
    if hasSettled(at: now.value) { return .settled }
    return now.number >= options.maximumIterations ? .exhausted : nil
  }

  private func hasSettled(at value: Double) -> Bool {
    recentValues.append(value)
    guard recentValues.count > Options.settlingWindow else { return false }
    return recentValues.removeFirst() - value <= options.decreaseTolerance * abs(value)
  }

  /// Makes a step that lowers the value; false if there is none.
  private func advance(
    _ point: UnsafeMutablePointer<Double>, _ now: inout Iteration, _ objective: Objective
  ) -> Bool {
    while !step(from: point, &now, objective) {
      // Old curvature can mislead; without it the direction is the gradient's own.
      guard !memory.isEmpty else { return false }
      memory.forget()
    }
    now.number += 1
    now.gradientNorm = Vectors.largestMagnitude(gradient.base, dimensions)
    return true
  }

  private func step(
    from point: UnsafeMutablePointer<Double>, _ now: inout Iteration, _ objective: Objective
  ) -> Bool {
    memory.direction(against: gradient.base, into: direction.base)
    let slope = Vectors.dot(gradient.base, direction.base, dimensions)
    guard slope < 0 else { return false }
    startPoint.base.update(from: point, count: dimensions)
    startGradient.base.update(from: gradient.base, count: dimensions)
    var search = LineSearch(value: now.value, slope: slope, firstStep: firstStep())
    repeat {
      Vectors.sum(startPoint.base, search.step, direction.base, into: point, dimensions)
      let value = objective(point, gradient.base)
      search.judge(value: value, slope: Vectors.dot(gradient.base, direction.base, dimensions))
      now.evaluations += 1
    } while search.verdict == .again
    return conclude(search, at: point, &now)
  }

  /// Remembers an accepted step, or goes back to where the search began.
  private func conclude(
    _ search: LineSearch, at point: UnsafeMutablePointer<Double>, _ now: inout Iteration
  ) -> Bool {
    guard search.verdict == .accepted else {
      point.update(from: startPoint.base, count: dimensions)
      gradient.base.update(from: startGradient.base, count: dimensions)
      return false
    }
    now.value = search.value
    memory.remember(
      from: startPoint.base, to: point, gradients: startGradient.base, gradient.base)
    return true
  }

  /// A whole step, except at first without any idea of the scale: then one of length 1 at most.
  private func firstStep() -> Double {
    guard memory.isEmpty, !hasCurvatureGuess else { return 1 }
    return 1 / max(1, Vectors.dot(gradient.base, gradient.base, dimensions).squareRoot())
  }
}
