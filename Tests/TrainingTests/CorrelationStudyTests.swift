import Datasets
import Foundation
import Runs
import Testing

@testable import Training

@Suite("Study of task correlation") struct CorrelationStudyTests {
  private func problem(_ correlation: Double, draw: UInt64 = 1) -> CorrelatedTasks {
    var problem = CorrelatedTasks(correlation: correlation)
    problem.trainingRows = 400
    problem.heldRows = 100
    problem.seed = draw
    return problem
  }

  private func study(_ journal: ResultsJournal? = nil) throws -> CorrelationStudy {
    var training = TrainingConfiguration()
    training.epochs = 1
    training.threads = 1
    return try CorrelationStudy(
      [problem(1), problem(0.5), problem(1, draw: 2), problem(0.5, draw: 2)],
      rates: [0.001, 0.01], seeds: [1], training: training, journal: journal)
  }

  @Test("a column a correlation, a row a model, what was found by draw") func columns() throws {
    var heard: [[Double]] = []
    let table = try study().run(
      begin: { heard.append([Double($0.problem.seed), $0.problem.correlation, $0.rate]) },
      { _ in })
    #expect(
      heard == [
        [1, 0.5, 0.001], [1, 0.5, 0.01], [1, 1, 0.001], [1, 1, 0.01],
        [2, 0.5, 0.001], [2, 0.5, 0.01], [2, 1, 0.001], [2, 1, 0.01],
      ])
    #expect(table.correlations == [0.5, 1] && table.rates == [0.001, 0.01])
    #expect(table.labelCorrelations[0] < table.labelCorrelations[1])
    #expect(abs(table.floor - 0.01) < 1e-15)
    #expect(table.rows.map(\.title) == ["Hard sharing", "OMoE", "MMoE"])
    let cells = table.rows.flatMap(\.cells)
    #expect(cells.allSatisfy { $0.found.map(\.draw) == [1, 2] })
    // One epoch of 400 rows: the larger rate has come further.
    #expect(cells.flatMap(\.found).allSatisfy { $0.rate == 0.01 && $0.loss > 0 && $0.loss < 100 })
    #expect(table.rows[0].cells.allSatisfy { $0.gateOverlap == nil })
    #expect(table.rows[2].cells.allSatisfy { $0.gateOverlap.map { $0 > 0 && $0 <= 1 } ?? false })
  }

  @Test("the models have about as many parameters each") func parameters() throws {
    let counts = try study().run { _ in }.rows.compactMap(\.parameterCount)
    let (least, most) = (Double(counts.min() ?? 0), Double(counts.max() ?? 0))
    #expect(counts.count == 3 && most / least < 1.06, "\(counts)")
  }

  @Test("a stop leaves the parts that were begun; the rest is done later") func stops() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("study-\(UUID().uuidString)").path
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    let study = try study(journal)
    let partial = try study.run { event in
      if case .ended(let place, _) = event, place.number == 2 { study.stop() }
    }
    #expect(study.isStopped && partial.correlations == [0.5])
    #expect(partial.rows.map { $0.cells[0].found.count } == [1, 1, 0])
    var found: [Int] = []
    let whole = try self.study(journal).run { event in
      if case .planned(_, let count) = event { found.append(count) }
    }
    #expect(found == [2, 0, 0, 0, 0, 0, 0, 0])
    #expect(whole.rows[2].cells.map(\.found.count) == [2, 2])
    #expect(whole.rows[0].cells[0].found[0].rate == 0.01, "also of runs that were found")
  }

  /// A run of two regressions with these errors.
  private func run(
    _ model: String, seed: UInt64, validation: [Double], test: [Double], overlap: Double? = nil
  ) -> ComparedRun {
    func scores(_ errors: [Double]) -> [TaskScores] {
      zip(["first", "second"], errors).map {
        TaskScores(
          task: $0, scores: [Score(name: "rmse", value: $1, higherIsBetter: false)])
      }
    }
    var run = ComparedRun(
      model: model, seed: seed, outcome: .finished, tasks: scores(test), parameterCount: 5,
      gateOverlap: overlap)
    run.validation = scores(validation)
    return run
  }

  @Test("squares over tasks and seeds, the rate by validation rows, by hand") func byHand() {
    var findings = StudyFindings(rates: [0.1, 0.2])
    let slow = CorrelationStudy.Part(problem: problem(0.5, draw: 3), rate: 0.1)
    let fast = CorrelationStudy.Part(problem: problem(0.5, draw: 3), rate: 0.2)
    var lost = run("mmoe", seed: 3, validation: [0, 0], test: [0, 0])
    lost.outcome = .diverged(task: "first", step: 1)
    // Validation (1 + 4 + 1 + 0) / 4 = 1.5; test (1 + 9 + 4 + 16) / 4 = 7.5.
    findings.add(
      [
        run("mmoe", seed: 1, validation: [1, 2], test: [1, 3], overlap: 0.25),
        run("mmoe", seed: 2, validation: [1, 0], test: [2, 4], overlap: 0.75), lost,
      ], of: slow, labels: 0.3)
    // Worse on the validation rows, better on the test rows: must not be chosen.
    findings.add(
      [run("mmoe", seed: 1, validation: [2, 2], test: [1, 1], overlap: 1)], of: fast, labels: 0.3)
    let row = findings.table.rows[2]
    #expect(
      row.cells[0].found == [
        CorrelationTable.Found(draw: 3, loss: 7.5, rate: 0.1, gateOverlap: 0.5)
      ])
    #expect(row.parameterCount == 5 && findings.table.rows[0].cells[0].found.isEmpty)
  }

  @Test("the correlation of the labels is the median over the draws") func labelCorrelations() {
    var findings = StudyFindings(rates: [0.1])
    for (correlation, draw, labels) in [
      (0.5, UInt64(1), 0.1), (1, 1, 0.9), (0.5, 2, 0.4), (0.5, 3, 0.2), (1, 2, 0.7),
    ] {
      findings.add(
        [], of: .init(problem: problem(correlation, draw: draw), rate: 0.1), labels: labels)
    }
    let table = findings.table
    #expect(table.correlations == [0.5, 1])
    #expect(zip(table.labelCorrelations, [0.2, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test("medians, ranges and ratios to correlation 1 on the same draw") func ratios() {
    func cell(_ losses: [UInt64: Double]) -> CorrelationTable.Cell {
      .init(
        losses.sorted { $0.key < $1.key }.map { .init(draw: $0.key, loss: $0.value, rate: 0.1) })
    }
    let row = CorrelationTable.Row(
      title: "MMoE", parameterCount: nil,
      cells: [cell([1: 2, 2: 9, 3: 4, 4: 100]), cell([1: 1, 2: 1, 3: 8])])
    #expect(row.cells[0].median == 6.5 && row.cells[1].median == 1)
    #expect(row.cells[0].range == 2...100 && cell([:]).range == nil && cell([:]).median.isNaN)
    // Draws 1 to 3: 2, 9, ½, whose product is 9.
    #expect(row.ratio(at: 0, to: 1).map { abs($0 - 9.cubeRoot) < 1e-12 } == true)
    #expect(row.ratio(at: 1, to: 1) == 1)
    let table = CorrelationTable(
      correlations: [0.5, 1], labelCorrelations: [0, 1], floor: 2, rates: [0.1], rows: [row])
    #expect(table.wholeIndex == 1)
    #expect(table.isUnconverged(row.cells[0]) && !table.isUnconverged(row.cells[1]))
    #expect(!table.isUnconverged(cell([1: 6])), "three times is converged")
  }
}

extension Int {
  fileprivate var cubeRoot: Double { cbrt(Double(self)) }
}
