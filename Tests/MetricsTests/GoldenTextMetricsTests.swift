import Metrics
import TestSupport
import Testing

/// Scores of texts against the reference's numbers.
@Suite struct GoldenTextMetricsTests {
  @Test(arguments: try GoldenCase.of("primitives_text"))
  func `overlap is that of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let references = try node["inputs"]["references"].list.map { try $0.integers }
    let candidates = try node["inputs"]["candidates"].list.map { try $0.integers }
    let expected = try node["expect"]
    var bleu = BLEU()
    for (index, pair) in zip(candidates, references).enumerated() {
      bleu.add(candidate: pair.0, reference: pair.1)
      var single = BLEU()
      single.add(candidate: pair.0, reference: pair.1)
      let smooth = try expected["bleu_smooth"].numbers[index]
      try expect(single.score(order: 4, smoothing: .addOne), smooth, "smooth \(index)")
      let rouge = try expected["rouge"].list[index]
      for n in 1...2 {
        try expect(ROUGE.ofRuns(of: n, candidate: pair.0, reference: pair.1), rouge["\(n)"])
      }
      try expect(
        ROUGE.ofLongestSubsequence(candidate: pair.0, reference: pair.1), rouge["l"])
    }
    for order in 1...4 {
      try expect(
        bleu.score(order: order), expected["bleu"]["\(order)"].number, "BLEU-\(order)")
    }
  }

  @Test(arguments: try GoldenCase.of("primitives_text"))
  func `variety, likeness and perplexity are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let references = try node["inputs"]["references"].list.map { try $0.integers }
    let candidates = try node["inputs"]["candidates"].list.map { try $0.integers }
    let expected = try node["expect"]
    for n in 1...2 {
      var distinct = DistinctRuns<Int>(of: n)
      for candidate in candidates { distinct.add(candidate) }
      try expect(distinct.share, expected["distinct"]["\(n)"].number, "distinct-\(n)")
    }
    let similarity = TextSimilarity(corpus: references)
    let cosines = try expected["tfidf_cosine"].numbers
    for (index, pair) in zip(candidates, references).enumerated() {
      try expect(similarity.cosine(pair.0, pair.1), cosines[index], "cosine \(index)")
    }
    let logits = try node["inputs"]["logits"].tensor
    let (targets, pad) = (
      try node["inputs"]["target"].integers, try node["config"]["pad"].integer
    )
    let vocabulary = logits.shape[2]
    var perplexity = Perplexity()
    for (index, token) in targets.enumerated() where token != pad {
      let first = index * vocabulary
      perplexity.add(logits: Array(logits.values[first..<(first + vocabulary)]), token: token)
    }
    try expect(perplexity.value, expected["perplexity"].number, "perplexity")
  }

  private func expect(_ found: ROUGE.Scores, _ node: GoldenNode) throws {
    try expect(found.precision, node["precision"].number, node.path)
    try expect(found.recall, node["recall"].number, node.path)
    try expect(found.f1, node["f1"].number, node.path)
  }

  private func expect(_ found: Double, _ expected: Double, _ name: String) throws {
    let exact = GoldenDeviation.Tolerance(relative: 1e-12, scaled: 0, absolute: 1e-15)
    let deviation = GoldenDeviation(of: [found], from: [expected], within: exact)
    #expect(deviation.isWithinTolerance, "\(name): \(deviation)")
  }
}
