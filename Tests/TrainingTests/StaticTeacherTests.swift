import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A run whose teacher is trained before any task.
@Suite struct StaticTeacherTests {
  /// Its epochs score a student that stands still, and cost no patience.
  @Test func teachingCostsNoPatience() throws {
    var configuration = TrainingConfiguration()
    configuration.model = "crossdistil"
    configuration.modelOptions = ["teacher": "static", "teacher-epochs": "4"]
    (configuration.batchSize, configuration.epochs, configuration.threads) = (250, 5, 1)
    configuration.patience = 1
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    #expect(summary.reason == .epochs && summary.step == 20)
    // Four times the same student, then one that has learned.
    let areas = run.validations(of: events).map { $0.tasks[0]["auc"] }
    #expect(areas.count == 5 && Set(areas.prefix(4)).count == 1)
    #expect(areas.last != areas.first)
  }
}
