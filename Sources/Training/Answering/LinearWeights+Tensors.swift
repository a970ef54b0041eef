import Datasets
import Store
import Tensors

// MARK: - Linear models in files

extension LinearWeights {
  /// The weights of all tasks as named arrays in double precision.
  ///
  ///     linear.TASK.bias [1]    linear.TASK.dense.weight [n]    linear.TASK.fields.FIELD.weight [V, 1]
  static func tensors(_ weights: [Self], of dataset: Dataset) -> [SafetensorsTensor] {
    zip(dataset.tasks, weights).flatMap { task, own in
      let path = "linear.\(task.name)"
      let fields = zip(dataset.features.fields, own.fields).map { field, numbers in
        SafetensorsTensor(
          "\(path).fields.\(field.name).weight", [numbers.count, 1], numbers)
      }
      return [
        SafetensorsTensor("\(path).bias", [1], [own.bias]),
        SafetensorsTensor("\(path).dense.weight", [own.dense.count], own.dense),
      ] + fields
    }
  }

  /// The weights of all tasks from named arrays.
  ///
  /// - Throws: `StoreError.mismatch` for an array that is missing, unknown or of another shape.
  static func load(
    _ tensors: [SafetensorsTensor], of dataset: Dataset, path: String
  ) throws(StoreError) -> [Self] {
    let found = Dictionary(tensors.map { ($0.name, $0) }) { $1 }
    func numbers(_ name: String, _ shape: [Int]) throws(StoreError) -> [Double] {
      guard let tensor = found[name] else {
        throw .mismatch(path: path, what: "'\(name)' is missing")
      }
      guard tensor.shape == shape, let numbers = tensor.numbers(as: Double.self) else {
        throw .mismatch(
          path: path,
          what: "'\(name)' is \(tensor.kind.rawValue) \(tensor.shape), expected F64 \(shape)")
      }
      return numbers
    }
    let layout = LinearLayout(dataset.features)
    var weights: [Self] = []
    for task in dataset.tasks {
      let name = "linear.\(task.name)"
      var vector: [Double] = []
      for field in dataset.features.fields {
        vector += try numbers("\(name).fields.\(field.name).weight", [field.vocabulary, 1])
      }
      vector += try numbers("\(name).dense.weight", [dataset.features.dense.count])
      vector += try numbers("\(name).bias", [1])
      weights.append(Self(vector, layout: layout))
    }
    let known = Set(Self.tensors(weights, of: dataset).map(\.name))
    if let extra = tensors.first(where: { !known.contains($0.name) }) {
      throw .mismatch(path: path, what: "the model has no '\(extra.name)'")
    }
    return weights
  }
}

extension SafetensorsTensor {
  fileprivate init(_ name: String, _ shape: [Int], _ numbers: [Double]) {
    self.init(
      name: name, kind: .float64, shape: shape,
      content: .owned(numbers.withUnsafeBytes { Array($0) }))
  }
}
