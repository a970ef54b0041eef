import Datasets
import Foundation
import Runs
import Tensors
import Testing

@testable import Training

@Suite struct LinearFitTests {
  @Test func `regression is ridge regression's closed form`() {
    var problem = made(rows: 300, kind: .regression, spaces: false)
    problem.penalty = 2.5
    problem.decreaseTolerance = 0
    let fitted = LinearFit.fit(problem, task: 0, loop: inOrder)
    let expected = ridge(problem)
    #expect(fitted.weights.vector.count == expected.count)
    for (found, expected) in zip(fitted.weights.vector, expected) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  /// Where the penalised sum is least, the errors of each user, and of each item, sum to minus what its
  /// bias is shrunk by, and all errors to 0.
  @Test func `ratings have a mean and biases of users and items`() throws {
    let ratings: [(user: Int32, item: Int32, stars: Float)] = [
      (1, 1, 5), (1, 2, 3), (2, 1, 4), (2, 3, 1), (3, 2, 2), (3, 3, 5), (1, 3, 4),
    ]
    let examples = Examples(
      count: ratings.count, ids: Storage(ratings.flatMap { [$0.user, $0.item] }),
      dense: Storage([]), labels: Storage(ratings.map(\.stars)))
    let schema = FeatureSchema(
      fields: [
        CategoricalField(name: "user", vocabulary: 4),
        CategoricalField(name: "item", vocabulary: 4),
      ], dense: [])
    var problem = LinearProblem(
      examples, schema: schema, tasks: [TaskDefinition(name: "rating", kind: .regression)])
    problem.penalty = 2
    problem.decreaseTolerance = 0
    let weights = LinearFit.fit(problem, task: 0, loop: inOrder).weights
    let errors = ratings.map { row in
      weights.bias + weights.fields[0][Int(row.user)] + weights.fields[1][Int(row.item)]
        - Double(row.stars)
    }
    #expect(abs(errors.reduce(0, +)) < 1e-6)
    for id in 1..<4 {
      let user = zip(ratings, errors).filter { $0.0.user == Int32(id) }.reduce(0) { $0 + $1.1 }
      let item = zip(ratings, errors).filter { $0.0.item == Int32(id) }.reduce(0) { $0 + $1.1 }
      #expect(abs(user + 2 * weights.fields[0][id]) < 1e-6)
      #expect(abs(item + 2 * weights.fields[1][id]) < 1e-6)
    }
  }

  @Test(arguments: [LabelKind.binary, .regression], [true, false])
  func `gradients are those of central differences`(kind: LabelKind, spaces: Bool) {
    let problem = made(rows: 60, kind: kind, spaces: spaces)
    for task in problem.tasks.indices {
      let objective = LinearObjective(problem, task: task)
      let count = objective.layout.dimensions
      let random = RandomSource(seed: 5, .test)
      let point = Storage((0..<count).map { 2 * random.uniform(UInt64($0)) - 1 })
      let gradient = Storage<Double>(count: count, filling: .nan)
      let spare = Storage<Double>(count: count, filling: 0)
      _ = objective.evaluate(point.base, gradient: gradient.base, loop: inOrder)
      for index in 0..<count {
        func value(_ shift: Double) -> Double {
          point[index] += shift
          defer { point[index] -= shift }
          return objective.evaluate(point.base, gradient: spare.base, loop: inOrder)
        }
        let difference = (value(1e-5) - value(-1e-5)) / 2e-5
        #expect(abs(gradient[index] - difference) < 1e-6 * max(1, abs(difference)), "\(index)")
      }
    }
  }

  @Test func `logistic fits converge`() {
    var problem = made(rows: 4000, kind: .binary, spaces: true)
    problem.decreaseTolerance = 0
    var firsts: [Int: Double] = [:]
    let fitted = LinearFit.fit(problem, loop: inOrder) { progress in
      if progress.iteration == 0 { firsts[progress.task] = progress.loss }
      return true
    }
    #expect(fitted.count == 2)
    for (task, fit) in fitted.enumerated() {
      #expect(fit.ending == .flat)
      #expect(fit.progress.gradientNorm <= problem.gradientTolerance)
      #expect(fit.progress.loss < (firsts[task] ?? 0) - 0.05)
      #expect(fit.progress.iteration < 100)
    }
  }

  @Test func `the order of chunks does not change a bit`() {
    let problem = made(rows: 6000, kind: .binary, spaces: true)
    #expect(LinearObjective(problem, task: 0).chunks > 4)
    let forwards = LinearFit.fit(problem, loop: inOrder)
    let backwards = LinearFit.fit(problem) { count, body in
      for chunk in (0..<count).reversed() { body(chunk) }
    }
    #expect(forwards == backwards)
  }

  @Test(arguments: [1, 2, 3])
  func `the number of threads does not change a bit`(threads: Int) {
    let problem = made(rows: 6000, kind: .binary, spaces: true)
    let pooled = LinearFit.fit(problem, on: WorkerPool(threads: threads))
    #expect(pooled == LinearFit.fit(problem, loop: inOrder))
  }

  @Test func `rows outside the sample space do not matter`() {
    let problem = made(rows: 500, kind: .binary, spaces: true)
    let before = LinearFit.fit(problem, task: 1, loop: inOrder)
    let examples = problem.examples
    for row in 0..<examples.count where examples.spaces?[row * 2 + 1] == 0 {
      examples.labels[row * 2 + 1] = 1 - examples.labels[row * 2 + 1]
    }
    #expect(LinearFit.fit(problem, task: 1, loop: inOrder) == before)
  }

  @Test func `one class or no rows at all leave finite weights`() {
    let problem = made(rows: 40, kind: .binary, spaces: true)
    for index in 0..<80 { problem.examples.labels[index] = 1 }
    let oneClass = LinearFit.fit(problem, task: 0, loop: inOrder)
    #expect(oneClass.weights.vector.allSatisfy { $0.isFinite })
    #expect(oneClass.weights.bias > 1)
    for row in 0..<40 { problem.examples.spaces?[row * 2] = 0 }
    let noRows = LinearFit.fit(problem, task: 0, loop: inOrder)
    #expect(noRows.weights.vector.allSatisfy { $0 == 0 })
    let empty = LinearFit.fit(made(rows: 0, kind: .regression, spaces: false), loop: inOrder)
    #expect(empty.allSatisfy { $0.weights.vector.allSatisfy { $0 == 0 } })
  }

  @Test func `ending early ends every task`() {
    let problem = made(rows: 500, kind: .binary, spaces: false)
    var calls = 0
    let fitted = LinearFit.fit(problem, loop: inOrder) { progress in
      calls += 1
      return progress.iteration < 2
    }
    #expect(fitted.map(\.ending) == [.cancelled, .cancelled])
    #expect(fitted.map(\.progress.iteration) == [2, 0])
    #expect(calls == 3)
  }
}

@Suite struct LinearWeightsTests {
  @Test func `a vector is split into fields, dense features and bias`() {
    let problem = made(rows: 7, kind: .regression, spaces: false)
    let layout = LinearLayout(problem.schema)
    let numbers = (0..<layout.dimensions).map { Double($0) }
    let weights = LinearWeights(numbers, layout: layout)
    #expect(weights.fields.map(\.count) == problem.schema.fields.map(\.vocabulary))
    #expect(weights.dense.count == problem.schema.dense.count)
    #expect(weights.bias == numbers.last)
    #expect(weights.vector == numbers)
    let row = dense(problem, row: 3)
    let product = zip(row, numbers).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(weights.logit(of: 3, in: problem.examples) - product) < 1e-12)
    #expect(weights.logits(of: problem.examples).count == 7)
  }
}

extension LinearWeights {
  /// Fields, dense features, bias.
  fileprivate var vector: [Double] { fields.flatMap { $0 } + dense + [bias] }
}

private func inOrder(_ count: Int, _ body: (Int) -> Void) {
  for chunk in 0..<count { body(chunk) }
}

/// Rows with five fields and six dense features; labels follow a hidden linear rule.
private func made(rows: Int, kind: LabelKind, spaces: Bool) -> LinearProblem {
  let random = RandomSource(seed: 11, .test)
  let vocabularies = [3, 4, 2, 7, 5]
  func draw(_ row: Int, _ place: Int) -> Double { random.uniform(UInt64(row), UInt64(place)) }
  var ids: [Int32] = []
  var dense: [Float] = []
  var labels: [Float] = []
  for row in 0..<rows {
    for (field, vocabulary) in vocabularies.enumerated() {
      ids.append(Int32(draw(row, field) * Double(vocabulary)))
    }
    for feature in 0..<6 { dense.append(Float(4 * draw(row, 10 + feature) - 2)) }
    for task in 0..<2 {
      let z = Double(ids[row * 5 + task]) - 1 + Double(dense[row * 6 + task])
      let noise = draw(row, 20 + task)
      labels.append(kind == .binary ? (1 / (1 + exp(-z)) > noise ? 1 : 0) : Float(z + noise))
    }
  }
  let space = (0..<rows * 2).map { Float(draw($0, 30) < 0.7 ? 1 : 0) }
  let schema = FeatureSchema(
    fields: vocabularies.map { CategoricalField(name: "field", vocabulary: $0) },
    dense: (0..<6).map { DenseFeature(column: "\($0)", form: .indicator) })
  return LinearProblem(
    Examples(
      count: rows, ids: Storage(ids), dense: Storage(dense), labels: Storage(labels),
      spaces: spaces ? Storage(space) : nil),
    schema: schema,
    tasks: [TaskDefinition(name: "a", kind: kind), TaskDefinition(name: "b", kind: kind)])
}

/// A row as one vector with ones for its ids and its bias.
private func dense(_ problem: LinearProblem, row: Int) -> [Double] {
  let vocabularies = problem.schema.fields.map(\.vocabulary)
  var x: [Double] = []
  for (field, vocabulary) in vocabularies.enumerated() {
    let id = problem.examples.ids[row * vocabularies.count + field]
    x += (0..<vocabulary).map { $0 == Int(id) ? 1 : 0 }
  }
  let count = problem.schema.dense.count
  return x + (0..<count).map { Double(problem.examples.dense[row * count + $0]) } + [1]
}

/// (XᵀX + λ I₀)⁻¹ Xᵀy of task 0, by elimination; I₀ is 0 for the bias.
private func ridge(_ problem: LinearProblem) -> [Double] {
  let x = (0..<problem.examples.count).map { dense(problem, row: $0) }
  let y = (0..<x.count).map { Double(problem.examples.labels[$0 * problem.tasks.count]) }
  let size = x[0].count
  var system = (0..<size).map { i in
    (0..<size).map { j in
      x.reduce(0) { $0 + $1[i] * $1[j] } + (i == j && i < size - 1 ? problem.penalty : 0)
    } + [zip(x, y).reduce(0) { $0 + $1.0[i] * $1.1 }]
  }
  for pivot in 0..<size {
    for row in 0..<size where row != pivot {
      let factor = system[row][pivot] / system[pivot][pivot]
      for column in pivot...size { system[row][column] -= factor * system[pivot][column] }
    }
  }
  return (0..<size).map { system[$0][size] / system[$0][$0] }
}
