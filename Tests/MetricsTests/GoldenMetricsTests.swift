import Metrics
import TestSupport
import Testing

@Suite struct GoldenMetricsTests {
  @Test(arguments: try GoldenCase.of("primitives_metrics"))
  func `scalars are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let inputs = try node["inputs"]
    let scores = try inputs["scores"].numbers
    let labels = try inputs["labels"].numbers
    let ranked = LabelledRows(predictions: scores, labels: labels)
    let likely = LabelledRows(predictions: try inputs["probabilities"].numbers, labels: labels)
    let values = LabelledRows(
      predictions: try inputs["guess"].numbers, labels: try inputs["real"].numbers)
    let bins = try node["config"]["bins"].integer
    let found = [
      "auc": AUC.of(scores, labels: labels),
      "auc_one_class": AUC.of(scores, labels: labels.map { _ in 1 }),
      "gauc": GroupedAUC.of(ranked, groups: try inputs["users"].integers),
      "logloss": LogLoss.ofProbabilities(likely),
      "ece": Calibration.expectedError(likely, bins: bins),
      "ece10": Calibration.expectedError(likely),
      "rmse": RegressionError.rootMeanSquare(values),
      "mae": RegressionError.meanAbsolute(values),
    ]
    for (name, value) in found { try expect(value, node["expect"][name]) }
  }

  @Test(arguments: try GoldenCase.of("primitives_metrics"))
  func `lists are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let k = try node["config"]["k"].integer
    let lists = try node["inputs"]["lists"].list
    let expected = try node["expect"]["lists"].list
    #expect(lists.count == expected.count)
    for (list, expected) in zip(lists, expected) {
      let ranked = RankedList(
        scores: try list["scores"].numbers, relevances: try list["relevance"].numbers, first: k)
      try expect(ranked.ndcg(.binary), expected["ndcg_binary"])
      try expect(ranked.ndcg(.linear), expected["ndcg_linear"])
      try expect(ranked.ndcg(.exponential), expected["ndcg_exponential"])
      try expect(ranked.recall, expected["recall"])
      try expect(ranked.hit, expected["hit"])
    }
  }

  private func expect(_ found: Double, _ node: GoldenNode) throws {
    let exact = GoldenDeviation.Tolerance(relative: 1e-12, scaled: 0, absolute: 1e-15)
    let deviation = GoldenDeviation(of: [found], from: [try node.number], within: exact)
    #expect(deviation.isWithinTolerance, "\(node.path): \(deviation)")
  }
}
