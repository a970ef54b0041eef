import Metrics
import TestSupport
import Testing

@Suite struct MultiAUCTests {
  @Test(arguments: try GoldenCase.of("crossdistil_quadruplets"), ["a", "b"])
  func `it is that of the reference`(golden: GoldenCase, task: String) throws {
    let node = try golden.load()
    let labels = try node["inputs"]["labels"].numbers
    let scores = try node["inputs"]["scores_\(task)"].numbers
    let own = task == "a" ? 0 : 1
    let classes = scores.indices.map {
      MultiAUC.cell(own: labels[2 * $0 + own] == 1, other: labels[2 * $0 + 1 - own] == 1)
    }
    let expected = try node["expect"]["metrics"][task]
    #expect(try classes == expected["classes"].integers)
    for (weighting, name) in [
      (MultiAUC.Weighting.uniform, "multi_auc"), (.prevalence, "multi_auc_weighted"),
    ] {
      let found = MultiAUC.of(scores, classes: classes, weighting)
      #expect(try abs(found - expected[name].number) <= 1e-12, "\(task) \(name)")
    }
    let own01 = classes.map { $0 >= 2 ? 1.0 : 0 }
    #expect(try abs(AUC.of(scores, labels: own01) - expected["auc"].number) <= 1e-12)
  }

  @Test func `by hand`() {
    // Classes 0, 0, 1, 3 with scores 1, 5, 2, 5: 1 over 0: ½; 3 over 0: (1 + ½)/2; 3 over 1: 1.
    let (scores, classes) = ([1.0, 5, 2, 5], [0, 0, 1, 3])
    let areas: [Double] = [0.5, 0.75, 1]
    let rows: [Double] = [3, 3, 2]
    #expect(MultiAUC.of(scores, classes: classes) == areas.reduce(0, +) / 3)
    let weighted = zip(areas, rows).reduce(0.0) { $0 + $1.0 * $1.1 } / 8
    #expect(MultiAUC.of(scores, classes: classes, .prevalence) == weighted)
  }

  @Test func `two classes, perfect and random scores`() {
    let scores = (0..<400).map { Double($0 * 37 % 101) }
    let classes = (0..<400).map { $0 * 7 % 4 }
    for weighting in MultiAUC.Weighting.allCases {
      let two = MultiAUC.of(scores, classes: classes.map { $0 % 2 }, weighting)
      let area = AUC.of(scores, labels: classes.map { Double($0 % 2) })
      #expect(abs(two - area) <= 1e-15)
      #expect(MultiAUC.of(classes.map(Double.init), classes: classes, weighting) == 1)
      #expect(MultiAUC.of(scores.map { _ in 3 }, classes: classes, weighting) == 0.5)
      #expect(MultiAUC.of(scores, classes: scores.map { _ in 2 }, weighting).isNaN)
      #expect(MultiAUC.of([.nan, 1], classes: [0, 1], weighting).isNaN)
    }
    #expect(MultiAUC.of([], classes: []).isNaN)
    #expect(MultiAUC.cell(own: true, other: false) == 2)
  }
}
