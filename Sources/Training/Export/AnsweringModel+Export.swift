public import Datasets
public import Store

extension AnsweringModel {
  /// The model as ONNX; see ``OnnxExport``.
  ///
  /// - Throws: ``OnnxError``.
  public func onnx(name: String, version: String) throws(OnnxError) -> ProtobufMessage {
    let units = tasks.indices.map { task in
      let rules = encoding.schema.tasks
      guard rules.indices.contains(task) else { return OnnxExport.LabelUnit() }
      return OnnxExport.LabelUnit(
        divisor: rules[task].divisor, takesLogarithm: rules[task].takesLogarithm)
    }
    switch source {
    case .trained(let trainer):
      return try OnnxExport.file(
        of: trainer, reading: encoding.features, units: units, name: name, version: version)
    case .fitted(let weights):
      return try OnnxExport.file(
        of: weights, tasks: tasks, reading: encoding.features, units: units, name: name,
        version: version)
    }
  }

  /// Every gate as it answers rows; none for a model without gates.
  ///
  /// - Parameters:
  ///   - examples: the rows.
  ///   - step: the step of the parameters.
  /// - Returns: the gates in the order of the model.
  public func gates(for examples: Examples, step: Int) -> [AnsweredGate] {
    guard case .trained(let trainer) = source else { return [] }
    return trainer.answeredGates(for: examples, step: step)
  }
}
