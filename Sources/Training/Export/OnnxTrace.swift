import Datasets
import Graph
import Store
import Tensors

/// A model that is being written as ONNX: the graph so far, and where parameters and inputs are in it.
///
/// Every value of the trace is a matrix [B, n], or [1, n] where it depends on no row; shapes are given
/// with 0 for the rows, which ONNX reads as "as many as there are".
struct OnnxTrace {
  var graph = OnnxGraph()
  private let store: ParameterStore
  private let features: FeatureSchema
  /// Names by what they stand for.
  private var known: [String: String] = [:]
  private var inputs: [String] = []

  init(_ features: FeatureSchema, store: ParameterStore) {
    self.features = features
    self.store = store
  }

  /// The name of what a key stands for, made when it is first asked for.
  private mutating func once(
    _ key: String, _ make: (inout OnnxTrace) -> String
  ) -> String {
    if let name = known[key] { return name }
    let name = make(&self)
    known[key] = name
    return name
  }

  // MARK: - Nodes

  mutating func node(
    _ type: String, _ inputs: [String], _ attributes: [OnnxGraph.Attribute] = []
  ) -> String { graph.node(type, inputs, attributes) }

  mutating func reshaped(_ x: String, _ shape: [Int]) -> String {
    node("Reshape", [x, extents(shape)])
  }

  mutating func transposed(_ x: String, _ order: [Int]) -> String {
    node("Transpose", [x], [.integers("perm", order)])
  }

  mutating func sum(_ x: String, axis: Int, keepsAxis: Bool = false) -> String {
    node("ReduceSum", [x, extents([axis])], [.integer("keepdims", keepsAxis ? 1 : 0)])
  }

  mutating func slice(_ x: String, axis: Int, _ range: Range<Int>) -> String {
    node(
      "Slice",
      [x, extents([range.lowerBound]), extents([range.upperBound]), extents([axis])])
  }

  mutating func output(_ value: String, as name: String, meaning: String) {
    graph.output(value, as: name, [.named("rows")], meaning: meaning)
  }

  // MARK: - Numbers

  /// Whole numbers in a row.
  mutating func extents(_ numbers: [Int]) -> String {
    once("extents \(numbers)") { $0.graph.constant("whole", numbers, [numbers.count]) }
  }

  mutating func number(_ value: Float) -> String {
    once("float \(value)") { $0.graph.constant("number", [value], []) }
  }

  mutating func number(_ value: Double) -> String {
    once("double \(value)") { $0.graph.constant("number", [value], []) }
  }

  mutating func number(_ value: Int) -> String {
    once("int \(value)") { $0.graph.constant("number", [value], []) }
  }

  // MARK: - Parameters

  /// A parameter's block as it lies in memory.
  mutating func block(_ parameter: Parameter, _ shape: [Int]) -> String {
    once("block \(parameter.index) \(shape)") { trace in
      let count = shape.reduce(1, *)
      let numbers = Array(
        UnsafeBufferPointer(start: trace.store.base(of: parameter), count: count))
      return trace.graph.constant(trace.name(of: parameter), numbers, shape)
    }
  }

  /// An embedding table, handed on from where it lies.
  mutating func table(_ parameter: Parameter, width: Int) -> String {
    once("table \(parameter.index)") { trace in
      guard let storage = trace.store.tables[parameter.index] else {
        preconditionFailure("onnx: a lookup in what is no table")
      }
      trace.store.growing[parameter.index]?.settle()
      return trace.graph.constant(
        trace.name(of: parameter), .float32, [storage.count / width, width], .memory(storage))
    }
  }

  /// The weights of an affine map, [inputs, outputs] or [E, inputs, outputs]; masked ones as they are
  /// read.
  mutating func weight(_ operation: Linear) -> String {
    let extents = [operation.inputs, operation.outputs]
    let shape = operation.blocks == 1 ? extents : [operation.blocks] + extents
    guard let mask = operation.mask else { return block(operation.weight, shape) }
    return once("masked \(operation.weight.index) \(mask.index)") { trace in
      let (weights, kept) = (
        trace.store.base(of: operation.weight), trace.store.base(of: mask)
      )
      let numbers = (0..<shape.reduce(1, *)).map { weights[$0] * kept[$0] }
      return trace.graph.constant(
        "\(trace.name(of: operation.weight)) ∘ \(trace.name(of: mask))", numbers, shape)
    }
  }

  /// The path of what a block holds, with how many more there are beside it.
  private func name(of parameter: Parameter) -> String {
    let pieces = store.specifications[parameter.index].pieces
    let first = pieces.first?.path ?? "parameter.\(parameter.index)"
    return pieces.count > 1 ? "\(first) and \(pieces.count - 1) more" : first
  }

  // MARK: - Inputs

  /// Declares the inputs that a model reads, in the order of the schema.
  mutating func declare(fields: Set<Int>, readsDense: Bool) {
    for field in features.fields.indices where fields.contains(field) { declare(field) }
    guard readsDense else { return }
    for feature in features.dense where known["column \(feature.column)"] == nil {
      let name = graph.input(
        feature.column, .float64, [.named("rows")],
        meaning: "the column's number as the file has it; NaN where it is missing")
      known["column \(feature.column)"] = name
      inputs.append(name)
    }
  }

  private mutating func declare(_ index: Int) {
    let field = features.fields[index]
    let name: String
    if field.list == nil {
      name = graph.input(
        field.name, .int64, [.named("rows")],
        meaning:
          "the row of the vocabulary, below \(field.vocabulary); 0 for rare and unseen values")
    } else {
      name = graph.input(
        field.name, .int64, [.named("rows"), .named("longest \(field.name)")],
        meaning: "the rows of the vocabulary of a list's values, each below \(field.vocabulary); "
          + "-1 behind the last one")
    }
    known["field \(index)"] = name
    inputs.append(name)
  }

  /// The ids of a field of single values, [B].
  mutating func ids(_ field: Int) -> String { known["field \(field)"] ?? zeros() }

  /// How many rows there are, [1].
  mutating func rowCount() -> String {
    once("rows") { trace in
      trace.node(
        "Shape", [trace.inputs.first ?? ""], [.integer("start", 0), .integer("end", 1)])
    }
  }

  /// A whole 0 a row, [B].
  mutating func zeros() -> String {
    once("zeros") { $0.node("Expand", [$0.number(0), $0.rowCount()]) }
  }

  /// The rows of a table that a field names: one, or those of its list as one.
  mutating func rows(of table: String, field: Int, list: ListShape?) -> String {
    let ids = ids(field)
    guard let list else { return node("Gather", [table, ids], [.integer("axis", 0)]) }
    let isThere = node("Cast", [node("GreaterOrEqual", [ids, number(0)])], [.integer("to", 1)])
    let gathered = node(
      "Gather", [table, node("Max", [ids, number(0)])], [.integer("axis", 0)])
    let kept = node("Mul", [gathered, node("Unsqueeze", [isThere, extents([2])])])
    let total = sum(kept, axis: 1)
    guard list.pooling == .mean else { return total }
    let count = sum(isThere, axis: 1, keepsAxis: true)
    return node("Div", [total, node("Max", [count, number(Float(1))])])
  }

  /// The dense features side by side, [B, n], from the columns' numbers.
  mutating func dense() -> String {
    once("dense") { trace in
      let columns = trace.features.dense.map { feature in
        trace.reshaped(trace.number(of: feature), [-1, 1])
      }
      return columns.count == 1
        ? columns[0] : trace.node("Concat", columns, [.integer("axis", 1)])
    }
  }

  /// As ``DenseFeature/Form`` says, in double precision until the end; missing ones are the mean.
  private mutating func number(of feature: DenseFeature) -> String {
    let x = known["column \(feature.column)"] ?? ""
    let value: String
    switch feature.form {
    case .value(let mean, let deviation): value = standardised(x, mean, deviation)
    case .logarithm(let mean, let deviation):
      let logarithm = node("Log", [node("Add", [node("Abs", [x]), number(1.0)])])
      value = standardised(node("Mul", [node("Sign", [x]), logarithm]), mean, deviation)
    case .indicator: value = node("Greater", [x, number(0.0)])
    }
    return node("Cast", [value], [.integer("to", 1)])
  }

  private mutating func standardised(_ x: String, _ mean: Double, _ deviation: Double) -> String {
    let scaled = node("Div", [node("Sub", [x, number(mean)]), number(deviation)])
    return node("Where", [node("IsNaN", [x]), number(0.0), scaled])
  }
}
