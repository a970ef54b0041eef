import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A run that begins with the embeddings of another.
@Suite struct WarmStartTests {
  private func tables(
    _ configuration: TrainingConfiguration, beginningWith embeddings: EmbeddingTables? = nil
  ) throws -> (tables: EmbeddingTables, notices: [String]) {
    let problem = TinyProblem(rows: 1_000)
    let session = TrainingSession(configuration, embeddings: embeddings) { _ in
      problem.dataset()
    }
    let events = SessionRun.wait(session) { event in
      if case .finished = event { true } else { false }
    }
    let notices = events.compactMap { event -> String? in
      if case .noticed(let text, _) = event { text } else { nil }
    }
    return (try #require(session.closeKeepingEmbeddings()), notices)
  }

  @Test func embeddingsGoFromOneRunToTheNext() throws {
    var configuration = SessionTests.configuration(epochs: 2)
    let (learned, none) = try tables(configuration)
    #expect(learned.count > 0)
    #expect(none.isEmpty)
    // A run that takes no step ends with what it began with.
    configuration.model = "hard-sharing"
    configuration.modelOptions = [:]
    configuration.schedule = [.init(step: 0, command: .stop)]
    let (kept, notices) = try tables(configuration, beginningWith: learned)
    #expect(kept == learned)
    #expect(
      notices == [
        "\(learned.count) of \(learned.count) embedding tables begin as the run before left them"
      ])
    let (drawn, _) = try tables(configuration)
    #expect(drawn != learned)
  }

  @Test func tablesOfAnotherShapeAreDrawnAnew() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    let (learned, _) = try tables(configuration)
    configuration.embeddingWidth = 3
    configuration.schedule = [.init(step: 0, command: .stop)]
    let (kept, notices) = try tables(configuration, beginningWith: learned)
    #expect(kept == (try tables(configuration)).tables)
    #expect(notices == ["no embedding table of the run before fits: all are drawn anew"])
  }

  @Test func nothingIsCopiedUnlessItIsWanted() {
    let problem = TinyProblem(rows: 200)
    let session = TrainingSession(SessionTests.configuration(epochs: 1)) { _ in problem.dataset() }
    session.close()
    #expect(session.closeKeepingEmbeddings() == nil)
  }
}
