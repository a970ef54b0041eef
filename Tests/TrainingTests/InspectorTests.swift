import Datasets
import Foundation
import Graph
import Metrics
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What a screen is shown of gates, segments, an example and a left-out expert, against the answers of
/// the same trainer, worked out by hand.
@Suite struct InspectorTests {
  private let problem = TinyProblem(rows: 300, tasks: 3)

  /// A trained mixture of three experts, and what looks at it.
  private func made() throws -> (trainer: Trainer, dataset: Dataset, inspector: Inspector) {
    let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    for place in 0..<12 {
      #expect(trainer.step(problem.batch(from: 20 * place, rows: 64), rate: 0.05))
    }
    let dataset = problem.dataset(held: 40)
    return (trainer, dataset, Inspector(dataset: dataset, trainer: trainer, lottery: nil))
  }

  private func shown(_ inspector: inout Inspector, _ set: (inout WantedViews) -> Void) -> Snapshot {
    var (views, snapshot) = (WantedViews(), Snapshot())
    set(&views)
    inspector.fill(&snapshot, views: views, isIdle: true)
    return snapshot
  }

  /// The weights of a task's gate for all validation rows.
  private func weights(_ task: String, _ trainer: Trainer, _ dataset: Dataset) throws -> [[Float]] {
    let rows = dataset.validation.count
    let values = try #require(
      trainer.forward(dataset.validation.batch(from: 0, rows: rows)).output(.gate(task)))
    return (0..<rows).map { row in (0..<3).map { values[3 * row + $0] } }
  }

  private func isClose(_ a: [Float], _ b: [Double], within tolerance: Double = 1e-5) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) <= tolerance }
  }

  private func means(_ rows: [[Float]]) -> [Double] {
    (0..<3).map { e in rows.reduce(0) { $0 + Double($1[e]) } / Double(rows.count) }
  }

  @Test func gatesOfValidationRows() throws {
    var (trainer, dataset, inspector) = try made()
    let gates = shown(&inspector) { $0.gates = true }.gates
    #expect(gates.map(\.name) == TinyProblem.names)
    var differ = false
    for gate in gates {
      let rows = try weights(gate.name, trainer, dataset)
      #expect(gate.experts == ["E0", "E1", "E2"] && gate.rows == 40 && !gate.isStale)
      #expect(isClose(gate.mean, means(rows)), "\(gate.name)")
      let tops = (0..<3).map { e in
        Double(rows.count { $0[e] == $0.max() }) / 40
      }
      #expect(isClose(gate.topShare, tops))
      let sorted = (0..<3).map { e in rows.map { $0[e] }.sorted() }
      #expect(gate.low == sorted.map { $0[3] } && gate.high == sorted.map { $0[35] })
      differ = differ || zip(gate.mean, gates[0].mean).contains { abs($0 - $1) > 1e-3 }
    }
    #expect(differ)
  }

  /// Experts that give zeros, counted in what the mixture sums up, and gates compared row by row.
  @Test func expertsAndPairs() throws {
    var (trainer, dataset, inspector) = try made()
    // Expert 1 gives nothing: its last bias is far below what its weights can make up for.
    let bias = try #require(
      trainer.namedNumbers.keys.first { $0.hasPrefix("experts.1") && $0.hasSuffix("bias") })
    trainer.set(bias, to: [Float](repeating: -1e6, count: 8))
    let seen = shown(&inspector) { $0.gates = true }
    #expect(seen.experts.map(\.name) == ["E0", "E1", "E2"])
    #expect(seen.experts.allSatisfy { $0.rows == 40 && $0.step == 12 })
    #expect(seen.experts[1].zeroShare == 1)
    #expect(seen.experts[0].zeroShare > 0 && seen.experts[0].zeroShare < 0.9)
    #expect(seen.gatePairs.map(\.first) == ["board", "board", "stripe"])
    #expect(seen.gatePairs.map(\.second) == ["stripe", "amount", "amount"])
    for pair in seen.gatePairs {
      let a = try weights(pair.first, trainer, dataset)
      let b = try weights(pair.second, trainer, dataset)
      let bits = zip(a, b).reduce(0.0) { $0 + Double(jensenShannon($1.0, $1.1)) / 40 }
      #expect(abs(Double(pair.divergence) - bits) < 1e-6 && bits > 0, "\(pair)")
    }
  }

  /// Gates of two levels, by owner; the shared gate names the experts of all tasks.
  @Test func gatesOfLevels() throws {
    let trainer = try problem.trainer("ple", ["own": "2,1", "shared": "1", "levels": "8/4"])
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    var inspector = Inspector(
      dataset: problem.dataset(held: 40), trainer: trainer, lottery: nil)
    let seen = shown(&inspector) {
      $0.gates = true
      $0.segmentColumn = "column"
      $0.ranksSegments = true
      $0.example = 3
    }
    let names: [String] = [
      "L0 board", "L0 stripe", "L0 amount", "L0 shared", "L1 board", "L1 stripe", "L1 amount",
    ]
    let tasks: [String?] = ["board", "stripe", "amount", nil, "board", "stripe", "amount"]
    #expect(seen.gates.map(\.name) == names)
    #expect(seen.gates.map(\.task) == tasks)
    #expect(seen.gates.map(\.level) == [0, 0, 0, 0, 1, 1, 1])
    #expect(seen.gates[0].experts == ["own 1", "own 2", "shared 1"])
    #expect(seen.gates[1].experts == ["own 1", "shared 1"])
    #expect(
      seen.gates[3].experts == ["board 1", "board 2", "stripe 1", "amount 1", "shared 1"])
    #expect(seen.gates[3].members.map(\.index) == [0, 1, 2, 3, 4])
    #expect(seen.gates[5].members.map(\.index) == [7, 9])
    #expect(seen.gates[5].members.map(\.task) == ["stripe", nil])
    #expect(
      seen.experts.map(\.name).prefix(6)
        == ["L0 board 1", "L0 board 2", "L0 stripe 1", "L0 amount 1", "L0 shared 1", "L1 board 1"])
    #expect(seen.experts.count == 10 && seen.experts.allSatisfy { (0..<1).contains($0.zeroShare) })
    // No two tasks weigh the same experts.
    #expect(seen.gatePairs.isEmpty)
    #expect(seen.segments?.gates == seen.gates.map(\.name))
    #expect(seen.segmentRanking?.columns.map(\.name) == ["row", "column"])
    #expect(seen.segmentRanking?.rows == 40 && seen.segmentRanking?.step == 1)
    #expect(seen.example?.gates.map(\.experts) == seen.gates.map(\.experts))
  }

  /// Gates of a step are of the parameters before it, and means that are older say so.
  @Test func gatesSayTheirStep() throws {
    var (trainer, dataset, inspector) = try made()
    trainer.keepsWatched = true
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    inspector.readGates(rows: 64)
    var (views, snapshot) = (WantedViews(), Snapshot())
    (views.gates, views.example) = (true, 3)
    inspector.fill(&snapshot, views: views, isIdle: false)
    #expect(snapshot.step == 0 && snapshot.gates.map(\.step) == [12, 12, 12])
    #expect(snapshot.example?.step == 13)
    #expect(snapshot.example?.gates.map(\.meanStep) == [12, 12, 12])
    // Idle, they are of validation rows and of now.
    let idle = shown(&inspector) { $0.gates = true }
    #expect(idle.gates.map(\.step) == [13, 13, 13] && idle.gates[0].rows == 40)
    // A task that is off keeps its old numbers.
    trainer.isOn[1] = false
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    inspector.readGates(rows: 64)
    #expect(inspector.gates.gates.map(\.step) == [13, 13, 13])
    #expect(inspector.gates.gates.map(\.isStale) == [false, true, false])
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    inspector.readGates(rows: 64)
    #expect(inspector.gates.gates.map(\.step) == [14, 13, 14])
    _ = dataset
  }

  /// A task may be called as what all share, or as what is a gate's own.
  @Test func tasksThatAreCalledSharedAndOwn() throws {
    let trainer = try problem.trainer("ple", ["own": "1", "shared": "1", "levels": "8/4"])
    let directory = GateDirectory(trainer.gateDeclarations, tasks: ["shared", "own", "amount"])
    #expect(
      directory.gates.map(\.name) == [
        "L0 shared", "L0 own", "L0 amount", "L0 (shared)", "L1 shared", "L1 own", "L1 amount",
      ])
    #expect(Set(directory.experts.map(\.name)).count == directory.experts.count)
    #expect(
      directory.experts.prefix(4).map(\.name) == [
        "L0 shared 1", "L0 own 1", "L0 amount 1", "L0 (shared) 1",
      ])
    #expect(directory.gates[1].members.map(\.name) == ["(own) 1", "(shared) 1"])
    #expect(directory.gates[3].task == nil && directory.gates[0].task == 0)
    // The gate between levels is no gate of the task, whatever the task is called.
    let validation = problem.dataset(held: 40).validation
    // A batch points into the rows, which must live until they have been read.
    let outputs = withExtendedLifetime(validation) {
      BlockOutputs(executor: trainer.forward(validation.batch(from: 0, rows: 40)), rows: 40)
    }
    let choices = outputs.firstChoices(directory)
    #expect(choices.count == 4 && choices[nil]?.count == 8)
    #expect(choices[0]?[1].isNaN == true && choices[nil]?[1].isNaN == false)
  }

  @Test func segmentsOfAColumn() throws {
    var (trainer, dataset, inspector) = try made()
    let table = try #require(shown(&inspector) { $0.segmentColumn = "column" }.segments)
    #expect(table.column == "column" && table.gates == TinyProblem.names && table.step == 12)
    let ids = (0..<40).map { Int(dataset.validation.ids.base[2 * $0 + 1]) }
    #expect(table.total.rows == 40 && table.segments.map(\.rows).reduce(0, +) == 40)
    for (place, name) in TinyProblem.names.enumerated() {
      let rows = try weights(name, trainer, dataset)
      #expect(isClose(table.total.means[place], means(rows)))
      for segment in table.segments {
        let id = segment.name == "(rare or unseen)" ? 0 : try #require(Int(segment.name))
        let own = rows.indices.filter { ids[$0] == id }.map { rows[$0] }
        #expect(segment.rows == own.count)
        #expect(isClose(segment.means[place], means(own)), "\(name), column \(id)")
        let expected = jensenShannon(segment.means[place], table.total.means[place])
        #expect(segment.divergence[place] == expected)
      }
    }
  }

  /// More rows than are answered at once: each is counted under its own value.
  @Test func segmentsOfManyBlocks() throws {
    let problem = TinyProblem(rows: 3_000, tasks: 2)
    let trainer = try problem.trainer("mmoe", ["experts": "2", "expert": "4", "tower": "2"])
    let dataset = problem.dataset(held: 1_100)
    #expect(trainer.evaluationRows < 1_100)
    var inspector = Inspector(dataset: dataset, trainer: trainer, lottery: nil)
    let table = try #require(shown(&inspector) { $0.segmentColumn = "column" }.segments)
    let ids = (0..<1_100).map { Int(dataset.validation.ids.base[2 * $0 + 1]) }
    #expect(table.total.rows == 1_100)
    for segment in table.segments {
      let id = segment.name == "(rare or unseen)" ? 0 : try #require(Int(segment.name))
      #expect(segment.rows == ids.count { $0 == id }, "column \(id)")
    }
  }

  @Test func anExample() throws {
    var (trainer, dataset, inspector) = try made()
    let gates = shown(&inspector) { $0.gates = true }.gates
    let view = try #require(
      shown(&inspector) {
        $0.gates = true
        $0.example = 7
      }.example)
    #expect(view.row == 7 && view.rows == 40 && view.step == 12)
    #expect(view.experts == ["E0", "E1", "E2"])
    let ids = dataset.validation.ids.base + 14
    #expect(view.inputs.map(\.name) == ["row", "column"])
    #expect(
      view.inputs.prefix(2).map(\.value).elementsEqual(
        (0..<2).map {
          dataset.inputs(ofRow: 7, in: dataset.validation)[$0].value
        }))
    #expect(view.inputs[0].value.contains("\(ids[0])") || ids[0] == 0)
    let batch = dataset.validation.batch(from: 7, rows: 1)
    for (task, answer) in view.answers.enumerated() {
      let z = Double(trainer.logits(TinyProblem.names[task], batch)[0])
      let y = Double(dataset.validation.labels.base[21 + task])
      #expect(answer.task == TinyProblem.names[task] && answer.label == y)
      let (prediction, loss): (Double, Double)
      if task < 2 {
        prediction = 1 / (1 + exp(-z))
        loss = y == 1 ? -log(prediction) : -log(1 - prediction)
      } else {
        (prediction, loss) = (z, (z - y) * (z - y))
      }
      #expect(abs(answer.prediction - prediction) < 1e-6)
      #expect(abs(answer.loss - loss) < 1e-5 * max(1, loss), "\(answer)")
    }
    for (place, gate) in view.gates.enumerated() {
      #expect(gate.name == TinyProblem.names[place])
      #expect(isClose(gate.weights, try weights(gate.name, trainer, dataset)[7].map(Double.init)))
      #expect(gate.mean == gates[place].mean && gate.meanStep == 12)
    }
    // Both labels are met somewhere, so that neither sign of the loss goes unseen.
    for row in 0..<40 {
      let view = try #require(shown(&inspector) { $0.example = row }.example)
      for answer in view.answers.prefix(2) {
        let p = answer.label == 1 ? answer.prediction : 1 - answer.prediction
        #expect(abs(answer.loss + log(p)) < 1e-5 && answer.loss > 0)
      }
    }
    #expect(shown(&inspector) { $0.example = 400 }.example?.row == 39)
  }

  /// A label outside of its sample space is none.
  @Test func anExampleOutsideOfASampleSpace() throws {
    let (trainer, plain, _) = try made()
    let held = plain.validation
    let spaces = (0..<120).map { Float($0 == 3 * 7 + 1 ? 0 : 1) }
    let dataset = Dataset(
      name: "tiny", features: plain.features, tasks: plain.tasks, training: plain.training,
      validation: Examples(
        count: 40, ids: held.ids, dense: held.dense, labels: held.labels, spaces: Storage(spaces)),
      test: plain.test)
    var inspector = Inspector(dataset: dataset, trainer: trainer, lottery: nil)
    let answers = try #require(shown(&inspector) { $0.example = 7 }.example?.answers)
    #expect(answers.map { $0.label == nil } == [false, true, false])
    let others = try #require(shown(&inspector) { $0.example = 6 }.example?.answers)
    #expect(others.allSatisfy { $0.label != nil })
  }

  /// A regression is answered in its label's own unit.
  @Test func anExampleInTheLabelsUnit() throws {
    let scaled = problem.scaled(LabelScale(mean: 10, deviation: 4), task: 2)
    let dataset = scaled.dataset(held: 40)
    let trainer = try scaled.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    #expect(trainer.step(scaled.batch(rows: 64), rate: 0.05))
    var inspector = Inspector(dataset: dataset, trainer: trainer, lottery: nil)
    let answer = try #require(shown(&inspector) { $0.example = 3 }.example?.answers.last)
    let z = Double(trainer.logits("amount", dataset.validation.batch(from: 3, rows: 1))[0])
    let y = Double(dataset.validation.labels.base[11])
    #expect(abs(answer.prediction - (10 + 4 * z)) < 1e-5)
    #expect(answer.label.map { abs($0 - (10 + 4 * y)) < 1e-5 } == true)
  }

  /// Two tasks are one pair.
  @Test func overlapOfTwoGates() throws {
    let problem = TinyProblem(rows: 100)
    let trainer = try problem.trainer("mmoe", ["experts": "2", "expert": "4", "tower": "2"])
    // The first input is 1 in every row; the gates are (σ(1), σ(−1)) and the reverse.
    trainer.set("embeddings.row.weight", to: [Float](repeating: 1, count: 16))
    for (task, logit) in [("board", Float(1)), ("stripe", -1)] {
      trainer.set("gates.\(task).weight", to: (0..<18).map { $0 == 0 ? logit : 0 })
    }
    let found = try #require(trainer.gateOverlap(problem.batch(rows: 10)))
    #expect(abs(found - 2 / (1 + exp(1.0))) < 1e-6)
  }

  /// The mean over the three pairs of tasks.
  @Test func overlapOfTheTasksGates() throws {
    let (trainer, dataset, _) = try made()
    let rows = try TinyProblem.names.map { try weights($0, trainer, dataset) }
    var sum = 0.0
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
      for row in 0..<40 {
        sum += (0..<3).reduce(0) { $0 + Double(min(rows[a][row][$1], rows[b][row][$1])) } / 40
      }
    }
    let found = try #require(trainer.gateOverlap(dataset.validation.batch(from: 0, rows: 40)))
    #expect(abs(found - sum / 3) < 1e-6 && found < 0.999)
  }

  /// With all experts, and then without one: never the other way round.
  @Test func anExpertIsLeftOut() throws {
    var configuration = TrainingConfiguration()
    configuration.model = "mmoe"
    configuration.modelOptions = ["experts": "3", "expert": "8", "tower": "4"]
    configuration.threads = 1
    configuration.startsPaused = true
    configuration.batchSize = 50
    let run = SessionRun(configuration, problem: problem)
    run.waitForPause()
    _ = run.session.send(.step(5))
    _ = run.pausedSnapshot(at: 5)
    for command in [Command.knockOut(0), .knockOut(1), .evaluate] {
      _ = run.session.send(command)
    }
    var told = 0
    let events = run.until {
      if case .knockedOut = $0 { told += 1 }
      return told > 1
    }
    var found: [KnockOut] = []
    for case .knockedOut(let knockOut) in events { found.append(knockOut) }
    let knockOut = try #require(found.last)
    #expect(found.map(\.expert) == ["E0", "E1"] && found[0].with == knockOut.with)
    #expect(found[0].without != knockOut.without)
    let full = try #require(run.validations(of: events).last)
    #expect(knockOut.expert == "E1" && knockOut.step == 5)
    #expect(knockOut.with.map(\.name) == full.tasks.map { "\($0.task) \($0.scores[0].name)" })
    #expect(knockOut.with.map(\.value) == full.tasks.map { $0.scores[0].value })
    #expect(knockOut.with.map(\.higherIsBetter) == full.tasks.map { $0.scores[0].higherIsBetter })
    #expect(knockOut.without.map(\.name) == knockOut.with.map(\.name))
    #expect(zip(knockOut.with, knockOut.without).contains { $0.value != $1.value })
  }
}
