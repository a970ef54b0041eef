import Datasets
import Foundation
import Interface
import Runs
import Store
import Tensors
import Training

/// The model of a run, as files.
struct RunModel {
  private let used: UsedRun
  private let threads: Int

  init(_ used: UsedRun, threads: Int) {
    self.used = used
    self.threads = threads
  }

  /// The numbers as they are kept.
  func writeTensors(to path: String, _ overwrite: Bool) throws -> [String] {
    let checkpoint = try used.keptCheckpoint()
    let facts = [
      "format": "pt", "step": "\(checkpoint.step)", "model": used.configuration.model,
      "run": used.folder.id,
    ]
    let writer = SafetensorsWriter(checkpoint.model, metadata: facts)
    try WholeFile.write(to: path, replacing: overwrite) { (sink) throws(StoreError) in
      try writer.write { (bytes) throws(StoreError) in try sink(bytes) }
    }
    return [path]
  }

  /// The model as ONNX.
  func writeOnnx(to path: String, _ overwrite: Bool) throws -> [String] {
    let (model, step) = try used.model(threads: threads)
    let file = try model.onnx(
      name: "\(used.configuration.model) of \(used.folder.id), step \(step)",
      version: programVersion)
    try WholeFile.write(to: path, replacing: overwrite) { (sink) throws(StoreError) in
      try file.write { (bytes) throws(StoreError) in try sink(bytes) }
    }
    return [path]
  }

  /// Small files.
  func write(_ bytes: [UInt8], to path: String, _ overwrite: Bool) throws -> [String] {
    try WholeFile.write(to: path, replacing: overwrite) { (sink) throws(StoreError) in
      var failure: StoreError?
      bytes.withUnsafeBytes { all in
        do throws(StoreError) { try sink(all) } catch { failure = error }
      }
      if let failure { throw failure }
    }
    return [path]
  }

  /// Every embedding table, and by field what its rows stand for.
  func writeEmbeddings(in folder: String, _ overwrite: Bool) throws -> [String] {
    let checkpoint = try used.keptCheckpoint()
    let fields = used.encoding.features.fields
    var written: [String] = []
    var names = ExportNames()
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    for tensor in checkpoint.model where Self.isTable(tensor, of: fields) {
      let path = "\(folder)/\(names.file(tensor.name, "npy"))"
      let array = NumpyArray(tensor)
      try WholeFile.write(to: path, replacing: overwrite) { (sink) throws(StoreError) in
        try array.write { (bytes) throws(StoreError) in try sink(bytes) }
      }
      written.append(path)
    }
    // A row of a hash has no value of its own.
    for field in fields where !field.isHashed {
      let lines = (0..<field.vocabulary).map { "\($0),\(Self.quoted(field.name(of: $0)))\r\n" }
      written += try write(
        Array(("id,value\r\n" + lines.joined()).utf8),
        to: "\(folder)/\(names.file(field.name, "csv"))", overwrite)
    }
    return written
  }

  /// Whether an array is a field's table, or of one that grows the rows that there are or their ids.
  private static func isTable(
    _ tensor: SafetensorsTensor, of fields: [CategoricalField]
  ) -> Bool {
    let parts = tensor.name.split(separator: "/")
    guard let name = parts.first, name.contains("embeddings.") || name.contains(".fields."),
      let field = fields.first(where: { name.hasSuffix(".\($0.name).weight") })
    else { return false }
    switch parts.dropFirst().first {
    case nil: return tensor.shape.count == 2 && tensor.shape[0] == field.vocabulary
    case "rows": return tensor.shape.count == 2
    case "ids": return tensor.shape.count == 1
    default: return false
    }
  }

  /// A field of comma-separated values (RFC 4180).
  private static func quoted(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  /// How gates weigh their experts for rows, at the step that is kept or another one.
  func gates(for rows: Examples?, at step: Int? = nil) throws -> [AnsweredGate] {
    guard let rows else { return [] }
    guard let step else {
      let (model, kept) = try used.model(threads: threads)
      return model.gates(for: rows, step: kept)
    }
    return try used.model(at: step, threads: threads).gates(for: rows, step: step)
  }
}

/// Names of files for the names of tables and fields; no two of them are one file's.
struct ExportNames {
  private var given: Set<String> = []

  /// A name without what a path would take for more, with a number behind it if it is given already.
  mutating func file(_ name: String, _ ending: String) -> String {
    let plain = String(
      name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.prefix(120))
    var file = "\(plain).\(ending)"
    var number = 2
    // Some file systems take letters of either case for the same.
    while !given.insert(file.lowercased()).inserted {
      file = "\(plain)-\(number).\(ending)"
      number += 1
    }
    return file
  }
}
