public import Datasets
import Graph
import Layers
import Models
public import Runs
public import Store

/// Why a model cannot be written as ONNX.
public enum OnnxError: Error, Equatable {
  /// An operation has no form, and why.
  case noForm(operation: String, reason: String)
  /// A task's answer is no number: what is answered instead.
  case noNumber(task: String, Answer)
  /// The file would have more bytes than a file of ONNX may have.
  case tooLarge(bytes: Int)
}

extension OnnxError: CustomStringConvertible {
  /// What cannot be written, and what to do.
  public var description: String {
    switch self {
    case .noForm(let operation, let reason):
      "the model has no form in ONNX: '\(operation)' has none: \(reason)\n"
        + "  fix:   use the parameters by --safetensors instead"
    case .noNumber(let task, let answer):
      "the model has no form in ONNX: task '\(printable(task))' is \(answer.words.task), whose answer "
        + "is no number\n  fix:   use the parameters by --safetensors instead"
    case .tooLarge(let bytes):
      "the model would have \(bytes) bytes in ONNX, a file may have \(OnnxExport.mostBytes)\n"
        + "  fix:   use the parameters by --safetensors instead"
    }
  }
}

/// A model as a file of ONNX that answers as the model does.
///
/// Inputs are named by column: of a field the ids [rows] (int64), of a field of lists [rows, longest]
/// with −1 behind the last value, of a number the column's own value (float64; the file standardises it).
/// A column that is called as a task is has a number behind its name.
///
/// There is one output a task, [rows] (float32): a binary task's probability, a regression's value in the
/// unit of the file, the score of a ranking. A task whose answer is no number has no form.
public enum OnnxExport {
  /// What a regression's label was made of, to go back: v = divisor · y, or divisor · (eʸ − 1).
  public struct LabelUnit: Sendable, Hashable {
    /// What the column was divided by.
    public var divisor: Double
    /// Whether y is log(1 + v / divisor).
    public var takesLogarithm: Bool

    /// A unit; by default that of the label.
    public init(divisor: Double = 1, takesLogarithm: Bool = false) {
      self.divisor = divisor
      self.takesLogarithm = takesLogarithm
    }
  }

  /// What a message of Protocol Buffers may have.
  public static let mostBytes = Int(Int32.max)

  /// Writes what a trainer's model would answer now.
  ///
  /// - Parameters:
  ///   - trainer: the model with its numbers.
  ///   - features: what it reads.
  ///   - units: by task, the unit of the label; without one that of the file.
  ///   - name: what the graph is called.
  ///   - version: the version of this program.
  /// - Returns: the file.
  /// - Throws: ``OnnxError``.
  public static func file(
    of trainer: Trainer, reading features: FeatureSchema, units: [LabelUnit] = [], name: String,
    version: String
  ) throws(OnnxError) -> ProtobufMessage {
    if let task = trainer.tasks.first(where: { !$0.answer.isNumber }) {
      throw .noNumber(task: task.name, task.answer)
    }
    let (graph, logits, _) = Trainer.trace(trainer.model, trainer.tasks, isTraining: false)
    var trace = OnnxTrace(features, store: trainer.store)
    trace.graph.reserve(trainer.tasks.map(\.name))
    let values = try values(of: graph, for: logits, in: &trace)
    for (index, logit) in logits.enumerated() {
      trace.answer(
        trainer.tasks[index], values[logit.node], isCalibrated: trainer.isCalibrated[index],
        unit: units.indices.contains(index) ? units[index] : LabelUnit())
    }
    return try finished(trace, name: name, version: version)
  }

  /// Writes a fitted model.
  ///
  /// - Parameters:
  ///   - weights: the weights of every task.
  ///   - tasks: what it predicts.
  ///   - features: what it reads.
  ///   - units: by task, the unit of the label; without one that of the file.
  ///   - name: what the graph is called.
  ///   - version: the version of this program.
  /// - Returns: the file.
  /// - Throws: ``OnnxError``.
  public static func file(
    of weights: [LinearWeights], tasks: [TaskDefinition], reading features: FeatureSchema,
    units: [LabelUnit] = [], name: String, version: String
  ) throws(OnnxError) -> ProtobufMessage {
    let store = ParameterStore([], tasks: tasks.count, seed: 0)
    var trace = OnnxTrace(features, store: store)
    trace.graph.reserve(tasks.map(\.name))
    trace.declare(
      fields: Set(features.fields.indices), readsDense: !features.dense.isEmpty)
    for (index, own) in weights.enumerated() {
      let logit = trace.linear(own, of: tasks[index].name, features)
      trace.answer(
        tasks[index], logit, isCalibrated: true,
        unit: units.indices.contains(index) ? units[index] : LabelUnit())
    }
    return try finished(trace, name: name, version: version)
  }

  private static func finished(
    _ trace: OnnxTrace, name: String, version: String
  ) throws(OnnxError) -> ProtobufMessage {
    let file = trace.graph.model(
      name: name, version: version,
      meaning: "Answers of \(name). Inputs are named by column, outputs by task.",
      facts: ["opset": "\(OnnxGraph.opset)"])
    guard file.byteCount <= mostBytes else { throw .tooLarge(bytes: file.byteCount) }
    return file
  }

  /// By node, the name of its value; empty for what no answer depends on.
  private static func values(
    of graph: Graph, for answers: [Variable], in trace: inout OnnxTrace
  ) throws(OnnxError) -> [String] {
    let needed = needed(graph, for: answers)
    trace.declare(
      fields: Set(needed.flatMap { graph.nodes[$0].operation.readFields }),
      readsDense: needed.contains { ((graph.nodes[$0].operation as? Lookup)?.dense ?? 0) > 0 })
    var values = [String](repeating: "", count: graph.nodes.count)
    for node in needed {
      let own = graph.nodes[node]
      let call = OnnxCall(
        inputs: own.inputs.map { values[$0] }, widths: own.inputs.map { graph.nodes[$0].width },
        width: own.width)
      let form = OnnxForm.of(own.operation)
      guard let value = form?.write?(own.operation, &trace, call) else {
        let reason =
          form.map { $0.refusal.isEmpty ? OnnxForm.noField : $0.refusal }
          ?? "nobody has said how it is written"
        throw .noForm(operation: own.operation.name, reason: reason)
      }
      values[node] = value
    }
    return values
  }

  /// The nodes that answers depend on, in the order of the trace.
  private static func needed(_ graph: Graph, for answers: [Variable]) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    for answer in answers { isNeeded[answer.node] = true }
    for node in graph.nodes.indices.reversed() where isNeeded[node] {
      for input in graph.nodes[node].inputs { isNeeded[input] = true }
    }
    return graph.nodes.indices.filter { isNeeded[$0] }
  }
}

extension Operation {
  /// The fields whose ids it reads.
  fileprivate var readFields: [Int] {
    if let lookup = self as? Lookup { return lookup.columns.compactMap(\.field) }
    if let lookup = self as? CrossedLookup {
      return [lookup.fields.first, lookup.fields.second].compactMap { $0 }
    }
    return []
  }
}

extension OnnxTrace {
  /// Makes a task's answer an output: a probability, or a value in the unit of the file.
  fileprivate mutating func answer(
    _ task: TaskDefinition, _ logit: String, isCalibrated: Bool, unit: OnnxExport.LabelUnit
  ) {
    let column = reshaped(logit, [-1])
    guard task.answer.link == .identity else {
      return output(
        node("Sigmoid", [column]), as: task.name,
        meaning: isCalibrated ? "probability" : "score from 0 to 1 that is no probability")
    }
    // Large values keep their digits in double precision.
    let wide = node("Cast", [column], [.integer("to", 11)])
    let scaled = node("Mul", [wide, number(task.scale.deviation)])
    var value = node("Add", [scaled, number(task.scale.mean)])
    if unit.takesLogarithm { value = node("Sub", [node("Exp", [value]), number(1.0)]) }
    if unit.divisor != 1 { value = node("Mul", [value, number(unit.divisor)]) }
    output(
      node("Cast", [value], [.integer("to", 1)]), as: task.name,
      meaning: task.answer.rowLoss == .pairs
        ? "score by which items are ordered" : "value in the unit of the file")
  }

  /// bias + Σ_f weight_f[id_f] + ⟨dense, w⟩, [B, 1].
  fileprivate mutating func linear(
    _ weights: LinearWeights, of task: String, _ features: FeatureSchema
  ) -> String {
    var terms: [String] = []
    for (field, own) in weights.fields.enumerated() {
      let table = graph.constant(
        "linear.\(task).fields.\(features.fields[field].name).weight", own.map { Float($0) },
        [own.count, 1])
      terms.append(rows(of: table, field: field, list: features.fields[field].list))
    }
    if !weights.dense.isEmpty {
      let own = graph.constant(
        "linear.\(task).dense.weight", weights.dense.map { Float($0) }, [weights.dense.count, 1])
      terms.append(node("MatMul", [dense(), own]))
    }
    let bias = graph.constant("linear.\(task).bias", [Float(weights.bias)], [1, 1])
    return node("Sum", terms + [bias])
  }
}
