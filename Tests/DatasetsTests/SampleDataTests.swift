import Datasets
import Foundation
import Testing

/// `sample-data/` is what the generator makes, byte for byte.
@Suite struct SampleDataTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("sample-data")

  @Test func filesAreTheGeneratorsOutput() throws {
    let log = SyntheticLog(preset: .sample, seed: 1)
    #expect(try Data(contentsOf: Self.folder.appendingPathComponent("log.csv")) == Data(log.csv()))
    let schema = try String(
      contentsOf: Self.folder.appendingPathComponent("schema.yaml"), encoding: .utf8)
    #expect(schema == log.schemaYAML())
    let truth = try String(
      contentsOf: Self.folder.appendingPathComponent("truth.json"), encoding: .utf8)
    #expect(truth == log.truthJSON())
  }
}
