import TestSupport

/// Arrays that the reference stacks by task, [K, …] under `types.linear.weight`, and a model keeps
/// by task under `types.t0.linear.weight`.
struct GoldenStack {
  let tasks: [String]

  /// The name in the reference, and the row that is meant; nil for the whole array.
  func place(of path: String, in names: Set<String>) -> (name: String, row: Int?) {
    guard !names.contains(path) else { return (path, nil) }
    var steps = path.split(separator: ".").map(String.init)
    guard let at = steps.firstIndex(where: { tasks.contains($0) }),
      let row = tasks.firstIndex(of: steps.remove(at: at))
    else { return (path, nil) }
    return (steps.joined(separator: "."), row)
  }

  /// The numbers of a named array of a model.
  func tensor(of path: String, in node: GoldenNode) throws -> GoldenTensor {
    let (name, row) = place(of: path, in: Set(try node.names))
    let whole = try node[name].tensor
    guard let row else { return whole }
    let count = whole.shape.dropFirst().reduce(1, *)
    return GoldenTensor(
      shape: whole.shape.count > 1 ? Array(whole.shape.dropFirst()) : [1],
      values: Array(whole.values[row * count..<(row + 1) * count]))
  }
}
