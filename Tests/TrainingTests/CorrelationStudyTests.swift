import Datasets
import Foundation
import Runs
import Testing

@testable import Training

@Suite("Study of task correlation") struct CorrelationStudyTests {
  private func study(_ journal: ResultsJournal? = nil) throws -> CorrelationStudy {
    let problems = [1, 0.5].map { correlation in
      var problem = CorrelatedTasks(correlation: correlation)
      problem.trainingRows = 400
      problem.heldRows = 100
      return problem
    }
    var training = TrainingConfiguration()
    training.epochs = 1
    training.threads = 1
    return try CorrelationStudy(
      problems, seeds: [1, 2], training: training, journal: journal)
  }

  @Test("a column a correlation, a row a model, a loss a seed") func columns() throws {
    var heard: [Double] = []
    let table = try study().run(begin: { heard.append($0.correlation) }, { _ in })
    #expect(heard == [0.5, 1] && table.correlations == heard)
    #expect(table.labelCorrelations[0] < table.labelCorrelations[1])
    #expect(table.rows.map(\.title) == ["Hard sharing", "OMoE", "MMoE"])
    #expect(table.rows.allSatisfy { $0.cells.map(\.losses.count) == [2, 2] })
    #expect(table.rows.flatMap { $0.cells.flatMap(\.losses) }.allSatisfy { $0 > 0 && $0 < 100 })
    #expect(table.rows.map { $0.cells.map(\.gateOverlaps.count) } == [[0, 0], [0, 0], [2, 2]])
    #expect(table.rows[2].cells.allSatisfy { $0.gateOverlap.map { $0 > 0 && $0 <= 1 } ?? false })
  }

  @Test("the models have about as many parameters each") func parameters() throws {
    let counts = try study().run { _ in }.rows.compactMap(\.parameterCount)
    let (least, most) = (Double(counts.min() ?? 0), Double(counts.max() ?? 0))
    #expect(counts.count == 3 && most / least < 1.06, "\(counts)")
  }

  @Test("a stop leaves the columns that were begun; the rest is done later") func stops() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("study-\(UUID().uuidString)").path
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let journal = ResultsJournal(folder: folder)
    let study = try study(journal)
    let partial = try study.run { event in
      if case .ended(let place, _) = event, place.number == 2 { study.stop() }
    }
    #expect(study.isStopped && partial.correlations == [0.5])
    #expect(partial.rows.map { $0.cells[0].losses.count } == [2, 0, 0])
    var found: [Int] = []
    let whole = try self.study(journal).run { event in
      if case .planned(_, let count) = event { found.append(count) }
    }
    #expect(found == [2, 0] && whole.rows[2].cells.map(\.losses.count) == [2, 2])
  }

  @Test("mean squared error over tasks, mean and deviation over seeds, by hand") func byHand() {
    var table = CorrelationTable(correlations: [], labelCorrelations: [], rows: [])
    let cells = [ComparisonCell(values: [1, 2]), ComparisonCell(values: [3, 4])]
    var row = ComparisonRow(
      model: "mmoe", title: "MMoE", parameterCount: 5, runsFinished: 2, runsPlanned: 2,
      status: .done, cells: cells)
    row.gateOverlaps = [0.25, 0.75]
    table.add(
      ComparisonTable(data: "made", seeds: [1, 2], tasks: [], rows: [row], reference: nil),
      correlation: 0.5, labels: 0.3)
    #expect(table.rows[0].cells[0].losses == [5, 10])
    #expect(table.rows[0].cells[0].mean == 7.5)
    #expect(table.rows[0].cells[0].deviation == 12.5.squareRoot())
    #expect(table.rows[0].cells[0].gateOverlap == 0.5)
  }
}
