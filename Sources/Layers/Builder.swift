public import Graph
public import Runs

/// Collects the parameters of a model while it is built: path, owner and shape come from one place.
public final class Builder {
  /// What has been declared so far, in order.
  public private(set) var specifications: [ParameterSpecification] = []

  /// What may be changed while the model trains, and where the value lies.
  public private(set) var dials: [(dial: Dial, parameter: Parameter)] = []

  /// The share of units that hidden layers of MLPs, experts, columns and decoders of sentences which are
  /// declared from here on drop while they train, in [0, 1).
  public var dropout = 0.0

  /// Where the model that is being declared goes.
  private var part = Part()

  /// Nothing declared yet.
  public init() {}

  /// Where a model goes that is a part of another one.
  public struct Part: Sendable {
    /// What stands before all of its paths; empty for nothing.
    public var path: String
    /// What its heads are called.
    public var heads: String
    /// The group of its parameters.
    public var group: Int
    /// The group of those of its heads.
    public var headGroup: Int

    /// By default it is no part.
    public init(path: String = "", heads: String = "towers", group: Int = 0, headGroup: Int = 0) {
      self.path = path
      self.heads = heads
      self.group = group
      self.headGroup = headGroup
    }
  }

  /// Declares a part of a model.
  public func declare<Declared>(as part: Part, _ body: () -> Declared) -> Declared {
    let whole = self.part
    self.part = part
    defer { self.part = whole }
    return body()
  }

  /// The parameters of all tasks together.
  public var shared: Scope {
    Scope(builder: self, path: part.path, owner: .shared).group(part.group)
  }

  /// The parameters of one task, by its index; the path is the caller's, `towers` / `click`.
  public func task(_ index: Int) -> Scope {
    Scope(builder: self, path: part.path, owner: .task(index)).group(part.group)
  }

  /// The head of one task: what makes its answer from what is computed for it, `towers`.
  public func heads(of index: Int) -> Scope { task(index).group(part.headGroup) / part.heads }

  /// A number that is given, and that a person may change while the model trains.
  public func dial(
    _ name: String, _ summary: String, in range: ClosedRange<Double>, start: Double
  ) -> Parameter {
    let parameter = shared.given("dials.\(name)", count: 1, start)
    let name = part.path.isEmpty ? name : "\(part.path).\(name)"
    dials.append((Dial(name: name, summary: summary, range: range, start: start), parameter))
    return parameter
  }

  /// What has been declared so far and is learned.
  public var learned: [Parameter] {
    specifications.indices.filter { specifications[$0].isLearned }.map { Parameter(index: $0) }
  }

  func add(_ specification: ParameterSpecification) -> Parameter {
    specifications.append(specification)
    return Parameter(index: specifications.count - 1)
  }
}

/// A place for parameters: a path and an owner.
public struct Scope {
  let builder: Builder
  let path: String
  let owner: Owner
  /// Whose first values its parameters take: those below `path` start as those below `other` do.
  private var twin: (path: String, other: String)?
  /// The group of its parameters.
  private var groupNumber = 0

  init(builder: Builder, path: String, owner: Owner) {
    self.builder = builder
    self.path = path
    self.owner = owner
  }

  /// The scope one step further down the path.
  public static func / (scope: Scope, name: String) -> Scope {
    var next = Scope(builder: scope.builder, path: scope.named(name), owner: scope.owner)
    next.twin = scope.twin
    next.groupNumber = scope.groupNumber
    return next
  }

  /// The share of units that what is declared here drops while it trains, see ``Builder/dropout``.
  public var dropout: Double { builder.dropout }

  /// This scope, whose parameters start with the values that the same names draw below another.
  public func startingAs(_ other: Scope) -> Scope {
    var scope = self
    scope.twin = (path, other.path)
    return scope
  }

  /// This scope, whose parameters belong to a group that a turn of a step may move alone.
  public func group(_ number: Int) -> Scope {
    var scope = self
    scope.groupNumber = number
    return scope
  }

  private func declare(_ specification: ParameterSpecification) -> Parameter {
    var specification = specification
    specification.group = groupNumber
    return builder.add(specification)
  }

  /// The path that draws the first values of a path's array; nil: its own.
  private func drawn(_ path: String) -> String? {
    twin.map { $0.other + path.dropFirst($0.path.count) }
  }

  /// The full path of a name in this scope.
  func named(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// A weight W [inputs, outputs], named as [outputs, inputs].
  func matrix(_ name: String, _ inputs: Int, _ outputs: Int, _ start: Initialiser) -> Parameter {
    block(
      count: inputs * outputs,
      [piece(named(name), inputs, outputs, offset: 0, stride: outputs, start)])
  }

  /// A mask of such a weight for somebody.
  func mask(
    of name: String, _ weight: String, _ inputs: Int, _ outputs: Int, density: Double
  ) -> Parameter {
    let path = "masks.\(name).\(named(weight))"
    let piece = piece(
      path, inputs, outputs, offset: 0, stride: outputs, .bernoulli(probability: density))
    return declare(
      ParameterSpecification(kind: .given(count: inputs * outputs), owner: owner, pieces: [piece]))
  }

  /// Numbers that are given and not learned, all alike at first.
  public func given(_ name: String, count: Int, _ start: Double) -> Parameter {
    let piece = vectorPiece(named(name), count, offset: 0, .constant(start))
    return declare(
      ParameterSpecification(kind: .given(count: count), owner: owner, pieces: [piece]))
  }

  /// Running means that are followed and not learned, all alike at first; of the newest batch each
  /// takes a share.
  public func average(_ name: String, count: Int, _ start: Double, rate: Double) -> Parameter {
    let piece = vectorPiece(named(name), count, offset: 0, .constant(start))
    return declare(
      ParameterSpecification(
        kind: .average(count: count, rate: rate), owner: owner, pieces: [piece]))
  }

  /// A vector of n numbers.
  func vector(_ name: String, _ count: Int, _ start: Initialiser) -> Parameter {
    block(count: count, [vectorPiece(named(name), count, offset: 0, start)])
  }

  /// A table of `vocabulary` rows of `width` numbers.
  public func table(_ name: String, vocabulary: Int, width: Int, _ start: Initialiser) -> Parameter
  {
    var piece = ParameterPiece(
      path: named(name), shape: [vocabulary, width], offset: 0,
      strides: .init(first: width, second: 1), initialiser: start)
    piece.drawnAs = drawn(piece.path)
    return declare(
      ParameterSpecification(
        kind: .table(vocabulary: vocabulary, width: width), owner: owner, pieces: [piece]))
  }

  /// A bias of each of `vocabulary` ids, [vocabulary].
  ///
  /// It is a table of width 1: a step touches the ids of its batch.
  public func biases(_ name: String, vocabulary: Int) -> Parameter {
    declare(
      ParameterSpecification(
        kind: .table(vocabulary: vocabulary, width: 1), owner: owner,
        pieces: [vectorPiece(named(name), vocabulary, offset: 0, .zeros)]))
  }

  /// One block that holds several named arrays.
  func block(
    count: Int, _ pieces: [ParameterPiece], rateFactor: Double = 1, decays: Bool = true
  ) -> Parameter {
    var block = ParameterSpecification(kind: .dense(count: count), owner: owner, pieces: pieces)
    block.rateFactor = rateFactor
    block.decays = decays
    return declare(block)
  }

  /// A named [outputs, inputs] array inside a block whose rows, one an input, are `stride` apart.
  func piece(
    _ path: String, _ inputs: Int, _ outputs: Int, offset: Int, stride: Int, _ start: Initialiser
  ) -> ParameterPiece {
    var piece = ParameterPiece(
      path: path, shape: [outputs, inputs], offset: offset,
      strides: .init(first: 1, second: stride), initialiser: start)
    piece.drawnAs = drawn(path)
    return piece
  }

  /// A named vector inside a block.
  func vectorPiece(
    _ path: String, _ count: Int, offset: Int, _ start: Initialiser
  ) -> ParameterPiece {
    var piece = ParameterPiece(
      path: path, shape: [count], offset: offset, strides: .init(first: 1, second: 0),
      initialiser: start)
    piece.drawnAs = drawn(path)
    return piece
  }
}
