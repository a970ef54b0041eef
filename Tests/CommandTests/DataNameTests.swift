import ArgumentParser
import Datasets
import Foundation
import Testing

@testable import mtl_tui

/// A name means the same data in every command.
@Suite("Names of data") final class DataNameTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "names-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Rows that are packed in a folder of this name.
  private func packed(_ name: String) throws -> (path: String, encoding: DatasetEncoding) {
    try SyntheticLog(preset: .tiny, seed: 1).write(to: folder, overwrite: false)
    let choice = try DataChoice(
      "\(folder)/schema.yaml", path: nil, threads: 1, usesCache: false)
    let dataset = try choice.judgedSource { _, _ in }
    let path = "\(folder)/\(name)"
    try PackWriter(to: path, threads: 1) { _, _ in }.write(dataset, from: try choice.origin())
    return (path, try #require(dataset.savedEncoding))
  }

  /// What is known comes before folders and files; a folder of packed rows is one by what is in it.
  @Test func whatTheyMean() throws {
    let (path, _) = try packed("sample")
    func kind(_ name: String, isPacked: Bool? = nil) -> String {
      let name = isPacked.map { answer in DataName(name) { _ in answer } } ?? DataName(name)
      return switch name {
      case .sample: "sample"
      case .recipe(let recipe): recipe.name
      case .packed: "packed"
      case .path: "path"
      }
    }
    #expect(kind("sample", isPacked: true) == "sample")
    #expect(kind("census-income", isPacked: true) == "census-income")
    #expect(kind("mine", isPacked: true) == "packed" && kind("mine", isPacked: false) == "path")
    #expect(kind(path) == "packed" && kind(folder) == "path" && kind("./sample") == "path")
  }

  /// Rows that nothing describes were packed once: both say what makes a folder of them.
  @Test func whatIsPackedByHalves() throws {
    let (path, encoding) = try packed("rows")
    try FileManager.default.removeItem(atPath: "\(path)/pack.json")
    let training = #expect(throws: Failure.self) { try DataChoice(path, path: nil, threads: 1) }
    let options = try UsedDataOptions.parse(["--data", path])
    let using = #expect(throws: Failure.self) { try options.rows(encoding, RowStream.Wants()) }
    #expect(training?.message.contains("`mtl-tui data pack SCHEMA --out DIR`") == true)
    #expect(using?.message == training?.message && training != nil)
    let plain = #expect(throws: Failure.self) {
      try DataChoice(folder + "/rows/..", path: nil, threads: 1)
    }
    #expect(plain?.message.contains("a folder, where a schema") == true, "\(plain?.message ?? "")")
    #expect(plain?.message.contains("data pack") == false)
    try FileManager.default.removeItem(atPath: folder + "/schema.yaml")
    let empty = #expect(throws: Failure.self) { try DataChoice(folder, path: nil, threads: 1) }
    #expect(empty?.message.contains("`mtl-tui data pack SCHEMA --out DIR` makes a folder") == true)
  }

  /// Training and the use of a model refuse the same, in the same words.
  @Test func whatIsRefused() throws {
    let (path, encoding) = try packed("rows")
    for (name, folder, words) in [
      (path, "/elsewhere", "packed rows have no other files"),
      ("sample", "/elsewhere", "the sample has no files"),
      ("census-income", nil, "the folder of its files is not given"),
    ] {
      let training = #expect(throws: Failure.self) {
        try DataChoice(name, path: folder, threads: 1)
      }
      let given = ["--data", name] + (folder.map { ["--path", $0] } ?? [])
      let options = try UsedDataOptions.parse(given)
      let using = #expect(throws: Failure.self) { try options.rows(encoding, RowStream.Wants()) }
      #expect(training?.message.contains(words) == true, "\(training?.message ?? "")")
      #expect(using?.message == training?.message, "\(using?.message ?? "")")
    }
  }
}
