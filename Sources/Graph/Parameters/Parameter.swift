/// A handle to numbers that are learned; the numbers themselves live in a ``ParameterStore``.
public struct Parameter: Sendable, Hashable {
  /// The place in the store's list of specifications.
  public let index: Int

  /// The parameter at a place.
  public init(index: Int) { self.index = index }
}

/// Whose parameters they are: a task's own are left alone while the task is off.
public enum Owner: Sendable, Hashable {
  /// All tasks together.
  case shared
  /// One task, by its place.
  case task(Int)

  /// 0 for shared, 1 + place for a task.
  public var segment: Int {
    switch self {
    case .shared: 0
    case .task(let place): place + 1
    }
  }
}

/// How a parameter starts.
public enum Initialiser: Sendable, Hashable {
  /// 0.
  case zeros
  /// One number everywhere.
  case constant(Double)
  /// U(least, most).
  case uniform(ClosedRange<Double>)
  /// N(0, deviation²).
  case normal(deviation: Double)
  /// N(0, 2 / inputs): for layers followed by a ReLU (He et al. 2015, doi:10.1109/ICCV.2015.123).
  case heNormal
  /// 1 with a probability, else 0.
  case bernoulli(probability: Double)
  /// `own` on the diagonal of a K × K matrix (of several, one behind another), (1 − own) / (K − 1)
  /// elsewhere.
  case stitch(columns: Int, own: Double)
  /// U(−a, a), a = √(6 / (inputs + outputs)) (Glorot, Bengio 2010).
  case glorotUniform
}

/// One named array inside a stored block: what files, tests and screens see.
///
/// Element (i, j) of the named array, of `shape` [outputs, inputs] as in PyTorch, lies at
/// `offset + i·strides.0 + j·strides.1` of the block.
public struct ParameterPiece: Sendable, Hashable {
  /// The path, `experts.0.1.weight`.
  public var path: String
  /// One or two extents; further ones count as part of the second.
  public var shape: [Int]
  /// Where element (0, 0) lies.
  public var offset: Int
  /// Distances of neighbours along the first and second extent.
  public var strides: Strides
  /// How the piece starts.
  public var initialiser: Initialiser
  /// The path whose draws it starts with; nil: its own.
  public var drawnAs: String?

  /// Distances of neighbouring elements.
  public struct Strides: Sendable, Hashable {
    /// Along the first extent.
    public var first: Int
    /// Along the second extent; 0 for vectors.
    public var second: Int

    /// Two distances.
    public init(first: Int, second: Int) {
      self.first = first
      self.second = second
    }
  }

  /// Names a part of a block.
  public init(
    path: String, shape: [Int], offset: Int, strides: Strides, initialiser: Initialiser
  ) {
    self.path = path
    self.shape = shape
    self.offset = offset
    self.strides = strides
    self.initialiser = initialiser
  }

  /// How many numbers.
  public var count: Int { shape.reduce(1, *) }
}

/// What a stored block is.
public struct ParameterSpecification: Sendable, Hashable {
  /// How the block is stored and updated.
  public enum Kind: Sendable, Hashable {
    /// Numbers that take a gradient every step.
    case dense(count: Int)
    /// Numbers that are given and not learned: a mask of zeros and ones, a strength.
    case given(count: Int)
    /// Running means of what an operation adds up over the rows of a batch: they have no gradient,
    /// and after a step go this share of the way to the batch's mean.
    case average(count: Int, rate: Double)
    /// A table of which a step touches some rows.
    case table(vocabulary: Int, width: Int)
  }

  /// Whether it takes a gradient.
  public var isLearned: Bool {
    switch kind {
    case .dense, .table: true
    case .given, .average: false
    }
  }

  /// Dense numbers or a table.
  public var kind: Kind
  /// Whose they are.
  public var owner: Owner
  /// The named arrays inside.
  public var pieces: [ParameterPiece]
  /// What the learning rate is multiplied by for this block.
  public var rateFactor: Double = 1
  /// Whether weight decay applies to it.
  public var decays = true
  /// The group that it belongs to, from 0: a turn of a step may move some groups only, such as those
  /// of a teacher.
  public var group = 0

  /// Describes a block.
  public init(kind: Kind, owner: Owner, pieces: [ParameterPiece]) {
    self.kind = kind
    self.owner = owner
    self.pieces = pieces
  }
}
