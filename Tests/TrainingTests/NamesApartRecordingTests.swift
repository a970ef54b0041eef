import Datasets
import Foundation
import Runs
import Store
import Testing

@testable import Training

/// Names of categories that a run keeps beside the description of its data.
@Suite struct NamesApartRecordingTests {
  private func packed(in folder: String) throws -> Dataset {
    let lines = (0..<400).map { "user-\($0 % 150),\($0 % 3 == 0 ? 1 : 0)" }
    let schema = try DatasetSchema(
      yaml: """
        name: names
        files: {all: t.csv}
        columns: {user: {type: categorical, minimumCount: 1}}
        tasks: {click: {column: click}}
        split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
        """, path: "s.yaml")
    let text = "user,click\n" + lines.joined(separator: "\n") + "\n"
    let data = try DatasetLoader(schema, from: .memory(["t.csv": Data(text.utf8)]), threads: 1)
      .load()
    try PackWriter(to: folder, threads: 1).write(
      data, from: PackWriter.Origin(program: "0", schema: "s", sources: []))
    return try PackedFolder.dataset(in: folder, threads: 1) { _, _ in }
  }

  private func train(_ data: Dataset, _ source: @escaping Recording.Source) throws {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.batchSize = 64
    let session = TrainingSession(configuration, recording: source) { _ in data }
    defer { session.close() }
    for case .failed(let message) in SessionRun.wait(
      session,
      until: {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      })
    { Issue.record("\(message)") }
  }

  private func encoding(_ folder: RunFolder) throws -> DatasetEncoding {
    try DatasetEncoding(
      json: Data(try #require(try folder.read(.encoding))), path: folder.path(of: .encoding))
  }

  @Test func theyGoWithTheRunAndItsBranches() throws {
    let runs = try FolderRecorderTests.Place()
    let data = try packed(in: "\(runs.path)-pack")
    defer { try? FileManager.default.removeItem(atPath: "\(runs.path)-pack") }
    var plan = FolderRecorder.Plan(command: "train", program: "test", in: runs.collection)
    plan.namesBound = 100
    try train(data) { [plan] in Recording(FolderRecorder(plan)) }
    let folder = try runs.folder
    #expect(folder.namesPaths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(try #require(try folder.read(.encoding)).count < 2_500)
    let branches = try FolderRecorderTests.Place()
    let step = try #require(folder.checkpointSteps.last)
    try train(data) { [collection = branches.collection] in
      try FolderRecorder.branching(off: folder, at: step, in: collection)
    }
    try FileManager.default.removeItem(atPath: "\(runs.path)-pack")
    #expect(try encoding(folder) == data.savedEncoding)
    // Nothing of the run is left, and its branch has its own.
    #expect(try folder.remove().isEmpty)
    #expect(try encoding(branches.folder) == data.savedEncoding)
  }

  @Test func theyAreKeptAgainWhereTheFolderWasTakenAway() throws {
    let runs = try FolderRecorderTests.Place()
    let data = try packed(in: "\(runs.path)-pack")
    defer { try? FileManager.default.removeItem(atPath: "\(runs.path)-pack") }
    var plan = FolderRecorder.Plan(command: "train", program: "test", in: runs.collection)
    plan.namesBound = 100
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.batchSize = 64
    configuration.startsPaused = true
    let session = TrainingSession(
      configuration, recording: { [plan] in Recording(FolderRecorder(plan)) }
    ) { _ in data }
    session.show(WantedViews())
    FolderRecorderTests().waitForPause(session, at: 0)
    let folder = try runs.folder
    #expect(folder.namesPaths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    try FileManager.default.removeItem(atPath: folder.path)
    session.send(.resume)
    _ = SessionRun.wait(session) { if case .finished = $0 { true } else { false } }
    session.close()
    #expect(try encoding(folder) == data.savedEncoding)
  }
}
