import Foundation
import Runs
import Testing

@testable import mtl_tui

/// Every field of every event, from made values, as JSON and in words.
@Suite struct EventTests {
  private func fields(_ event: Event) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(event.json.utf8))
    return try #require(value as? [String: Any])
  }

  /// Expects these fields among others.
  private func expect(
    _ event: Event, _ expected: [String: Any], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try fields(event)
    for (key, value) in expected {
      #expect(
        (found[key] as? NSObject) == (value as? NSObject),
        "\(key): \(found[key] ?? "missing"), expected \(value)", sourceLocation: location)
    }
  }

  private static let evaluation = Evaluation(
    step: 750, epoch: 1.5, split: .validation,
    tasks: [
      TaskScores(
        task: "click",
        scores: [
          Score(name: "auc", value: 0.75, higherIsBetter: true),
          Score(name: "logloss", value: 0.5, higherIsBetter: false),
        ]),
      TaskScores(
        task: "amount",
        scores: [
          Score(name: "rmse", value: 2.5, higherIsBetter: false),
          Score(name: "mae", value: .nan, higherIsBetter: false),
        ]),
    ], score: 0.625, isBest: true)

  private static let knockOut = KnockOut(
    expert: "E2", step: 40,
    with: [
      Score(name: "click auc", value: 0.75, higherIsBetter: true),
      Score(name: "amount rmse", value: 2, higherIsBetter: false),
    ],
    without: [
      Score(name: "click auc", value: 0.6, higherIsBetter: true),
      Score(name: "amount rmse", value: 2.25, higherIsBetter: false),
    ])

  private static let matrix = KnockOutMatrix(
    step: 40, rows: 300, experts: ["E0", "E1"],
    lines: [
      .init(
        task: "click", score: "auc", higherIsBetter: true, full: 0.75, without: [0.5, .nan],
        firstChoices: [0.625, 0.375]),
      .init(
        task: "amount", score: "rmse", higherIsBetter: false, full: 2, without: [2.25, 1.5],
        firstChoices: [.nan, .nan]),
    ])

  private static let cost = PruningCost(
    task: "click", step: 40, share: 0.2, keptBefore: 0.5, keptAfter: 0.4, rows: 300,
    with: [Score(name: "auc", value: 0.75, higherIsBetter: true)],
    without: [Score(name: "auc", value: 0.625, higherIsBetter: true)])

  @Test func answersAsJSON() throws {
    try expect(
      .knockedOutAll(Self.matrix),
      [
        "event": "knock_out_matrix", "step": 40, "rows": 300, "experts": ["E0", "E1"],
        "tasks": [
          "click": [
            "score": "auc", "full": 0.75, "without": [0.5, NSNull()],
            "first_choices": [0.625, 0.375],
          ],
          "amount": [
            "score": "rmse", "full": 2, "without": [2.25, 1.5],
            "first_choices": [NSNull(), NSNull()],
          ],
        ] as [String: Any],
      ])
    try expect(
      .thinned(Self.cost),
      [
        "event": "thinned", "task": "click", "step": 40, "share": 0.2, "kept_before": 0.5,
        "kept_after": 0.4, "rows": 300, "with": ["auc": 0.75], "without": ["auc": 0.625],
      ])
  }

  @Test func answersInWords() {
    let lines = Self.matrix.paragraph.split(separator: "\n").map(String.init)
    #expect(lines[0] == "step 40  change without each expert, 300 validation rows")
    #expect(lines[1].hasPrefix("  click auc 0.75"))
    #expect(lines[1].contains("E0 -0.25") && lines[1].contains("(first choice of 63 %)"))
    #expect(lines[2].contains("E0 +0.25") && lines[2].contains("E1 -0.5"))
    #expect(!lines[2].contains("first choice"))
    #expect(
      Self.cost.sentence.hasPrefix(
        "step 40  click with 20 % of its mask pruned (50 % → 40 % of the weights kept): "))
    #expect(Self.cost.sentence.contains("(-0.125"))
  }

  private static let summary = RunSummary(
    reason: .earlyStopping, step: 100, bestStep: 75, test: evaluation, examplesPerSecond: 1_234.5,
    seconds: 5.75, parameterCount: 999, fingerprint: "00ab", gateOverlap: 0.25)

  private static let waited: RunSummary = {
    var waited = summary
    waited.waitingShare = 0.0125
    return waited
  }()

  @Test func scoresAsJSON() throws {
    try expect(
      .evaluated(Self.evaluation),
      [
        "event": "evaluation", "step": 750, "split": "validation", "score": 0.625, "best": true,
        "tasks": [
          "click": ["auc": 0.75, "logloss": 0.5], "amount": ["rmse": 2.5, "mae": NSNull()],
        ],
      ])
  }

  @Test func theEndAsJSON() throws {
    try expect(
      .finished(Self.waited),
      [
        "event": "finished", "reason": "early stopping", "step": 100, "best_step": 75,
        "examples_per_second": 1_234.5, "seconds": 5.75, "parameters": 999, "fingerprint": "00ab",
        "gate_overlap": 0.25, "waiting_share": 0.0125,
        "test": [
          "click": ["auc": 0.75, "logloss": 0.5], "amount": ["rmse": 2.5, "mae": NSNull()],
        ],
      ])
    var without = Self.summary
    (without.test, without.gateOverlap) = (nil, nil)
    try expect(
      .finished(without),
      ["test": NSNull(), "gate_overlap": NSNull(), "waiting_share": NSNull()])
  }

  @Test func otherEventsAsJSON() throws {
    try expect(
      .knockedOut(Self.knockOut),
      [
        "event": "knock_out", "expert": "E2", "step": 40,
        "with": ["click auc": 0.75, "amount rmse": 2],
        "without": ["click auc": 0.6, "amount rmse": 2.25],
      ])
    try expect(
      .epochEnded(epoch: 3, step: 90, examplesPerSecond: 50.5),
      ["event": "epoch", "epoch": 3, "step": 90, "examples_per_second": 50.5])
    try expect(.epochEnded(epoch: 3, step: 90), ["examples_per_second": NSNull()])
    try expect(
      .phaseBegan(TrainingPhase(title: "pruning", detail: "round 1", place: 2, count: 5), step: 7),
      [
        "event": "phase", "title": "pruning", "detail": "round 1", "place": 2, "count": 5,
        "step": 7,
      ])
    try expect(
      .noticed("a \"note\"\n", step: 8), ["event": "note", "message": "a \"note\"\n", "step": 8])
    try expect(.failed(message: "no"), ["event": "failed", "message": "no"])
    try expect(.dropped(4), ["event": "dropped", "count": 4])
    try expect(
      .diverged(
        Divergence(
          task: "click", step: 9, parameter: nil, loss: .infinity,
          largest: .init(path: "towers.click", magnitude: 1e30))),
      [
        "event": "diverged", "task": "click", "step": 9, "parameter": NSNull(), "loss": NSNull(),
        "largest_parameter": "towers.click",
      ])
  }

  @Test func commandsAsJSON() throws {
    let change = Command.setTaskWeight("click", 0.5)
    try expect(
      .acknowledged(
        Acknowledgement(id: 3, command: .undo, effect: change, step: 12, outcome: .applied)),
      ["event": "command", "step": 12, "command": "\(Command.undo)", "effect": "\(change)"])
    let refused = Event.acknowledged(
      Acknowledgement(
        id: 3, command: change, effect: change, step: 12, outcome: .refused("no task")))
    try expect(refused, ["refused": "no task"])
  }

  @Test func theStartAsJSON() throws {
    var run = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "log",
      tasks: [
        TaskDescription(name: "click", kind: .binary, labelMean: 0.1, lossName: "focal loss"),
        TaskDescription(name: "amount", kind: .regression, labelMean: 3),
      ], categoricalColumns: ["device"], trainingRows: 10, validationRows: 20, testRows: 30,
      parameterCount: 40, batchSize: 5, stepsPerEpoch: 2, epochs: 6, seed: 7)
    try expect(.prepared(run), ["keep": "balanced", "group": NSNull()])
    (run.keep, run.group) = (.score(task: "amount", name: "r2"), "user")
    try expect(
      .prepared(run),
      [
        "event": "prepared", "model": "mmoe", "data": "log", "training_rows": 10,
        "validation_rows": 20, "test_rows": 30, "parameters": 40, "batch": 5, "accumulate": 1,
        "step_rows": 5, "steps_per_epoch": 2, "seed": 7, "keep": "amount:r2", "group": "user",
        "tasks": ["click", "amount"], "losses": ["focal loss", "squared error"],
      ])
    run.accumulate = 3
    try expect(.prepared(run), ["batch": 5, "accumulate": 3, "step_rows": 15])
    #expect(run.sentence.hasPrefix("MMoE on log: click, amount · 10 rows train"))
    #expect(run.sentence.contains("20 validate, 30 test · 40 parameters"))
  }

  @Test func inWords() {
    #expect(
      Self.evaluation.table.hasPrefix(
        "step 750  validation  click auc 0.7500 logloss 0.5000  |  amount rmse 2.5000 mae "))
    #expect(
      Self.knockOut.sentence
        == "step 40  without E2  click auc 0.6000 (-0.1500)  |  amount rmse 2.2500 (+0.2500)")
    let paragraph = Self.summary.paragraph
    #expect(
      paragraph.hasPrefix("ended at step 100 (early stopping); the parameters of step 75 were kept")
    )
    #expect(paragraph.contains("1234 examples/s, 5.8 s"))
    #expect(paragraph.contains("999 parameters, fingerprint 00ab"))
    let change = Command.setTaskWeight("click", 0.5)
    #expect(
      Acknowledgement(id: 1, command: .undo, effect: change, step: 12, outcome: .applied).sentence
        == "step 12: \(change)")
    #expect(
      Acknowledgement(id: 1, command: .undo, effect: change, step: 12, outcome: .refused("no"))
        .sentence == "step 12: undo refused: no")
    #expect(
      Divergence(task: "click", step: 9, parameter: "a.b", loss: .nan).sentence
        == "the loss of task 'click' is NaN at step 9; parameter a.b is no longer a number")
  }
}
