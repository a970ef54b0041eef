import Metrics
import TestSupport
import Testing

/// Metrics by group, by calibration and of ranks against the reference's numbers.
@Suite struct GoldenRankMetricsTests {
  @Test(arguments: try GoldenCase.of("primitives_metrics_gauc"))
  func `gauc is that of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers
    let rows = LabelledRows(predictions: try node["inputs"]["scores"].numbers, labels: labels)
    let groups = try node["inputs"]["groups"].integers
    let expected = try node["expect"]
    try expect(AUC.of(rows.predictions, labels: labels), expected["auc"])
    let found = GroupedScore.auc(rows, groups: groups)
    try expect(found.mean(.group), expected["gauc"]["mean"])
    try expect(found.mean(.rows), expected["gauc"]["impressions"])
    try expect(found.mean(.positives), expected["gauc"]["clicks"])
    try expect(GroupedAUC.of(rows, groups: groups), expected["gauc"]["impressions"])
    let list = try expected["groups"].list
    #expect(found.groups.count == list.count)
    for (group, node) in zip(found.groups, list) {
      #expect(try group.group == node["group"].integer && group.rows == node["rows"].integer)
      #expect(try group.positives == node["positives"].integer)
      try expect(group.score, node["auc"])
    }
    let positive = LabelledRows(predictions: rows.predictions, labels: labels.map { _ in 1 })
    try expect(GroupedAUC.of(positive, groups: groups), expected["all_positive"])
  }

  @Test(arguments: try GoldenCase.of("primitives_metrics_xauc"))
  func `xauc is that of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let guess = try node["inputs"]["guess"].numbers
    let real = try node["inputs"]["real"].numbers
    let binary = try node["inputs"]["binary"].numbers
    let expected = try node["expect"]
    try expect(XAUC.of(guess, labels: real), expected["xauc"])
    try expect(XAUC.of(guess, labels: binary), expected["binary_xauc"])
    try expect(XAUC.of(guess, labels: real.map { _ in 2 }), expected["constant_truth"])
    let found = GroupedScore.xauc(
      LabelledRows(predictions: guess, labels: real),
      groups: try node["inputs"]["groups"].integers)
    try expect(found.mean(.group), expected["gxauc"]["mean"])
    try expect(found.mean(.rows), expected["gxauc"]["rows"])
    let list = try expected["groups"].list
    #expect(found.groups.count == list.count)
    for (group, node) in zip(found.groups, list) {
      #expect(try group.group == node["group"].integer && group.rows == node["rows"].integer)
      try expect(group.score, node["xauc"])
    }
  }

  @Test(arguments: try GoldenCase.of("primitives_metrics_calibration"))
  func `calibration is that of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers
    let rows = LabelledRows(
      predictions: try node["inputs"]["probabilities"].numbers, labels: labels)
    let expected = try node["expect"]
    let rate = labels.reduce(0, +) / Double(labels.count)
    try expect(rate, expected["base_rate"])
    try expect(Calibration.ratio(rows), expected["calibration"])
    for bins in try node["config"]["bins"].list.map({ try $0.integer }) {
      for (binning, name) in [(Calibration.Binning.width, "width"), (.mass, "mass")] {
        try expect(
          Calibration.expectedError(rows, bins: bins, binning), expected["ece_\(name)_\(bins)"])
        let list = try expected["bins_\(name)_\(bins)"].list
        let found = Calibration.bins(rows, bins, binning)
        #expect(found.count == list.count)
        for (bin, node) in zip(found, list) {
          #expect(try bin.count == node["count"].integer)
          try expect(bin.meanProbability, node["mean_probability"])
          try expect(bin.meanLabel, node["mean_label"])
        }
      }
    }
    guard expected.has("ne") else { return }
    let loss = LogLoss.ofProbabilities(rows)
    try expect(loss, expected["logloss"])
    try expect(LogLoss.normalised(loss, baseRate: rate), expected["ne"])
    try expect(LogLoss.normalised(loss, baseRate: 0), expected["one_class"]["ne"])
    let none = LabelledRows(predictions: rows.predictions, labels: labels.map { _ in 0 })
    try expect(Calibration.ratio(none), expected["one_class"]["calibration"])
  }

  /// A number of the reference, or NaN where it has none.
  private func expect(_ found: Double, _ node: GoldenNode) throws {
    let exact = GoldenDeviation.Tolerance(relative: 1e-12, scaled: 0, absolute: 1e-15)
    let deviation = GoldenDeviation(of: [found], from: [try node.number], within: exact)
    #expect(deviation.isWithinTolerance, "\(node.path): \(deviation)")
  }
}
