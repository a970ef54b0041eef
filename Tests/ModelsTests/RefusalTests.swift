import Models
import Testing
import TrainingFixtures

/// Choices that would train nonsense are refused before anything is built.
@Suite struct RefusalTests {
  @Test(arguments: [
    ("csrec", ["tau": "0"], "from 0.001 to 1000"), ("csrec", ["rho": "2"], "from 0 to 1"),
    ("csrec", ["keep": "3"], "from 0 to 1"), ("csrec", ["rule-tau": "0"], "from 0.001 to 1000"),
    ("csrec", ["rule": "impact-net", "alternation": "joint"], "no task has a turn"),
    ("sparse-sharing", ["moments": "strict", "alternation": "joint"], "no task has a turn"),
    ("sparse-sharing", ["rate": "1"], "from 0 to 0.999"),
    ("lt4rec", ["alpha": "2"], "from 0 to 1"), ("lt4rec", ["focal": "amount"], "binary tasks"),
    ("lt4rec", ["share": "board"], "regressions"), ("mt-fwfm", ["l2": "2"], "from 0 to 1"),
    ("escm2", ["floor": "2"], "from 0 to 1"), ("ple", ["own": "2,0,5,1"], "3 tasks at most"),
    ("ple", ["shared": "0", "own": "2,0"], "own experts for every task"),
    ("crossdistil", ["base": "mmoe", "ple.own": "1"], "it with model.base=ple; the base is mmoe"),
    ("crossdistil", ["base": "aitm"], "hard-sharing or omoe or"),
    ("crossdistil", ["tau": "0"], "from 0.1 to 100"),
    ("crossdistil", ["beta1": "2"], "from 0 to 1"),
    ("crossdistil", ["base": "ple", "ple.own": "2,0,5,1"], "3 tasks at most"),
    ("mmoe", ["expert": "none"], "layer sizes from 1 to 8192, as in 64,32"),
  ])
  func refused(_ model: String, _ options: [String: String], _ expected: String) {
    let error = #expect(throws: ModelError.self) {
      _ = try TinyProblem(tasks: 3).trainer(model, options)
    }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
  }

  /// A tower without hidden layers is one affine map; PLE without shared experts has none.
  @Test func nothingWhereNothingMayBe() throws {
    let problem = TinyProblem(rows: 64, tasks: 2)
    let linear = try problem.trainer("cross-stitch", ["tower": "none"])
    #expect(linear.store.entries.count { $0.piece.path.hasPrefix("towers.") } == 4)
    let ple = try problem.trainer("ple", ["shared": "0"])
    #expect(!ple.store.entries.contains { $0.piece.path.contains("shared") })
    for _ in 0..<3 { #expect(ple.step(problem.batch(rows: 64), rate: 1e-2)) }
    let entry = try ModelRegistry.entry(named: "mmoe")
    #expect(entry.options.first { $0.name == "tower" }?.defaultValue == "16")
  }
}
