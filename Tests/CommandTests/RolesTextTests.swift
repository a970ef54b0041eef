import Runs
import Testing

@testable import mtl_tui

/// How roles, names of losses and uncalibrated scores are printed.
@Suite struct RolesTextTests {
  private static let description: RunDescription = {
    var tasks = ["click", "buy"].map {
      TaskDescription(name: $0, kind: .binary, labelMean: 0.1)
    }
    tasks[1].lossName = "joint cross-entropy"
    var run = RunDescription(
      model: "esmm", modelTitle: "ESMM", data: "log", tasks: tasks, categoricalColumns: [],
      trainingRows: 10, validationRows: 5, testRows: 5, parameterCount: 3, batchSize: 4,
      stepsPerEpoch: 3, epochs: 1, seed: 1)
    run.facts.roles = ["the click is click, the conversion is b\u{1B}uy"]
    run.facts.notices = ["labels are no funnel: 3 of 10 rows have buy=1 and click=0"]
    return run
  }()

  @Test func partsAreSaidWithoutTheirControlCharacters() {
    let said = Self.description.said
    #expect(said.count == 2 && said[1] == Self.description.facts.notices[0])
    #expect(
      said[0].hasPrefix("the click is click, the conversion is b") && !said[0].contains("\u{1B}"))
  }

  @Test func jsonHasPartsAndLosses() {
    let json = Event.prepared(Self.description).json
    #expect(json.contains(#""losses":["cross-entropy","joint cross-entropy"]"#))
    #expect(json.contains(#""roles":["the click is click, the conversion is b\u001buy"]"#))
    #expect(json.contains(#""notices":["labels are no funnel: 3 of 10"#))
  }

  @Test func uncalibratedScoresAreMarked() {
    var tasks = ["click", "like"].map {
      TaskScores(
        task: $0, scores: [Score(name: "logloss", value: 0.5, higherIsBetter: false)])
    }
    tasks[0].isCalibrated = false
    let evaluation = Evaluation(
      step: 3, epoch: 1, split: .validation, tasks: tasks, score: 0.5, isBest: false)
    let parts = evaluation.table.split(separator: "|")
    #expect(parts[0].contains("(not calibrated)") && !parts[1].contains("(not calibrated)"))
    let json = Event.evaluated(evaluation).json
    #expect(json.contains(#""click":{"logloss":0.5,"calibrated":false}"#))
    #expect(json.contains(#""like":{"logloss":0.5}"#))
  }
}
