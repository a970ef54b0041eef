public import Tensors

/// What a balancer is shown of one step: of the n tasks that take part, in the order of their indices.
///
/// It is filled anew in every step and allocates nothing then.
public struct BalancingStep: Sendable {
  /// Which tasks take part, [n].
  public private(set) var tasks: [Int]
  /// ω_k·L_k, the mean over the task's rows times what the person has it count, [n]; NaN before the
  /// losses are known.
  public var losses: [Double]
  /// ω_k, what the person has each task count, [n].
  public var taskWeights: [Double]
  /// Steps that this balancer has weighed before this one.
  public var age = 0
  /// g_i·g_j over the parameters that more than one task moves, [n, n].
  public var gram: SquareMatrix
  /// What ``Balancer/survey(_:_:sums:)`` has added up over all entries, [n].
  public var sums: [Double]
  /// Steps taken before this one.
  public var number = 0
  /// Epochs begun before this one.
  public var epoch = 0
  /// Where draws come from; a draw is a function of the step's number.
  public var draws: RandomSource

  /// Room for so many tasks, all of which take part.
  public init(tasks count: Int, seed: UInt64) {
    tasks = Array(0..<count)
    losses = Array(repeating: .nan, count: count)
    sums = Array(repeating: 0, count: count)
    taskWeights = Array(repeating: 1, count: count)
    gram = SquareMatrix(count)
    draws = RandomSource(seed: seed, .balancer)
  }

  /// How many tasks take part.
  public var count: Int { tasks.count }

  /// L_k without ω_k: what is compared over time, so that a changed weight is no change of the loss.
  public func plainLoss(_ index: Int) -> Double { losses[index] / taskWeights[index] }

  /// Says which tasks take part; losses and products are those of earlier ones until they are set.
  public mutating func select(_ isOn: [Bool]) {
    tasks.removeAll(keepingCapacity: true)
    losses.removeAll(keepingCapacity: true)
    sums.removeAll(keepingCapacity: true)
    taskWeights.removeAll(keepingCapacity: true)
    for task in isOn.indices where isOn[task] {
      tasks.append(task)
      losses.append(.nan)
      sums.append(0)
      taskWeights.append(1)
    }
    gram.resize(to: tasks.count)
  }
}

/// The weights that a balancer gives the n tasks that take part in a step.
public struct BalancerWeights: Sendable, Hashable {
  /// w: of gradients of parameters that more than one task moves, [n].
  public var shared: [Double]
  /// h: of gradients of parameters that one task alone moves, [n].
  public var own: [Double]

  /// Room for so many tasks, all weights 1.
  public init(tasks count: Int) {
    shared = Array(repeating: 1, count: count)
    own = shared
  }

  /// Sets all weights of so many tasks to 1.
  public mutating func reset(to count: Int) {
    shared.removeAll(keepingCapacity: true)
    own.removeAll(keepingCapacity: true)
    for _ in 0..<count {
      shared.append(1)
      own.append(1)
    }
  }

  /// Weighs a task's whole loss: what it shares and what is its own.
  public mutating func setBoth(_ index: Int, to weight: Double) {
    shared[index] = weight
    own[index] = weight
  }
}

/// Memory in which balancers work, made once for a number of tasks.
public struct BalancerScratch: Sendable {
  /// Eigenvalues and eigenvectors.
  public var eigen: SymmetricEigen
  /// Square matrices for anything.
  public var matrix: SquareMatrix
  /// Another.
  public var other: SquareMatrix
  /// Numbers by task for anything.
  public var numbers: [Double]
  /// Others.
  public var others: [Double]
  /// Still others.
  public var result: [Double]
  /// The order in which each task goes through the others.
  public var orders: VisitOrders
  /// Minima between bounds.
  public var minimum: BoundedMinimum

  /// Room for so many tasks.
  public init(tasks count: Int) {
    eigen = SymmetricEigen(count)
    matrix = SquareMatrix(count)
    other = SquareMatrix(count)
    numbers = Array(repeating: 0, count: count)
    others = numbers
    result = numbers
    orders = VisitOrders(tasks: count)
    minimum = BoundedMinimum(count)
  }
}

/// By task, the order in which it goes through the other tasks.
public struct VisitOrders: Sendable, Hashable {
  /// [n, n - 1] with room for more.
  private var others: [Int]
  private var count: Int

  /// Room for so many tasks.
  public init(tasks count: Int) {
    others = Array(repeating: 0, count: count * max(0, count - 1))
    self.count = count
  }

  /// Given orders.
  public init(_ orders: [[Int]]) {
    count = orders.count
    others = orders.flatMap { $0 }
  }

  /// The task that the i-th one visits at a turn.
  public subscript(task: Int, turn: Int) -> Int { others[task * (count - 1) + turn] }

  /// Draws an order for each of n tasks (Fisher and Yates), a function of the step's number alone.
  public mutating func draw(_ count: Int, from draws: RandomSource, step: Int) {
    self.count = count
    for task in 0..<count {
      let start = task * (count - 1)
      for turn in 0..<(count - 1) { others[start + turn] = turn < task ? turn : turn + 1 }
      for turn in stride(from: count - 2, to: 0, by: -1) {
        let other = draws.index(
          below: turn + 1, UInt64(truncatingIfNeeded: step), UInt64(task * count + turn))
        others.swapAt(start + turn, start + other)
      }
    }
  }
}
