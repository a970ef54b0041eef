import Runs

@testable import Interface

/// Made gradients of tasks on three arrays, which pull apart more and more.
extension Fixture {
  /// The inner products of made gradients; every task turns away from the first by its place.
  private static func gram(
    _ tasks: Int, numbers: Int, seed: UInt64, apart: Double, scale: Double
  ) -> GramMatrix {
    var noise = Noise(seed: seed)
    let common = (0..<numbers).map { _ in noise.share() }
    let gradients = (0..<tasks).map { task -> [Double] in
      let side = task % 3 == 1 ? -1.0 : 1.0
      let own = (0..<numbers).map { _ in noise.share() }
      return (0..<numbers).map { place in
        scale / Double(task + 1) * (side * apart * common[place] + own[place])
      }
    }
    var gram = GramMatrix(count: tasks)
    for i in 0..<tasks {
      for j in 0..<tasks {
        for place in 0..<numbers { gram[i, j] += gradients[i][place] * gradients[j][place] }
      }
    }
    return gram
  }

  /// A look at the gradients of a step.
  static func gradients(
    _ names: [String] = shortNames, step: Int = 1_800, of last: Int = 1_800
  ) -> GradientSnapshot {
    let share = Double(step) / Double(last)
    func tensor(
      _ name: String, isTable: Bool = false, count: Int, _ seed: UInt64, _ scale: Double
    ) -> GradientSnapshot.Tensor {
      .init(
        name: name, isTable: isTable, count: count,
        gram: gram(
          names.count, numbers: 12, seed: seed &+ UInt64(step / 60), apart: 0.9 * share,
          scale: scale / (1 + share)))
    }
    return GradientSnapshot(
      step: step, rows: 1_024, tasks: names,
      losses: names.indices.map { 0.3 / Double($0 + 1) }, rate: 0.002,
      weights: names.indices.map { $0 == 1 ? 0.5 : 1 },
      tensors: [
        tensor("embeddings.user_id", isTable: true, count: 160_000, 5, 0.02),
        tensor("embeddings.tag", isTable: true, count: 3_200, 17, 0.01),
        tensor("experts.0.weight", count: 8_192, 31, 0.2),
        tensor("experts.0.bias", count: 64, 57, 0.05),
      ],
      cost: .init(seconds: 0.0042, stepsBetween: step > 60 ? 118 : nil, share: 0.0191))
  }

  /// An app that has watched gradients for a while.
  static func gradientApp(
    _ names: [String] = shortNames, settings: ExplorerSettings = ExplorerSettings(),
    _ change: (inout GradientSnapshot) -> Void = { _ in }
  ) -> App {
    var app = app(names, settings: settings)
    var description = description(names)
    description.hasSharedGradients = true
    _ = app.update(.events([.prepared(description)]))
    for step in stride(from: 60, through: 1_800, by: 60) {
      var newest = snapshot(names, step: step, experts: 4)
      var look = gradients(names, step: step)
      change(&look)
      newest.gradients = look
      _ = app.update(.snapshot(newest))
    }
    _ = app.update(.time(1_000))
    app.press("8")
    return app
  }
}
