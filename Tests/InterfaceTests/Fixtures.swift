import Runs
import Terminal

@testable import Interface

/// A seeded generator of plausible numbers.
struct Noise: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in −1...1.
  mutating func share() -> Double { Double.random(in: -1...1, using: &self) }
}

/// Runs with plausible numbers, the same at every call.
enum Fixture {
  static let shortNames = ["click", "like", "follow", "longview"]
  static let longNames = [
    "completed_the_whole_video_and_shared_it", "like", "follow_author_within_a_day", "回访七日内",
  ]
  static let manyNames = (0..<11).map { "task\($0)" }

  static func description(
    _ names: [String] = shortNames, model: String = "mmoe", title: String = "MMoE"
  ) -> RunDescription {
    var description = RunDescription(
      model: model, modelTitle: title, data: "sample",
      tasks: names.enumerated().map { place, name in
        TaskDescription(
          name: name, kind: place == 3 ? .regression : .binary,
          labelMean: place == 3 ? 12.4 : 0.31 / Double(place + 1),
          lossUnit: place == 3 ? "squared deviations of the label" : nil)
      },
      categoricalColumns: ["device", "hour", "author", "tag", "city"], trainingRows: 32_000,
      validationRows: 4_000, testRows: 4_000, parameterCount: 214_613, batchSize: 1024,
      stepsPerEpoch: 32, epochs: 8, seed: 7)
    description.facts = facts(names)
    return description
  }

  /// Labels by split: falling rates, one task that is a regression, one without a positive test row.
  static func facts(_ names: [String] = shortNames) -> DataFacts {
    func labels(_ place: Int, _ rows: Int, positives: Int? = nil) -> DataFacts.LabelFacts {
      guard place != 3 else {
        return DataFacts.LabelFacts(
          rows: rows / 5, mean: 12.4 + Double(rows) / 1e5, deviation: 3.1 - Double(rows) / 1e5)
      }
      let positives = positives ?? rows * 31 / (100 * (place + 1) * (place + 1) * 10)
      return DataFacts.LabelFacts(
        rows: rows, positives: positives, mean: Double(positives) / Double(rows))
    }
    return DataFacts(
      tasks: names.enumerated().map { place, name in
        DataFacts.TaskFacts(
          task: name, kind: place == 3 ? .regression : .binary, training: labels(place, 32_000),
          validation: labels(place, 4_000),
          test: labels(place, 4_000, positives: place == 2 ? 0 : nil))
      },
      notices: [
        "follow: no positive row among the 4,000 test rows, so its AUC is not defined there.",
        "The column 'tab' never varies in the training rows and carries nothing.",
      ],
      roles: ["click: the click, by the data (no conversion occurs without it)."])
  }

  /// The loss of a task at a step: falls, with noise, to its own floor.
  static func loss(_ task: Int, _ step: Int, _ noise: inout Noise) -> Float {
    let floor = [0.31, 0.22, 0.11, 0.43][task % 4]
    let fall = 0.4 / (1 + Double(step) / 90)
    return Float(floor + fall + 0.04 * noise.share())
  }

  static func losses(tasks: Int, steps: Range<Int>) -> [LossBin] {
    var noise = Noise(seed: 11)
    return (0..<tasks).flatMap { task in
      steps.map { step in
        var bin = LossBin(task: task, step: step)
        bin.add(loss(task, step, &noise), step: step)
        return bin
      }
    }
  }

  static func gates(_ names: [String] = shortNames, experts: Int = 8) -> [GateSnapshot] {
    names.enumerated().map { place, name in
      let raw = (0..<experts).map { expert in
        expert == place % experts ? 4.1 : [2.2, 1.1, 0.8, 0.6, 0.5, 0.4][(expert + place) % 6]
      }
      let sum = raw.reduce(0, +)
      let mean = raw.map { Float($0 / sum) }
      return GateSnapshot(
        name: name, experts: (0..<experts).map { "E\($0)" }, mean: mean,
        deviation: mean.map { $0 * 0.2 }, low: mean.map { $0 * 0.6 }, high: mean.map { $0 * 1.5 },
        topShare: mean.map { $0 > 0.3 ? 0.81 : 0.19 / Float(max(1, experts - 1)) },
        entropy: 0.82 + Float(place) * 0.02, rows: 1024, step: 1_799, isStale: false)
    }
  }

  static func snapshot(
    _ names: [String] = shortNames, step: Int = 1_800, off: Set<Int> = [], experts: Int = 8
  ) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.phase = .running
    snapshot.step = step
    snapshot.totalSteps = 5_000
    snapshot.epoch = 3
    snapshot.stepsPerSecond = 412.3
    snapshot.examplesPerSecond = 422_195
    snapshot.learningRate = 0.001
    snapshot.tasks = names.enumerated().map { place, name in
      TaskSnapshot(
        name: name, isOn: !off.contains(place), weight: 1 - 0.1 * Double(place % 4),
        loss: off.contains(place) ? .nan : [0.3165, 0.2282, 0.1182, 0.4319][place % 4],
        smoothedLoss: [0.3291, 0.2391, 0.1290, 0.4493][place % 4], rows: place == 3 ? 211 : 1024,
        calibration: [1.01, 0.98, 1.04, 0.99][place % 4])
    }
    snapshot.gates = experts > 0 ? gates(names, experts: experts) : []
    return snapshot
  }

  static func evaluation(_ names: [String] = shortNames, step: Int, gain: Double) -> Evaluation {
    var tasks = names.enumerated().map { place, name in
      place == 3
        ? TaskScores(
          task: name,
          scores: [
            Score(name: "rmse", value: 0.67 - gain, higherIsBetter: false),
            Score(name: "mae", value: 0.5 - gain, higherIsBetter: false),
          ])
        : TaskScores(
          task: name,
          scores: [
            Score(
              name: "auc", value: 0.8121 - 0.02 * Double(place % 4) + gain, higherIsBetter: true),
            Score(
              name: "logloss", value: [0.33, 0.24, 0.13, 0.44][place % 4] - gain,
              higherIsBetter: false),
            Score(name: "calibration", value: 1.01, higherIsBetter: false),
          ])
    }
    // Every one is better than the one before.
    for task in tasks.indices { tasks[task].isBest = true }
    return Evaluation(
      step: step, epoch: Double(step) / 600, split: .validation, tasks: tasks, score: 0.78 + gain,
      isBest: true)
  }

  static func segments(_ names: [String] = shortNames, experts: Int = 8) -> SegmentTable {
    let total = gates(names, experts: experts).map(\.mean)
    let values = ["android", "ios", "web", "tv", "watch", "car", "fridge"]
    let segments = values.enumerated().map { place, name in
      let shift = Float((place * 3) % 7) * 0.03
      let means = total.map { row in
        row.enumerated().map { $0.offset == 0 ? $0.element + shift : $0.element - shift / 7 }
      }
      let divergence = total.indices.map { Float((place * 3) % 7) * 0.021 + Float($0) * 0.001 }
      return SegmentTable.Segment(
        name: name, rows: 1_800 / (place + 1), means: means, divergence: divergence)
    }
    return SegmentTable(
      column: "device", gates: names, experts: (0..<experts).map { "E\($0)" }, step: 1_790,
      total: SegmentTable.Segment(
        name: "all", rows: 4_000, means: total, divergence: names.map { _ in 0 }),
      segments: segments)
  }

  static func example(_ names: [String] = shortNames, experts: Int = 8) -> ExampleView {
    let inputs = [
      ("user_id", "8812"), ("hour", "23"), ("tag", "music"), ("new_user", "yes"), ("dur_s", "41"),
      ("author_fans", "1.2M"), ("device", "android"), ("city", "3"), ("weekday", "Sat"),
      ("position", "4"), ("history_len", "18"), ("last_like_h", "2.4"), ("ctr_7d", "0.081"),
      ("language", "zh"), ("tab", "1"), ("title", "夜に聴く音楽"), ("followers_of_followers", "99120"),
    ].map { ExampleView.Input(name: $0.0, value: $0.1) }
    let gates = gates(names, experts: experts)
    return ExampleView(
      row: 3_117, rows: 4_000, step: 1_790, inputs: inputs,
      answers: names.enumerated().map { place, name in
        ExampleView.Answer(
          task: name, label: place == 2 ? nil : place == 3 ? 12.5 : Double(1 - place % 2),
          prediction: place == 3 ? 11.8 : 0.83 - 0.3 * Double(place % 4),
          loss: place == 2 ? .nan : 0.19 + 0.2 * Double(place % 4))
      },
      gates: gates.enumerated().map { place, gate in
        let sign: Float = place == 0 ? 0.06 : -0.04
        return ExampleView.Gate(
          name: gate.name,
          weights: gate.mean.enumerated().map { expert, mean in
            expert == 0 ? mean + sign : mean - sign / Float(max(1, experts - 1))
          }, mean: gate.mean, meanStep: gate.step)
      }, experts: (0..<experts).map { "E\($0)" })
  }

  /// An app in the middle of a run, made once.
  private static let usualApp = app(shortNames, settings: ExplorerSettings())

  static func app() -> App { usualApp }

  /// An app in the middle of a run.
  static func app(
    _ names: [String] = shortNames, settings: ExplorerSettings = ExplorerSettings(),
    experts: Int = 8, steps: Int = 1_800, off: Set<Int> = [],
    screens: [any Screen] = Screens.all
  ) -> App {
    var app = App(settings: settings, screens: screens)
    let change = Command.setTask(names[0], isOn: false)
    _ = app.update(.time(0))
    _ = app.update(.events([.prepared(description(names))]))
    _ = app.update(.losses(losses(tasks: names.count, steps: 0..<steps)))
    _ = app.update(
      .events([
        .evaluated(evaluation(names, step: 600, gain: 0)),
        .acknowledged(
          Acknowledgement(id: 1, command: change, effect: change, step: 900, outcome: .applied)),
        .evaluated(evaluation(names, step: 1_200, gain: 0.004)),
        .epochEnded(epoch: 2, step: 1_200),
      ]))
    var newest = snapshot(names, step: steps, off: off, experts: experts)
    newest.segments = experts > 0 ? segments(names, experts: experts) : nil
    newest.example = example(names, experts: experts)
    // Older gates, so that there is a past to look at.
    for past in stride(from: 40, to: steps, by: 40) {
      var older = newest
      older.step = past
      older.gates = newest.gates.map { gate in
        var gate = gate
        let even = 1 / Float(gate.mean.count)
        let share = Float(past) / Float(steps)
        gate.mean = gate.mean.map { even + ($0 - even) * share }
        return gate
      }
      _ = app.update(.snapshot(older))
    }
    _ = app.update(.snapshot(newest))
    _ = app.update(.time(100))
    return app
  }
}

extension App {
  /// Presses keys one after the other, `press("gt", .enter)`; returns all effects.
  @discardableResult mutating func press(_ keys: String, _ others: Key...) -> [Effect] {
    (keys.map(Key.character) + others).flatMap { update(.key($0)) }
  }
}
