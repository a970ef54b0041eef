@testable import Runs

/// Values of a run in which nothing is left empty, so that a coding that forgets a part is seen.
enum CodingFixtures {
  static let score = Score(
    name: "auc", value: 0.875, higherIsBetter: true, standardError: 0.0625)

  static let scores: TaskScores = {
    var scores = TaskScores(task: "click", scores: [score, Score(.logLoss, 0.5)])
    scores.scores[1].standardError = 0.25
    (scores.isCalibrated, scores.isBest, scores.brokenRows) = (false, true, 3)
    (scores.firstBrokenRow, scores.condition) = (7, "view")
    scores.basis = [.init("candidates", "all 6")]
    scores.baseline = .init("popularity", [score])
    return scores
  }()

  static let evaluation = Evaluation(
    step: 12, epoch: 1.5, split: .test, tasks: [scores], score: 0.75, isBest: true)

  static let labels = DataFacts.LabelFacts(rows: 9, positives: 4, mean: 0.25, deviation: 0.5)

  static let description: RunDescription = {
    var run = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "sample",
      tasks: [
        TaskDescription(
          name: "click \"now\"", kind: .regression, answer: .chance, labelMean: 0.125,
          lossName: "focal loss",
          lossUnit: "squares")
      ],
      categoricalColumns: ["item"], trainingRows: 100, validationRows: 20, testRows: 30,
      parameterCount: 4_000_000_000, batchSize: 16, stepsPerEpoch: 7, epochs: 3, seed: .max)
    run.accumulate = 4
    run.dials = [Dial(name: "alpha", summary: "strength", range: -1...2, start: 0.5)]
    run.facts = DataFacts(
      tasks: [
        DataFacts.TaskFacts(
          task: "click", kind: .binary, training: labels, validation: labels, test: labels)
      ], notices: ["few positives"], roles: ["click: the click"])
    run.keep = .score(task: "a:b", name: "auc")
    run.group = "user"
    run.numericColumns = ["price"]
    run.experts = [ExpertDescription(name: "own 1", task: "click", level: 2)]
    run.subjects = [.masks]
    run.balancers = [
      BalancerChoices(
        name: "famo", title: "FAMO", summary: "fast",
        options: [.init(name: "rate", defaultValue: "0.025", summary: "of the weights")])
    ]
    run.hasSharedGradients = true
    run.pairs = PairDescription(users: 4, items: 9)
    return run
  }()

  static let summary: RunSummary = {
    var summary = RunSummary(
      reason: .earlyStopping, step: 70, bestStep: 60, test: evaluation, examplesPerSecond: 1e5,
      seconds: 1.25, parameterCount: 9, fingerprint: "00ff", gateOverlap: 0.5)
    summary.validation = evaluation
    summary.taskBests = [TaskBest(task: "click", score: score, step: 50)]
    summary.waitingShare = 0.0125
    return summary
  }()

  static let matrix = KnockOutMatrix(
    step: 4, rows: 5, experts: ["E0", "E1"],
    lines: [
      .init(
        task: "click", score: "auc", higherIsBetter: true, full: 0.75, without: [0.5, 0.25],
        firstChoices: [0.125, 0.875])
    ])

  static let phase = TrainingPhase(title: "pruning", detail: "round 3", place: 2, count: 5)

  /// One of every case, in the order of the cases.
  static let events: [Event] = [
    .prepared(description),
    .acknowledged(
      Acknowledgement(
        id: 3, command: .undo, effect: .setTaskWeight("buy it now", 0.5), step: 9,
        outcome: .refused("no such task"))),
    .evaluated(evaluation),
    .epochEnded(epoch: 2, step: 14, examplesPerSecond: 1_000.5),
    .phaseBegan(phase, step: 20),
    .knockedOut(KnockOut(expert: "E1", step: 3, with: [score], without: [score])),
    .knockedOutAll(matrix),
    .thinned(
      PruningCost(
        task: "click", step: 2, share: 0.5, keptBefore: 0.75, keptAfter: 0.375, rows: 20,
        with: [score], without: [score])),
    .noticed("the disk is full", step: 8),
    .diverged(
      Divergence(
        task: "click", step: 5, parameter: "towers.click.0.weight", loss: 1e30,
        largest: .init(path: "experts.0", magnitude: 1e9))),
    .finished(summary),
    .failed(message: "no data"),
    .dropped(11),
  ]

  /// The number of an event's case; a case that is added must be added to ``events``, too.
  static func caseNumber(of event: Event) -> Int {
    switch event {
    case .prepared: 0
    case .acknowledged: 1
    case .evaluated: 2
    case .epochEnded: 3
    case .phaseBegan: 4
    case .knockedOut: 5
    case .knockedOutAll: 6
    case .thinned: 7
    case .noticed: 8
    case .diverged: 9
    case .finished: 10
    case .failed: 11
    case .dropped: 12
    }
  }
}

extension CodingFixtures {
  static let bitmap = ModelView.Bitmap(
    rows: 2, columns: 3, cells: [0, 1, 1, 0, 0, 1],
    kinds: [.init(name: "shared", series: 4, count: 10), .init(name: "dead", series: 1, count: 2)],
    whole: (20, 31))

  static let contents: [ModelView.Content] = [
    .matrix(.init(rows: ["a"], columns: ["b", "c"], values: [0.5, -1], scale: .diverging)),
    .history(.init(rows: ["a"], columns: ["1"], values: [0.25], scale: .share)),
    .bitmap(bitmap),
    .bars(
      .init(parts: ["x", "y"], bars: [.init(name: "a", values: [1, 2], mark: 0.5)], most: 4)),
    .table(.init(columns: ["n", "v"], rows: [["a", "1"]], current: 1)),
    .passages(.init([.init(name: "said", text: "clear sound", isMarked: true)])),
    .scatter(.init(x: "score", y: "rating", points: [.init(x: 0.5, y: -1)])),
    .curves(falling),
  ]

  /// Heights over a logarithmic axis.
  private static let falling: ModelView.Curves = {
    var curves = ModelView.Curves(
      axis: "step", curves: [.init(name: "b", x: [0], y: [0.5])],
      level: .init(name: "floor", y: 0.25), areShares: true)
    curves.isLogarithmic = true
    return curves
  }()

  static let gate: GateSnapshot = {
    var gate = GateSnapshot(
      name: "L1 click", experts: ["E0"], mean: [1], deviation: [0.125], low: [0.25], high: [0.5],
      topShare: [0.75], entropy: 0.0625, rows: 16, step: 3, isStale: true)
    (gate.task, gate.level) = ("click", 1)
    gate.members = [GateExpert(owner: "own", label: "1", task: "click", index: 4)]
    return gate
  }()

  static let example: ExampleView = {
    let answers = [ExampleView.Answer(task: "click", label: 1, prediction: 0.75, loss: 0.5)]
    let gates = [
      ExampleView.Gate(
        name: "click", weights: [0.25, 0.75], mean: [0.5, 0.5], meanStep: 8, experts: ["A", "B"])
    ]
    return ExampleView(
      row: 3, rows: 9, step: 7, inputs: [.init(name: "item", value: "7 \u{1b}[2J")],
      answers: answers, gates: gates, experts: ["A", "B"],
      ordering: .init(order: .column("item"), position: 2, rows: 9, step: 6, measure: 0.25),
      altered: .init(
        change: InputChange(column: "item", text: "8"), value: "8", note: "unknown",
        problem: "none", without: 1, answers: answers, gates: gates))
  }()

  static let explanation: ExplanationView = {
    let passage = Explanation.Passage("الصوت 价格 \u{1b}[2J", source: "u3, rating 4")
    var view = ExplanationView(
      wish: ExplanationWish(user: .place(3), item: .named("i \"4\""), asking: 2), step: 7)
    view.user = .init(name: "u3", place: 3, count: 4, rows: 5)
    view.item = .init(name: "i4", place: 2, count: 9, rows: 6)
    view.first = [.init(name: "i4", score: 0.5, rating: 4.5)]
    view.firstWords = "by rating"
    view.standing = .init(
      place: 13, count: 199, candidate: .init(name: "i4", score: 0.25, rating: 3.5))
    view.rating = .init(task: "rating", predicted: 4.25, observed: 5, isOn: true)
    view.split = "test"
    view.explanation = Explanation(
      reasons: [.init("sound", score: 0.75, evidence: [passage])], scoreWords: "attention",
      generated: passage, note: "two of nine")
    view.truth = passage
    let evidence = PairEvidence(
      rows: [.init(name: "i \"9\"", rating: 3, text: "clear \u{1b}[2J")], count: 7, rated: 4,
      isByTime: false, mean: 3.5,
      counts: [.init(rating: 3, rows: 4)])
    (view.ofUser, view.ofItem) = (evidence, evidence)
    view.remarks = ["The two never met."]
    return view
  }()

  static let masks = MaskSummary(
    step: 5, layers: [.init(name: "layer 0", rows: 4, columns: 6)],
    tasks: [
      .init(
        name: "click", sparsity: 0.5, sparsityByLayer: [0.5], margin: -0.25, direction: .falling)
    ], overlap: [1], overlapOfAll: 0.75, isContrasting: true, phase: phase)

  static let shadow: ShadowSnapshot = {
    var shadow = ShadowSnapshot(
      change: "without like", fork: 3, step: 9, share: 0.5,
      tasks: [
        .init(
          name: "click", isOn: true, difference: .init(mean: 0.5, error: 0.25, steps: 64),
          score: .init(name: "auc", step: 8, main: 0.75, shadow: 0.5, error: 0.125), losses: [0.5])
      ], steps: [4])
    shadow.phases = .init(shadow: "joint training", main: "pruning click")
    return shadow
  }()

  static let gradients = GradientSnapshot(
    step: 6, rows: 16, tasks: ["a", "b"], losses: [0.5, 0.25], rate: 1e-3, balancer: "PCGrad",
    weights: [1, 2],
    tensors: [
      .init(
        name: "experts.0", isTable: true, count: 24,
        gram: GramMatrix([1, -0.5, -0.5, 2], count: 2), weights: [0.5, 1.5])
    ], cost: .init(seconds: 0.01, stepsBetween: 40, share: 0.02))

  static let snapshot: Snapshot = {
    var snapshot = Snapshot()
    snapshot.phase = .paused("by you")
    (snapshot.step, snapshot.totalSteps, snapshot.epoch) = (5, 70, 2)
    (snapshot.trainingSeconds, snapshot.stepsPerSecond, snapshot.examplesPerSecond) = (1.5, 90, 9e4)
    (snapshot.learningRate, snapshot.learningRateFactor) = (1e-3, 0.5)
    snapshot.tasks = [
      TaskSnapshot(
        name: "click", isOn: false, weight: 2, loss: 0.5, smoothedLoss: 0.25, rows: 16,
        calibration: 1.25, calibrationStep: 4)
    ]
    snapshot.gates = [gate]
    snapshot.experts = [ExpertSnapshot(name: "E0", zeroShare: 0.5, rows: 16, step: 3)]
    snapshot.gatePairs = [GatePair(first: "a", second: "b", divergence: 0.5)]
    snapshot.segmentRanking = SegmentRanking(
      gates: ["click"], step: 4, rows: 20,
      columns: [.init(name: "item", isNumeric: true, values: 8, divergence: [0.5])])
    let segment = SegmentTable.Segment(name: "all", rows: 20, means: [[0.5]], divergence: [0.25])
    snapshot.segments = SegmentTable(
      column: "item", gates: ["click"], experts: ["E0"], step: 4, total: segment,
      segments: [segment])
    snapshot.example = example
    snapshot.explanation = explanation
    snapshot.views = contents.enumerated().map { index, content in
      ModelView(
        name: "view.\(index)", title: "View", note: "look", subject: .masks, step: 3,
        content: content)
    }
    snapshot.trainingPhase = phase
    snapshot.dials = [0.5]
    snapshot.pendingCommands = 2
    snapshot.question = QuestionProgress(
      title: "matrix", step: 3, done: 1, total: 4, trainingWaits: true, matrix: matrix)
    snapshot.masks = masks
    snapshot.maskMap = MaskMap(
      window: MaskWindow(layer: 1, row: 2, column: 3, rows: 2, columns: 3, task: 1), step: 6,
      bitmap: bitmap, isKept: [true, false, false, true, true, true])
    snapshot.maskCell = MaskCell(
      place: MaskPlace(layer: 0, row: 1, column: 2), step: 3, weight: -0.5, isKept: [true],
      isKeptByNegative: [false], gradients: [0.25], gradientRows: 8, gradientStep: 2)
    snapshot.gradients = gradients
    snapshot.shadow = shadow
    snapshot.saving = SavingSnapshot(step: 4, problem: "the disk is full")
    snapshot.ranks = RanksSnapshot([
      .init(host: "a", ownSeconds: 0.01, talkSeconds: 0.004, hiddenSeconds: 0.002, isSlow: true)
    ])
    return snapshot
  }()

  static let wanted: WantedViews = {
    var wanted = WantedViews()
    (wanted.gates, wanted.segmentColumn, wanted.ranksSegments) = (true, "item", true)
    (wanted.example, wanted.exampleOrder, wanted.exampleSorting) = (4, .loss("click"), 2)
    wanted.exampleChange = InputChange(column: "item", text: "8")
    wanted.exampleWithout = 1
    wanted.explanation = ExplanationWish(user: .named("u 3"), item: .first(2), asking: 1)
    wanted.masks = true
    wanted.maskWindow = MaskWindow(layer: 1, row: 2, column: 3, rows: 4, columns: 5, task: 1)
    wanted.maskPlace = MaskPlace(layer: 0, row: 1, column: 2)
    (wanted.gradients, wanted.subjects, wanted.snapshotsPerSecond) = (true, [.masks], 4)
    return wanted
  }()

  static let bin: LossBin = {
    var bin = LossBin(task: 1, step: 5)
    for (step, loss) in [Float(0.5), .nan, 0.25, 8].enumerated() { bin.add(loss, step: 5 + step) }
    return bin
  }()
}
