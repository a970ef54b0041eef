import Datasets
import Foundation
import Graph
import Models
import Runs
import Testing
import Training
import TrainingFixtures

/// The numbers that systems show of themselves, worked out by hand from made answers.
@Suite struct ViewValueTests {
  private static func logit(_ p: Double) -> Float { Float(log(p / (1 - p))) }
  private static func sigmoid(_ z: Float) -> Double { 1 / (1 + exp(-Double(z))) }

  // MARK: - Stitches

  /// A row is what a task's column reads: a stitch whose first row is (0, 1, 0) makes the first task
  /// depend on the second column alone.
  @Test func stitchesAreShownAsTheyAreRead() throws {
    let problem = TinyProblem(rows: 64, tasks: 3)
    let trainer = try problem.trainer("cross-stitch", ["columns": "4", "tower": "4"])
    trainer.set("stitches.0.weight", to: [0, 1, 0, -0.5, 2, 1.5, 0.25, 0.25, 0.5])
    let batch = problem.batch(rows: 64)
    let shown = trainer.inspect(batch, schema: problem.input.schema)
    let matrix = try #require(shown.matrix("stitches.0"))
    #expect(matrix.rows == TinyProblem.names && matrix.columns == TinyProblem.names)
    #expect(matrix.values == [0, 1, 0, -0.5, 2, 1.5, 0.25, 0.25, 0.5])
    #expect(matrix.scale == .diverging && matrix[1, 2] == 1.5)
    let share = try #require(shown.trace("self_share.0"))
    #expect(share == ["board": 0, "stripe": 0.5, "amount": 0.5])
    let before = trainer.logits("board", batch)
    for (column, isRead) in [("board", false), ("amount", false), ("stripe", true)] {
      let path = "columns.\(column).0.weight"
      let old = try #require(trainer.namedNumbers[path])
      trainer.set(path, to: old.map { $0 + 0.5 })
      #expect((trainer.logits("board", batch) != before) == isRead, "\(column)")
      trainer.set(path, to: old)
    }
  }

  @Test func stitchesByUnitAreMeans() throws {
    let made = try MadeModel(
      "cross-stitch", ["columns": "2", "per-unit": "true"], tasks: ["view", "buy"])
    #expect(made.set("stitches.0.weight", to: [1, 2, 3, 4, 5, 0, -3, -8]))
    let shown = made.show(rows: 1, [:])
    #expect(shown.matrix("stitches.0")?.values == [3, 1, 0, -2])
    #expect(shown.trace("self_share.0") == ["view": 0.75, "buy": -1])
  }

  @Test func layersOfASluiceNetworkByTask() throws {
    let made = try MadeModel(
      "cross-stitch", ["columns": "4,4", "sluice": "true", "subspaces": "2"],
      tasks: ["view", "buy", "like"])
    #expect(made.set("layers.weight", to: [1, 2, 3, 4, 5, 6]))
    let matrix = try #require(made.show(rows: 1, [:]).matrix("layers"))
    #expect(matrix.rows == ["view", "buy", "like"] && matrix.columns == ["layer 0", "layer 1"])
    #expect(matrix[0, 1] == 2 && matrix[2, 0] == 5)
    let parts = made.show(rows: 1, [:]).matrix("stitches.0")?.rows
    #expect(parts == ["view.0", "view.1", "buy.0", "buy.1", "like.0", "like.1"])
  }

  // MARK: - Distances

  @Test func distancesOfColumns() throws {
    let names = ["view", "amount", "buy"]
    let made = try MadeModel(
      "l2-soft", ["columns": "1", "tower": "1", "alpha": "0.1"], tasks: names, dense: 0)
    // Four inputs and a bias: (0,0,0,0,0), (3,0,0,0,4), (0,0,0,12,0).
    let columns: [[Float]] = [[0, 0, 0, 0, 0], [3, 0, 0, 0, 4], [0, 0, 0, 12, 0]]
    for (name, numbers) in zip(names, columns) {
      #expect(made.set("columns.\(name).0.weight", to: Array(numbers.prefix(4))))
      #expect(made.set("columns.\(name).0.bias", to: [numbers[4]]))
    }
    // Losses ln 2, 4 (2 outside), and ln(1 + e).
    let shown = made.show(
      rows: 2, [.logit("view"): [0, 0], .logit("amount"): [3, 7], .logit("buy"): [1, -1]],
      labels: [1, 1, 0, 0, 5, 1], spaces: [1, 1, 1, 1, 1, 1])
    let matrix = try #require(shown.matrix("distance.layer 0"))
    #expect(matrix.rows == names && matrix.columns == names && matrix.scale == .magnitude)
    #expect(isClose(matrix.values, [0, 5, 12, 5, 0, 13, 12, 13, 0]))
    // Pairs: 5 / 2.5, 12 / 6, 13 / 8.5.
    let relative = try #require(shown.trace("relative_distance"))
    let ofPairs: [Double] = [2, 2, 13 / 8.5]
    #expect(isClose([relative["layer 0"] ?? .nan], [ofPairs.reduce(0, +) / 3]))
    let losses = log(2.0) + (4 + 4) / 2 + log(1 + exp(1.0))
    let penalty = 0.1 * (25 + 144 + 169)
    let share = try #require(shown.trace("penalty_share")?["penalty"])
    #expect(isClose([share], [penalty / (penalty + losses)]))
  }

  // MARK: - Steps of a funnel

  @Test func attentionAndViolationsOfSteps() throws {
    let made = try MadeModel(
      "aitm", ["chain": "view,like,buy"], tasks: ["view", "like", "buy"])
    let shown = made.show(
      rows: 3,
      [
        .attention("like"): [0.2, 0.8, 0.6, 0.4, 0.1, 0.9],
        .attention("buy"): [0.9, 0.1, 0.7, 0.3, 0.8, 0.2],
        .logit("view"): [0, 1, 2], .logit("like"): [1, 0, 2], .logit("buy"): [3, 1, -1],
      ], labels: [Float](repeating: 0, count: 9))
    let bars = try #require(shown.bars("attention"))
    #expect(bars.parts == ["own", "transferred"] && bars.bars.map(\.name) == ["like", "buy"])
    #expect(isClose(bars.bars[0].values, [0.3, 0.7]) && isClose(bars.bars[1].values, [0.8, 0.2]))
    let transferred = try #require(shown.trace("transferred"))
    #expect(isClose([transferred["like"] ?? 0, transferred["buy"] ?? 0], [0.7, 0.2]))
    // like lies above view in the first row (equal in the last), buy above like in the first two.
    let violations = try #require(shown.trace("violation_rate"))
    #expect(isClose([violations["like"] ?? 0, violations["buy"] ?? 0], [1.0 / 3, 2.0 / 3]))
  }

  @Test func propensitiesAndTheirWeights() throws {
    let made = try MadeModel(
      "escm2", ["floor": "0.1", "clip": "4", "click": "click", "conversion": "buy"],
      tasks: ["click", "buy"])
    let rates = [0.45, 0.19, 0.04, 0.8]
    let shown = made.show(
      rows: 4, [.logit("click"): rates.map(Self.logit), .logit("buy"): [0, 0, 0, 0]],
      labels: [1, 0, 1, 1, 0, 0, 1, 0])
    // 1/p: 2.22, 5.26, 10 by the floor, 1.25; two reach the clip, and clicked rows weigh 2.22, 4, 1.25.
    #expect(shown.trace("clip_rate") == ["clipped": 0.5])
    let weights = [1 / 0.45, 4, 1.25]
    let (sum, squares) = (weights.reduce(0, +), weights.reduce(0) { $0 + $1 * $1 })
    let size = try #require(shown.trace("effective_sample_size"))
    #expect(isClose([size["effective"] ?? 0, size["clicks"] ?? 0], [sum * sum / squares, 3]))
    let bars = try #require(shown.bars("propensities")).bars
    let filled = bars.filter { $0.values != [0] }
    #expect(filled.map(\.name) == ["≤ 0.05", "≤ 0.2", "≤ 0.5", "≤ 1.0"])
    #expect(filled.allSatisfy { $0.values == [0.25] } && bars.count == 10)
  }

  @Test func ratesOfAFunnel() throws {
    let made = try MadeModel(
      "esmm", ["click": "click", "conversion": "buy"], tasks: ["click", "buy"])
    let (p, q) = ([0.5, 0.2, 0.8, 0.3], [0.1, 0.75, 0.25, 0.35])
    // Rows 0, 2 and 3 were clicked; what came of row 3 is not known.
    let shown = made.show(
      rows: 4, [.logit("click"): p.map(Self.logit), .logit("buy"): q.map(Self.logit)],
      labels: [1, 1, 0, 0, 1, 0, 1, 1], spaces: [1, 1, 1, 1, 1, 1, 1, 0])
    let bars = try #require(shown.bars("rates")).bars
    func bar(_ name: String) -> ModelView.Bars.Bar? { bars.first { $0.name == name } }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let both = zip(p, q).map { $0 * $1 }
    let expected: [(String, Double, Double?)] = [
      ("pCTR, all", mean(p), 0.75), ("pCTR, clicked", mean([p[0], p[2], p[3]]), 1),
      ("pCTR, unclicked", p[1], 0), ("pCVR, all", mean(q), nil),
      ("pCVR, clicked", mean([q[0], q[2], q[3]]), 0.5), ("pCVR, unclicked", q[1], nil),
      // Of all four rows one converted; of three it is known.
      ("pCTCVR, all", mean(both), 1.0 / 3),
      ("pCTCVR, clicked", mean([both[0], both[2], both[3]]), 0.5),
      ("pCTCVR, unclicked", both[1], 0),
    ]
    #expect(bars.map(\.name) == expected.map(\.0))
    for (name, value, mark) in expected {
      #expect(isClose(bar(name)?.values, [value]), "\(name)")
      #expect(isClose(bar(name)?.mark.map { [$0] } ?? [], mark.map { [$0] } ?? []), "\(name)")
    }
    let shares = try #require(shown.bars("pcvr_unclicked")).bars
    #expect(shares.map(\.name).first == "0.0–0.1" && shares.count == 10)
    #expect(shares.filter { $0.values != [0] }.map(\.name) == ["0.7–0.8"])
    let course = try #require(shown.trace("mean_pcvr"))
    #expect(
      isClose(
        ["clicked", "unclicked", "observed"].map { course[$0] ?? 0 },
        [mean([q[0], q[2], q[3]]), q[1], 0.5]))
    let calibration = try #require(shown.trace("calibration"))
    #expect(
      isClose(
        ["pCTR", "pCVR", "pCTCVR"].map { calibration[$0] ?? 0 },
        [mean(p) / 0.75, mean([q[0], q[2], q[3]]) / 0.5, mean(both) * 3]))
  }

  // MARK: - Gates

  @Test func sharesOfProgressiveGates() throws {
    let made = try MadeModel(
      "ple", ["own": "1,2", "shared": "1", "levels": "4/4"], tasks: ["view", "buy"])
    let shown = made.show(
      rows: 2,
      [
        .gate("view", level: 0): [0.5, 0.5, 0.9, 0.1],
        .gate("buy", level: 0): [0.2, 0.3, 0.5, 0.1, 0.1, 0.8],
        .gate("view", level: 1): [0.25, 0.75, 0.25, 0.75],
        .gate("buy", level: 1): [1, 0, 0, 0, 1, 0],
        .gate("shared", level: 0): [0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.5, 0],
      ], weights: [2, 0.5])
    #expect(shown.views.map(\.name) == ["gates.0", "gates.1", "shared_gate.0"])
    let first = try #require(shown.bars("gates.0"))
    // Of buy 0.5 and 0.2, mean 0.35 ± 0.15.
    #expect(first.bars.map(\.name) == ["view ± 20 %", "buy ± 15 %"])
    #expect(first.parts == ["own", "shared"])
    #expect(
      isClose(first.bars[0].values, [0.7, 0.3]) && isClose(first.bars[1].values, [0.35, 0.65]))
    let second = try #require(shown.bars("gates.1")).bars.map(\.values)
    #expect(isClose(second[0], [0.25, 0.75]) && isClose(second[1], [1, 0]))
    let shared = try #require(shown.bars("shared_gate.0")).bars
    #expect(shared.map(\.name) == ["view", "buy", "shared"])
    #expect(isClose(shared.flatMap(\.values), [0.2, 0.6, 0.2]))
    let course = try #require(shown.trace("own_share.0"))
    #expect(isClose([course["view"] ?? 0, course["buy"] ?? 0], [0.7, 0.35]))
    #expect(shown.trace("weights") == ["view": 2, "buy": 0.5])
  }

  @Test func splitsOfGatesWithStops() throws {
    let made = try MadeModel(
      "stem-net", ["levels": "4", "own": "2", "shared": "1"], tasks: ["view", "buy"])
    // Experts: view's two, buy's two, the shared one.
    let shown = made.show(
      rows: 2,
      [
        .gate("view"): [0.1, 0.2, 0.3, 0.1, 0.3, 0.3, 0.2, 0.1, 0.1, 0.3],
        .gate("buy"): [0.1, 0.2, 0.3, 0.1, 0.3, 0.3, 0.2, 0.1, 0.1, 0.3],
      ])
    let bars = try #require(shown.bars("gate_split.0"))
    #expect(
      bars.parts == ["own", "other tasks", "shared"] && bars.bars.map(\.name) == ["view", "buy"])
    #expect(isClose(bars.bars[0].values, [0.4, 0.3, 0.3]))
    #expect(isClose(bars.bars[1].values, [0.3, 0.4, 0.3]))
  }

  // MARK: - Attention

  @Test func attentionOfTasksAndFeatures() throws {
    let made = try MadeModel("mran", ["heads": "2", "task-width": "4"], tasks: ["view", "buy"])
    // Two fields and the dense token; the tasks' attention is the same for all rows.
    let map: [Float] = [0.1, 0.9, 0.6, 0.4]
    let shown = made.show(
      rows: 2,
      [
        .attention("tt"): map + map.reversed() + map + map.reversed(),
        .attention("ff"): (0..<36).map { Float($0) / 36 },
        .attention("tf"): [0.2, 0.3, 0.5, 1, 0, 0, 0.4, 0.1, 0.5, 0, 0, 1],
      ])
    #expect(isClose(shown.matrix("attention.tt.0")?.values, [0.1, 0.9, 0.6, 0.4]))
    #expect(isClose(shown.matrix("attention.tt.1")?.values, [0.4, 0.6, 0.9, 0.1]))
    #expect(shown.matrix("attention.tt.0")?.rows == ["view", "buy"])
    let features = try #require(shown.matrix("attention.ff.1"))
    #expect(features.rows == ["row", "column", "dense"] && features.columns == features.rows)
    #expect(isClose(features.values, (9..<18).map { Double($0) / 36 + 0.25 }))
    let alignment = try #require(shown.matrix("attention.tf"))
    #expect(alignment.rows == ["view", "buy"] && alignment.columns == features.columns)
    #expect(isClose(alignment.values, [0.3, 0.2, 0.5, 0.5, 0, 0.5]))
    func entropy(_ shares: [Double]) -> Double {
      -shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } / log(3)
    }
    let expected = (entropy([0.2, 0.3, 0.5]) + entropy([0.4, 0.1, 0.5])) / 2
    let trace = try #require(shown.trace("alpha_entropy"))
    #expect(isClose([trace["view"] ?? 0, trace["buy"] ?? 1], [expected, 0]))
  }

  /// In a run too every row of an attention over tasks sums to 1, and is the one that the plan has.
  @Test func attentionOfTasksInARun() throws {
    let problem = FieldProblem(tasks: 3)
    let trainer = try problem.trainer("mran")
    let shown = trainer.inspect(problem.batch(), schema: problem.input.schema)
    for head in 0..<2 {
      let matrix = try #require(shown.matrix("attention.tt.\(head)"))
      for row in 0..<3 {
        let sum = (0..<3).reduce(Float(0)) { $0 + matrix[row, $1] }
        #expect(abs(sum - 1) <= 1e-5, "head \(head), row \(row)")
      }
    }
  }

  // MARK: - Position bias

  @Test func biasByPositionAndDevice() throws {
    let fields = [
      CategoricalField(name: "place", categories: ["", "10", "2", "1"]),
      CategoricalField(name: "device", categories: ["", "phone", "desk"]),
    ]
    let made = try MadeModel(
      "youtube", ["position": "place", "device": "device", "gate-dropout": "0"],
      tasks: ["click", "amount"], fields: fields)
    // b of place · 3 + device.
    let table = (0..<12).map { Float($0 * $0) / 10 }
    #expect(
      made.set("shallow.click.weight", to: table)
        || made.set("shallow.click.embedding.weight", to: table))
    // Places by id, (place, device): labels by hand.
    let rows: [(place: Int32, device: Int32, click: Float)] = [
      (1, 1, 1), (1, 1, 0), (1, 1, 0), (2, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0),
    ]
    let shown = made.show(
      rows: rows.count, [:], labels: rows.flatMap { [$0.click, 0] },
      ids: rows.flatMap { [$0.place, $0.device] })
    let curves = try #require(shown.curves("position_bias.click"))
    #expect(curves.axis == "position")
    #expect(
      curves.curves.map(\.name) == [
        "phone learned", "phone observed", "desk learned", "desk observed",
      ])
    // The places are drawn in the order of the numbers that they are called: 1, 2, 10.
    #expect(curves.curves.allSatisfy { $0.x == [1, 2, 10] })
    func centred(_ values: [Double]) -> [Double] {
      let known = values.filter { !$0.isNaN }
      return values.map { $0 - known.reduce(0, +) / Double(known.count) }
    }
    // phone is id 1: crosses 10, 7, 4 of ids 3, 2, 1.
    #expect(isClose(curves.curves[0].y, centred([10.0, 4.9, 1.6])))
    #expect(isClose(curves.curves[2].y, centred([12.1, 6.4, 2.5])))
    // Log-odds with half a row of each kind: 2 of 2, 1 of 1, 1 of 3.
    #expect(isClose(curves.curves[1].y, centred([log(2.5 / 0.5), log(1.5 / 0.5), log(1.5 / 2.5)])))
    #expect(curves.curves[3].y[0] == 0 && curves.curves[3].y.dropFirst().allSatisfy(\.isNaN))
  }
}
