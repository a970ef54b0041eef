import Graph
import TestSupport
import Testing
import Training

/// Sentences that are said word after word, against the reference's.
@Suite struct GoldenDecodingTests {
  private static let choices: [(name: String, choice: Decoding)] = [
    ("greedy", .greedy), ("greedy", .beam(width: 1)), ("beam2", .beam(width: 2)),
    ("beam2_average", .beam(width: 2, ranking: .average)), ("beam3", .beam(width: 3)),
  ]

  @Test(arguments: try GoldenCase.of("caml_decode"))
  func `sentences are those of the reference`(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let made = try GoldenCAML(node, conceptStrength: 0, l2: 0, generation: 1)
    let decoder = Decoder(
      made.model, store: made.trainer.store, tasks: 2, workspace: made.trainer.workspace,
      rows: made.batch.rows + 2, beam: 3, longest: try node["config"]["longest"].integer)
    for (name, choice) in Self.choices {
      decoder.generate(made.batch, choice)
      for (row, expected) in try node["expect"][name].list.enumerated() {
        let sentences = try expected.list
        #expect(decoder.count(ofRow: row) == sentences.count)
        for (place, sentence) in sentences.enumerated() {
          let words = decoder.sentence(ofRow: row, place).map { Int($0) }
          let (tokens, total) = (
            try sentence["tokens"].integers, try sentence["log_probability"].number
          )
          #expect(words == tokens, "\(name), row \(row), sentence \(place)")
          #expect(
            abs(decoder.logProbability(ofRow: row, place) - total) <= 1e-5 * abs(total),
            "\(name), row \(row), sentence \(place)")
        }
      }
    }
  }

  @Test(arguments: try GoldenCase.of("caml_decode"))
  func `the answer of a text is what its true words cost`(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let made = try GoldenCAML(node, conceptStrength: 0, l2: 0, generation: 1)
    let answers = made.trainer.forward(made.batch)
    let expected = try node["expect"]["token_nll"].tensor
    let costs = try #require(answers.output(.logit("explanation")))
    let ratings = try #require(answers.output(.logit("rating")))
    let words = expected.shape[1]
    for row in 0..<made.batch.rows {
      let sum = expected.values[(row * words)..<((row + 1) * words)].reduce(0, +)
      #expect(abs(Double(costs[row]) - sum) <= 1e-5 * sum)
      let rating = try node["expect"]["ratings"].tensor.values[row]
      #expect(abs(Double(ratings[row]) - rating) <= 1e-5 * abs(rating))
    }
  }
}
