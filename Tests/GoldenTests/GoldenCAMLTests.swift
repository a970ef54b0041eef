import Foundation
import Graph
import TestSupport
import Testing
import Training

@testable import Models

/// CAML against the float64 reference: losses, every gradient of each loss and of the whole, what its
/// pointers choose, and the sentences that it says.
@Suite struct GoldenCAMLTests {
  @Test(arguments: try GoldenCase.of("caml_train"), [1, 2])
  func `losses and the gradient of the whole`(_ golden: GoldenCase, threads: Int) throws {
    let node = try golden.load()
    let (config, expect) = (try node["config"], try node["expect"])
    let strength = try config["lambda_concept"].number
    let made = try GoldenCAML(
      node, conceptStrength: strength, l2: try config["l2"].number,
      generation: try config["lambda_generation"].number, threads: threads)
    #expect(made.trainer.gradients(made.batch))
    let losses = try expect["losses"]
    expectClose([Float(made.trainer.loss(of: 0))], try losses["rating"].tensor, "rating")
    expectClose([Float(made.trainer.loss(of: 1))], try losses["generation"].tensor, "generation")
    expectClose([Float(made.conceptLoss / strength)], try losses["concept"].tensor, "concept")
    expectClose([Float(made.trainer.penalty)], try losses["penalty"].tensor, "penalty")
    try Self.expect(made.gradients(), [(1, try expect["gradients"])])
    let answers = made.trainer.forward(made.batch)
    expectClose(
      Self.rows(answers, .logit("rating"), made), try expect["ratings"].tensor, "ratings")
  }

  @Test(arguments: try GoldenCase.of("caml_train", "caml_masked"))
  func `the gradient of each loss`(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let expect = try node["expect"]
    guard expect.has("gradients_rating") else { return }
    let rating = try GoldenCAML(node, conceptStrength: 0, l2: 0, generation: 0)
    #expect(rating.trainer.gradients(rating.batch))
    try Self.expect(rating.gradients(), [(1, try expect["gradients_rating"])])
    let text = try GoldenCAML(node, conceptStrength: 0, l2: 0, generation: 1, rating: 0)
    #expect(text.trainer.gradients(text.batch))
    try Self.expect(text.gradients(), [(1, try expect["gradients_generation"])])
    guard expect.has("gradients_concept") else { return }
    let both = try GoldenCAML(node, conceptStrength: 0.7, l2: 0, generation: 2, rating: 0)
    #expect(both.trainer.gradients(both.batch))
    try Self.expect(
      both.gradients(),
      [(2, try expect["gradients_generation"]), (1.4, try expect["gradients_concept"])])
  }

  @Test(arguments: try GoldenCase.of("caml_masked"))
  func `rows without reviews or concepts`(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let (config, expect) = (try node["config"], try node["expect"])
    for pool in try expect["pools"].names {
      let losses = try expect["pools"][pool]["losses"]
      let made = try GoldenCAML(
        node, pool: pool, conceptStrength: 1, l2: try config["l2"].number, generation: 1,
        rating: 0)
      #expect(made.trainer.gradients(made.batch))
      expectClose([Float(made.trainer.loss(of: 0))], try losses["rating"].tensor, "rating")
      expectClose([Float(made.trainer.loss(of: 1))], try losses["generation"].tensor, "text")
      expectClose([Float(made.conceptLoss)], try losses["concept"].tensor, "concept, \(pool)")
      let plain = try GoldenCAML(
        node, pool: pool, conceptStrength: 1, l2: 0, generation: 1, rating: 0)
      #expect(plain.trainer.gradients(plain.batch))
      try Self.expect(
        plain.gradients(),
        [
          (1, try expect["gradients_generation"]),
          (1, try expect["pools"][pool]["gradients_concept"]),
        ])
    }
  }

  @Test(arguments: try GoldenCase.of("caml_train", "caml_masked"))
  func `what the pointers choose`(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let expect = try node["expect"]
    guard expect.has("picks") else { return }
    let made = try GoldenCAML(node, conceptStrength: 0, l2: 0, generation: 1)
    let answers = made.trainer.forward(made.batch)
    let pair = Self.rows(answers, CAML.pair, made)
    let width = pair.count / made.batch.rows
    let (user, item) = (try expect["user"].tensor, try expect["item"].tensor)
    for (tensor, columns) in [
      (user, 0..<user.shape[1]), (item, user.shape[1]..<width),
    ] {
      let found = (0..<made.batch.rows).flatMap { row in
        columns.map { pair[row * width + $0] }
      }
      expectClose(found, tensor, "[u, v], columns \(columns)")
    }
    let concepts = Self.rows(answers, CAML.concepts, made)
    #expect(try concepts.map { Int($0) } == expect["picks"]["concept_set"].integers)
    for (head, soft) in try expect["soft"].list.enumerated() {
      for side in ["user", "item"] {
        let shares = Self.rows(answers, CAMLSelector.pointer("heads.\(head)", side), made)
        expectClose(shares, try soft["review_\(side)"].tensor, "head \(head), \(side)")
        let chosen = try expect["picks"]["review"][side].list[head].integers
        let slots = shares.count / made.batch.rows
        for (row, slot) in chosen.enumerated() {
          let own = shares[(row * slots)..<((row + 1) * slots)]
          #expect(own.max() == own[row * slots + slot])
        }
      }
    }
    guard expect.has("affinity") else { return }
    for (head, affinity) in try expect["affinity"].list.enumerated() {
      expectClose(
        Self.rows(answers, CAMLSelector.map("heads.\(head)"), made),
        try affinity["review"].tensor, "map of head \(head)")
    }
  }

  private static func rows(
    _ executor: Executor, _ name: Watched, _ made: GoldenCAML
  ) -> [Float] {
    guard let values = executor.output(name),
      let output = executor.plan.outputs.first(where: { $0.name == name })
    else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: made.batch.rows * output.width))
  }

  /// That gradients are sums of expected ones, array by array.
  private static func expect(
    _ found: [(name: String, values: [Float])], _ expected: [(factor: Double, part: GoldenNode)]
  ) throws {
    #expect(try Set(found.map(\.name)) == Set(expected[0].part.names))
    for (name, values) in found {
      let parts = try expected.map { (factor: $0.factor, tensor: try $0.part[name].tensor) }
      var sum = [Double](repeating: 0, count: parts[0].tensor.values.count)
      for part in parts {
        for (place, number) in part.tensor.values.enumerated() {
          sum[place] += part.factor * number
        }
      }
      let deviation = GoldenDeviation(
        of: values, from: GoldenTensor(shape: parts[0].tensor.shape, values: sum),
        within: .init(absolute: 1e-6))
      #expect(deviation.isWithinTolerance, "\(name): \(deviation)")
    }
  }
}
