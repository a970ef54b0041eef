public import Runs
public import Tensors

/// How the tasks' losses and gradients are put together: a value with its choices, which says what it
/// must see of a step and turns that into weights.
///
///     g = Σ_k w_k·g_k      parameters that more than one task moves
///     g = Σ_k h_k·g_k      those that one task alone moves
///
/// Whoever takes the step goes by ``sees`` and never asks which balancer it holds. What a balancer
/// remembers is a value of its own beside it, so that it can be copied, kept and gone back to; of a
/// task that is off nothing is seen, its memory stands still and its weights are 0.
public protocol Balancer: Sendable, Hashable {
  /// What it remembers from step to step.
  associatedtype Memory: Sendable, Hashable, ArchivedState = NoMemory

  /// Its name, its paper and what it does.
  static var about: BalancerDescription { get }
  /// What may be chosen, by name.
  static var options: [BalancerOption<Self>] { get }

  /// The defaults.
  init()

  /// What it must see of every step.
  var sees: BalancerSight { get }

  /// Whether its weights go by task: not by array, nor by entry; by default they do.
  var givesTaskWeights: Bool { get }

  /// Whether its weights are those of whole losses, w = h; by default those of a balancer that does not
  /// look at gradients.
  var weighsWholeLosses: Bool { get }

  /// Whether it says something of a task that trains alone; by default not.
  var weighsOneTask: Bool { get }

  /// The memory before the first step.
  func memory(of tasks: BalancedTasks) -> Memory

  /// Fits its choices to these tasks: finds those that it names; by default there is nothing to do.
  ///
  /// - Throws: ``BalancerError`` for choices that do not fit.
  mutating func fit(_ tasks: BalancedTasks) throws(BalancerError)

  /// The weights of this step.
  ///
  /// - Parameters:
  ///   - step: what it sees, of the tasks that take part.
  ///   - memory: what it remembers, by all tasks.
  ///   - scratch: memory to work in, whatever is in it.
  ///   - weights: w and h of the tasks that take part; both are 1 where it leaves them alone.
  func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights)

  /// The weights of one array's gradients, w alone; by default as they are.
  ///
  /// It is asked only if ``sees`` has ``BalancerSight/arrayNorms``.
  ///
  /// - Parameters:
  ///   - array: its index among ``BalancedTasks/arrays``.
  ///   - norms: ‖g_k‖ of the tasks that take part, [n].
  ///   - step: what it sees, of the tasks that take part.
  ///   - memory: what it remembers, by all tasks.
  ///   - weights: w of the tasks that take part, 1 before.
  func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, memory: inout Memory,
    weights: inout BalancerWeights)

  /// Floats that are remembered for each entry of a gradient and each task, 0 at the start; by default
  /// none.
  var entryMemory: Int { get }

  /// Looks at some entries and adds to sums by task; by default nothing.
  ///
  /// It and ``combine(_:_:weights:into:)`` are asked only if ``sees`` has ``BalancerSight/entries``, one
  /// run of entries after another.
  func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>)

  /// Puts some entries together; by default Σ_k w_k·g_k.
  func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>)

  /// Learns from the losses of a step whose weights it has given; by default nothing.
  func learn(_ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch)

  /// Learns from the same batch's losses after the update; by default nothing.
  ///
  /// It is asked only if ``sees`` has ``BalancerSight/lossesAgain``.
  func lookAgain(
    _ losses: [Double], _ step: BalancingStep, memory: inout Memory,
    scratch: inout BalancerScratch)
}

/// What a balancer must see of a step, and so what a step costs with it.
public struct BalancerSight: OptionSet, Sendable, Hashable, Codable {
  /// The bits.
  public let rawValue: Int

  /// A set from its bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The losses of the batch before its gradients are weighed.
  public static let losses = BalancerSight(rawValue: 1)
  /// The dot products of the tasks' gradients of shared parameters: one backward pass a task.
  public static let gram = BalancerSight(rawValue: 2)
  /// The norms of each array's gradients: one backward pass a task.
  public static let arrayNorms = BalancerSight(rawValue: 4)
  /// Every entry of the tasks' gradients: one backward pass a task.
  public static let entries = BalancerSight(rawValue: 8)
  /// The losses of the same batch after the update: one more forward pass.
  public static let lossesAgain = BalancerSight(rawValue: 16)

  /// Whether the tasks' gradients must be kept apart.
  public var needsGradients: Bool { !isDisjoint(with: [.gram, .arrayNorms, .entries]) }

  /// In words, for lists: `losses, gram`.
  public var names: [String] {
    [
      (.losses, "losses"), (.gram, "gram"), (.arrayNorms, "array norms"), (.entries, "entries"),
      (.lossesAgain, "losses again"),
    ].compactMap { (part: BalancerSight, name: String) in contains(part) ? name : nil }
  }
}

/// Nothing to remember.
public struct NoMemory: Sendable, Hashable, ArchivedState {
  /// Nothing.
  public init() {}

  /// Nothing.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {}
}

/// What a balancer is, for lists and manuals.
public struct BalancerDescription: Sendable, Hashable {
  /// The name on the command line.
  public let name: String
  /// The name as the field writes it.
  public let title: String
  /// The paper with its DOI, or what it is.
  public let paper: String
  /// One line.
  public let summary: String

  /// Describes a balancer.
  public init(name: String, title: String, paper: String, summary: String) {
    self.name = name
    self.title = title
    self.paper = paper
    self.summary = summary
  }
}

/// The tasks of a run, as far as a balancer cares.
public struct BalancedTasks: Sendable, Hashable {
  /// Their names.
  public let names: [String]
  /// By task, what is answered for it.
  public let answers: [Answer]
  /// How many arrays of parameters there are: weights, biases, tables.
  public let arrays: Int

  /// Tasks by name; by default all their answers are chances.
  public init(_ names: [String], answers: [Answer]? = nil, arrays: Int = 0) {
    self.arrays = arrays
    self.names = names
    self.answers = answers ?? names.map { _ in .chance }
  }

  /// How many.
  public var count: Int { names.count }
}

extension Balancer {
  /// As it looks at no gradients.
  public var weighsWholeLosses: Bool { !sees.needsGradients }

  /// It weighs tasks against each other.
  public var weighsOneTask: Bool { false }

  /// They go by task.
  public var givesTaskWeights: Bool { true }

  /// Fits any tasks.
  public mutating func fit(_ tasks: BalancedTasks) throws(BalancerError) {}

  /// Leaves the array's weights as they are.
  public func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, memory: inout Memory,
    weights: inout BalancerWeights
  ) {}

  /// Nothing.
  public var entryMemory: Int { 0 }

  /// Adds nothing.
  public func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>
  ) {}

  /// Σ_k w_k·g_k.
  public func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<entries.count {
      var sum: Float = 0
      for task in 0..<step.count {
        sum += Float(weights.shared[task]) * entries.gradient(task)[index]
      }
      result[index] = sum
    }
  }

  /// Learns nothing.
  public func learn(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch
  ) {}

  /// Learns nothing.
  public func lookAgain(
    _ losses: [Double], _ step: BalancingStep, memory: inout Memory,
    scratch: inout BalancerScratch
  ) {}
}

extension Balancer where Memory == NoMemory {
  /// Nothing.
  public func memory(of tasks: BalancedTasks) -> NoMemory { NoMemory() }
}
