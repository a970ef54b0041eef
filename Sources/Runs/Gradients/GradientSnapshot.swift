/// The tasks' gradients of one batch on the parameters that more than one task moves.
///
/// Gradients are those of each task's own mean loss, without its weight ω and without penalties, so
/// that weights and gradients can be told apart. Of bounded size: ``mostTasks`` tasks and
/// ``mostTensors`` arrays.
public struct GradientSnapshot: Sendable, Equatable, Codable {
  /// An array of parameters, or several small ones together.
  public struct Tensor: Sendable, Equatable, Codable {
    /// Its path: `experts.0.0.weight`.
    public var name: String
    /// Whether it is a table of which a batch touches some rows.
    public var isTable: Bool
    /// How many numbers it has.
    public var count: Int
    /// The inner products over these parameters alone.
    public var gram: GramMatrix
    /// What each task's gradient was multiplied by here, where a balancer weighs arrays one by one;
    /// nil: ``GradientSnapshot/weights``.
    public var weights: [Double]?

    /// Records an array's inner products.
    public init(
      name: String, isTable: Bool, count: Int, gram: GramMatrix, weights: [Double]? = nil
    ) {
      self.name = name
      self.isTable = isTable
      self.count = count
      self.gram = gram
      self.weights = weights
    }
  }

  /// What is looked at together.
  public enum Part: Sendable, Hashable {
    /// Everything that is shared.
    case all
    /// What is no table.
    case trunk
    /// The tables.
    case tables
    /// One of ``GradientSnapshot/tensors``.
    case tensor(Int)
  }

  /// What looking costs.
  public struct Cost: Sendable, Equatable, Codable {
    /// Seconds that this look took.
    public var seconds: Double
    /// Steps from the look before to this one; nil for the first.
    public var stepsBetween: Int?
    /// The share of the time that looks have taken since the look before; NaN for the first.
    public var share: Double

    /// Records what looking costs.
    public init(seconds: Double, stepsBetween: Int? = nil, share: Double = .nan) {
      self.seconds = seconds
      self.stepsBetween = stepsBetween
      self.share = share
    }
  }

  /// Tasks that are looked at at most: the first that are on.
  public static let mostTasks = 12
  /// Arrays that are told apart at most; the smallest of more are one together.
  public static let mostTensors = 64

  /// The step of the parameters; the batch is the one of the next step.
  public var step: Int
  /// Rows of the batch.
  public var rows: Int
  /// The tasks that were looked at; arrays by task follow this order.
  public var tasks: [String]
  /// Mean losses of the batch, without weights.
  public var losses: [Double]
  /// η of the next step.
  public var rate: Double
  /// How the tasks' gradients are put together, in words: `equal weights`, `PCGrad`.
  public var balancer: String
  /// What each task's gradient is multiplied by in the sum that is followed.
  public var weights: [Double]
  /// The arrays that more than one task moves, in the model's order.
  public var tensors: [Tensor]
  /// What this look cost.
  public var cost: Cost

  /// Records the tasks' gradients of a batch.
  public init(
    step: Int, rows: Int, tasks: [String], losses: [Double], rate: Double,
    balancer: String = "weighted sum", weights: [Double], tensors: [Tensor], cost: Cost
  ) {
    self.step = step
    self.rows = rows
    self.tasks = tasks
    self.losses = losses
    self.rate = rate
    self.balancer = balancer
    self.weights = weights
    self.tensors = tensors
    self.cost = cost
  }
}

// MARK: - Parts

extension GradientSnapshot {
  /// What can be looked at: everything, trunk and tables where both are there, then array by array.
  public var parts: [Part] {
    let kinds: Set<Bool> = Set(tensors.map(\.isTable))
    return [.all] + (kinds.count > 1 ? [.trunk, .tables] : []) + tensors.indices.map(Part.tensor)
  }

  /// The arrays of a part.
  public func tensors(of part: Part) -> [Tensor] {
    switch part {
    case .all: tensors
    case .trunk: tensors.filter { !$0.isTable }
    case .tables: tensors.filter(\.isTable)
    case .tensor(let index): tensors.indices.contains(index) ? [tensors[index]] : []
    }
  }

  /// What a part is called.
  public func name(of part: Part) -> String {
    switch part {
    case .all: "all shared"
    case .trunk: "trunk"
    case .tables: "tables"
    case .tensor(let index): tensors.indices.contains(index) ? tensors[index].name : "-"
    }
  }

  /// The inner products over a part.
  public func gram(of part: Part = .all) -> GramMatrix {
    tensors(of: part).reduce(into: GramMatrix(count: tasks.count)) { $0 += $1.gram }
  }

  /// Z_{i→j} over a part, row after row; see ``GramMatrix/affinities(losses:rate:)``.
  public func affinities(of part: Part = .all) -> [Double] {
    gram(of: part).affinities(losses: losses, rate: rate)
  }
}

// MARK: - The update

extension GradientSnapshot {
  /// What the tasks' gradients become together: u = Σ_i w_i g_i, and how it lies to them.
  public struct Update: Sendable, Equatable {
    /// |u|.
    public var norm: Double
    /// cos(u, ḡ) with the mean gradient ḡ = (1/T) Σ_i g_i; NaN where one of them is 0.
    public var meanCosine: Double
    /// |u| / |ḡ|.
    public var ratio: Double
    /// By task cos(u, g_i); below 0 the step raises the task's loss.
    public var cosines: [Double]
    /// By task u · g_i.
    public var products: [Double]
  }

  /// The sum that is followed, over a part.
  public func update(of part: Part = .all) -> Update {
    let count = tasks.count
    var products = [Double](repeating: 0, count: count)
    var (square, withSum, sumSquare) = (0.0, 0.0, 0.0)
    for tensor in tensors(of: part) {
      let weights = tensor.weights ?? weights
      for i in 0..<count {
        let product = (0..<count).reduce(0.0) { $0 + weights[$1] * tensor.gram[$1, i] }
        products[i] += product
        square += weights[i] * product
        withSum += product
        sumSquare += (0..<count).reduce(0.0) { $0 + tensor.gram[$1, i] }
      }
    }
    let (norm, sum) = (max(0, square).squareRoot(), max(0, sumSquare).squareRoot())
    let gram = gram(of: part)
    func cosine(_ product: Double, _ length: Double) -> Double {
      length > 0 && norm > 0 ? max(-1, min(1, product / (length * norm))) : .nan
    }
    return Update(
      norm: norm, meanCosine: cosine(withSum, sum),
      ratio: sum > 0 ? norm * Double(count) / sum : .nan,
      cosines: (0..<count).map { cosine(products[$0], gram.norm($0)) }, products: products)
  }
}
